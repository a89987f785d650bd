//! The number that an account is bound to, of whichever kind.

use jiff::civil::Date;

use super::citizen::{CitizenForm, CitizenId};
use super::clean::{self, Parsed};
use super::credit_code::CreditCode;
use super::foreign_permit::ForeignPermit;
use super::kind::NumberKind;
use super::network::NetworkNumber;
use super::passport::Passport;
use super::reason::{Reason, Refusal};
use super::steps::Steps;
use super::travel_permit::{HmPermit, TwPermit};

/// A number that an account can be bound to. Equal numbers have equal kinds, so (kind, text) is a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OfficialNumber {
    Citizen(CitizenId),
    Credit(CreditCode),
    Foreign(ForeignPermit),
    HmPermit(HmPermit),
    TwPermit(TwPermit),
    Passport(Passport),
    Network(NetworkNumber),
}

impl OfficialNumber {
    /// Reads what was given as a number of `kind`; a passport as `CAN:AB123456`.
    ///
    /// The kind of the answer is the number's own. A residence card of 2023 shares the citizen number's form
    /// and is a `citizen-id` also when it was given as `foreign-pr`; a card of the old form is a `foreign-pr`
    /// also when it was given as `citizen-id`. Otherwise one number could have two accounts.
    pub fn parse(kind: NumberKind, text: &str, today: Date) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(kind, text, today)?.number)
    }

    /// Also tells which steps of normalisation the text needed.
    pub fn parse_with_steps(kind: NumberKind, text: &str, today: Date) -> Result<Parsed<Self>, Refusal> {
        Ok(match kind {
            NumberKind::CitizenId | NumberKind::ForeignPr => {
                clean::parse(text, |text, steps| Self::judge_person(kind, text, today, steps))?
            }
            NumberKind::CreditCode => CreditCode::parse_with_steps(text)?.map(Self::Credit),
            NumberKind::HmPermit => HmPermit::parse_with_steps(text)?.map(Self::HmPermit),
            NumberKind::TwPermit => TwPermit::parse_with_steps(text)?.map(Self::TwPermit),
            NumberKind::Passport => Passport::parse_canonical(text)?.map(Self::Passport),
            NumberKind::NetworkId => {
                Parsed { number: Self::Network(NetworkNumber::parse(text)?), steps: Steps::default() }
            }
        })
    }

    fn judge_person(kind: NumberKind, text: &str, today: Date, steps: &mut Steps) -> Result<Self, Refusal> {
        if ForeignPermit::is_shape_of(text) {
            return ForeignPermit::judge(text).map(Self::Foreign);
        }
        let citizen = CitizenId::judge(text, today, steps)?;
        if kind == NumberKind::ForeignPr && citizen.form() != CitizenForm::ForeignPermanent {
            return Err(Reason::Format.into());
        }
        Ok(Self::Citizen(citizen))
    }

    /// Reads a row of ours back. Refuses what is not canonical, which no row of ours is; no day of birth is
    /// in its future.
    pub fn from_stored(kind: NumberKind, text: &str) -> Result<Self, Refusal> {
        let number = Self::parse(kind, text, Date::MAX)?;
        if number.kind() == kind && number.as_str() == text { Ok(number) } else { Err(Reason::Format.into()) }
    }

    pub const fn kind(&self) -> NumberKind {
        match self {
            Self::Citizen(_) => NumberKind::CitizenId,
            Self::Credit(_) => NumberKind::CreditCode,
            Self::Foreign(_) => NumberKind::ForeignPr,
            Self::HmPermit(_) => NumberKind::HmPermit,
            Self::TwPermit(_) => NumberKind::TwPermit,
            Self::Passport(_) => NumberKind::Passport,
            Self::Network(_) => NumberKind::NetworkId,
        }
    }

    /// The canonical text: what is stored, indexed and sent. A passport's has its country in it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Citizen(number) => number.as_str(),
            Self::Credit(number) => number.as_str(),
            Self::Foreign(number) => number.as_str(),
            Self::HmPermit(number) => number.as_str(),
            Self::TwPermit(number) => number.as_str(),
            Self::Passport(number) => number.as_str(),
            Self::Network(number) => number.as_str(),
        }
    }

    pub fn masked(&self) -> String {
        match self {
            Self::Citizen(number) => number.masked(),
            Self::Credit(number) => number.masked(),
            Self::Foreign(number) => number.masked(),
            Self::HmPermit(number) => number.masked(),
            Self::TwPermit(number) => number.masked(),
            Self::Passport(number) => number.masked(),
            Self::Network(number) => number.masked(),
        }
    }
}

impl From<CitizenId> for OfficialNumber {
    fn from(number: CitizenId) -> Self {
        Self::Citizen(number)
    }
}

impl From<NetworkNumber> for OfficialNumber {
    fn from(number: NetworkNumber) -> Self {
        Self::Network(number)
    }
}

impl From<CreditCode> for OfficialNumber {
    fn from(number: CreditCode) -> Self {
        Self::Credit(number)
    }
}

#[cfg(test)]
#[path = "official_tests.rs"]
mod tests;
