//! Taxpayer numbers as old systems hold them: four different things in one column.

use jiff::civil::Date;

use super::canonical::{Canonical, mask};
use super::check_digit;
use super::citizen::CitizenId;
use super::clean::{self, Parsed};
use super::credit_code::{CreditCode, is_registering_region};
use super::damage;
use super::org_code::OrgCode;
use super::reason::{Detail, Reason, Refusal};
use super::steps::Steps;

/// A taxpayer number, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaxNo {
    text: Canonical,
    form: TaxForm,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TaxForm {
    /// 18 characters, since the certificates were made one on 2015-10-01.
    CreditCode(CreditCode),
    /// 15 characters: tax region and organization code. About one in ten citizen numbers of 15 digits looks
    /// like this too; `citizen` is then that person's, and only the account's type can tell.
    RegionAndOrgCode { org_code: OrgCode, citizen: Option<CitizenId> },
    /// 15 or 18 characters: a person who pays tax under their own number.
    Citizen(CitizenId),
    /// 20 characters: a person's business, the number with two digits of serial.
    CitizenAndSerial(CitizenId),
}

impl TaxNo {
    pub fn parse(text: &str, today: Date) -> Result<Self, Refusal> {
        Ok(Self::parse_with_steps(text, today)?.number)
    }

    pub fn parse_with_steps(text: &str, today: Date) -> Result<Parsed<Self>, Refusal> {
        clean::parse(text, |text, _| Self::judge(text, today))
    }

    fn judge(text: &str, today: Date) -> Result<Self, Refusal> {
        if damage::is_scientific(text) {
            return Err(Reason::ExcelScientific.into());
        }
        if !damage::is_alphanumeric(text) {
            return Err(Reason::IllegalCharacter.into());
        }
        if damage::is_filler(text) {
            return Err(Reason::Placeholder.into());
        }
        // The number is stored as written, so a citizen number of 15 digits stays one here.
        let citizen = |text: &str| CitizenId::judge(text, today, &mut Steps::default());
        let form = match text.len() {
            15 => form_of_fifteen(text, citizen(text).ok())?,
            18 => match (CreditCode::judge(text), citizen(text)) {
                (Ok(code), _) => TaxForm::CreditCode(code),
                (_, Ok(citizen)) => TaxForm::Citizen(citizen),
                (Err(refusal), _) => return Err(refusal),
            },
            20 if damage::is_digits(&text[18..]) => {
                TaxForm::CitizenAndSerial(citizen(&text[..18]).map_err(|_| Reason::Format)?)
            }
            20 => return Err(Reason::Format.into()),
            length => return Err(Refusal::with(Reason::Length, Detail::Length(length))),
        };
        Ok(Self { text: Canonical::new(text), form })
    }

    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    pub fn masked(&self) -> String {
        mask(self.as_str())
    }

    pub fn form(&self) -> &TaxForm {
        &self.form
    }
}

fn form_of_fifteen(text: &str, citizen: Option<CitizenId>) -> Result<TaxForm, Refusal> {
    if !is_registering_region(&text[..6]) {
        return Err(Reason::Region.into());
    }
    match (OrgCode::judge(&text[6..]), citizen) {
        (Ok(org_code), citizen) => Ok(TaxForm::RegionAndOrgCode { org_code, citizen }),
        (Err(_), Some(citizen)) => Ok(TaxForm::Citizen(citizen)),
        (Err(_), None) => {
            let expected = check_digit::org_code(&text[6..14]).map_or(Detail::None, Detail::Expected);
            Err(Refusal::with(Reason::OrgCodeChecksum, expected))
        }
    }
}
