//! The registers of legal persons, one a department (DOMAIN §2.1, §3.4).

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde::de::value::StrDeserializer;
use uuid::Uuid;

use super::answer::NoAnswer;
use super::quota::Pace;
use super::{Register, Registers, count};
use crate::base::number::CreditCode;
use crate::base::{Moment, OrganizationName, PersonName, Secret, Visit};

/// What came of a question about an organization.
#[derive(Clone, Debug)]
pub enum LegalPersonAnswer {
    Found(Box<LegalPerson>),
    /// Every register was asked, and none knows the code.
    NoRecord,
    /// None knows the code, and one of them did not answer: nothing is known now that was not known before.
    NoAnswer(NoAnswer),
}

/// An organization as its register has it.
#[derive(Clone, Debug)]
pub struct LegalPerson {
    pub credit_code: CreditCode,
    pub name: OrganizationName,
    pub standing: Standing,
    pub representative_name: PersonName,
    /// The representative's official number of whatever kind, as the register writes it; some registers do
    /// not tell it.
    pub representative_number: Option<Secret>,
    /// Into which organization it was merged; then it is [`Standing::Deregistered`].
    pub successor: Option<CreditCode>,
    /// Whose register it was found in.
    pub department: Department,
    /// The day, in the province, that the register's data are from: some are three working days old.
    pub as_of: Moment,
    /// Finds the question in the register's own log; it is the evidence to keep.
    pub reference: String,
}

/// How an organization stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Standing {
    #[serde(rename = "存续", alias = "在业", alias = "开业")]
    Active,
    /// Not yet there to act.
    #[serde(rename = "设立中")]
    Forming,
    /// Resting or being wound up.
    #[serde(rename = "停业", alias = "歇业", alias = "清算中")]
    Suspended,
    #[serde(rename = "吊销", alias = "撤销")]
    Revoked,
    #[serde(rename = "注销", alias = "合并注销")]
    Deregistered,
    /// Registered elsewhere now.
    #[serde(rename = "迁出")]
    MovedAway,
}

impl Standing {
    /// The meaning of a register's word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::deserialize(StrDeserializer::<serde::de::value::Error>::new(word)).ok()
    }

    pub const ALL: [Standing; 6] =
        [Self::Active, Self::Forming, Self::Suspended, Self::Revoked, Self::Deregistered, Self::MovedAway];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Forming => "forming",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Deregistered => "deregistered",
            Self::MovedAway => "moved-away",
        }
    }
}

impl std::str::FromStr for Standing {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or(())
    }
}

/// Who keeps a register of legal persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Department {
    /// 工商: enterprises, sole traders, farmers' cooperatives.
    Commerce,
    /// 编办: state organs and public institutions.
    Establishments,
    /// 民政: associations, foundations, private non-enterprise units.
    CivilAffairs,
    /// 农业: collectives of villages and townships.
    Agriculture,
}

impl Department {
    const ALL: [Self; 4] = [Self::Commerce, Self::Establishments, Self::CivilAffairs, Self::Agriculture];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commerce => "commerce",
            Self::Establishments => "establishments",
            Self::CivilAffairs => "civil-affairs",
            Self::Agriculture => "agriculture",
        }
    }

    /// The one whose character the code begins with (GB 32100-2015 table 1), if it keeps a register here.
    pub(super) fn of(code: &CreditCode) -> Option<Self> {
        match code.department() {
            "1" => Some(Self::Establishments),
            "5" => Some(Self::CivilAffairs),
            "9" => Some(Self::Commerce),
            "N" => Some(Self::Agriculture),
            _ => None,
        }
    }

    /// All, first that of the code. Some organizations are kept by another department than their code says, so
    /// *no record* in one is sent on to the next.
    fn in_order(code: &CreditCode) -> impl Iterator<Item = Self> {
        let first = Self::of(code);
        first.into_iter().chain(Self::ALL.into_iter().filter(move |other| Some(*other) != first))
    }
}

impl std::str::FromStr for Department {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|department| department.as_str() == text).ok_or(())
    }
}

impl Registers {
    /// Asks the registers of legal persons for the organization of this code, one after the other.
    pub async fn legal_person(&self, visit: &Visit, code: &CreditCode) -> LegalPersonAnswer {
        if let Some(extract) = &self.0.extract {
            return match extract.legal_person(visit, self.oldest(visit), code).await {
                Ok(Some(found)) => LegalPersonAnswer::Found(Box::new(found)),
                Ok(None) => LegalPersonAnswer::NoRecord,
                Err(why) => LegalPersonAnswer::NoAnswer(why),
            };
        }
        let about = [("credit_code", code.as_str())];
        let oldest = self.oldest(visit);
        let mut silence = None;
        for department in Department::in_order(code) {
            let register = Register::from(department);
            let read = |id: &Uuid, text: &str| read(id, text, code, department, oldest);
            match self.ask(visit, register, &about, read).await {
                Ok(Some(found)) => {
                    count(register, "found");
                    return LegalPersonAnswer::Found(Box::new(found));
                }
                Ok(None) => count(register, "no-record"),
                Err(why) => {
                    count(register, why.as_str());
                    silence = silence.or(Some(why));
                    // Nobody waits: the others' questions are for those about whom this one can be asked.
                    if why == NoAnswer::Spent && self.1 == Pace::Aside {
                        break;
                    }
                }
            }
        }
        silence.map_or(LegalPersonAnswer::NoRecord, LegalPersonAnswer::NoAnswer)
    }
}

#[derive(Deserialize)]
struct Reply {
    request_id: String,
    result: Option<Outcome>,
    #[serde(flatten)]
    record: Option<Record>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Outcome {
    Found,
    NoRecord,
}

#[derive(Deserialize)]
struct Record {
    credit_code: String,
    name: String,
    status: Standing,
    representative_name: String,
    representative_number: Option<Secret>,
    successor: Option<String>,
    as_of: jiff::civil::Date,
}

/// Reads the text of a 200 to question `id`; `None` is "no record".
fn read(
    id: &Uuid,
    text: &str,
    asked: &CreditCode,
    department: Department,
    oldest: Moment,
) -> Result<Option<LegalPerson>, NoAnswer> {
    let reply: Reply = serde_json::from_str(text).map_err(|_| NoAnswer::Unreadable)?;
    if reply.request_id != id.to_string() {
        return Err(NoAnswer::OtherQuestion);
    }
    if reply.error.is_some() {
        return Err(NoAnswer::Failed);
    }
    let record = match (reply.result, reply.record) {
        (Some(Outcome::Found), Some(record)) => record,
        (Some(Outcome::NoRecord), None) => return Ok(None),
        _ => return Err(NoAnswer::Unreadable),
    };
    let as_of = Moment::of_day(record.as_of).ok_or(NoAnswer::Unreadable)?;
    if as_of < oldest {
        return Err(NoAnswer::Stale);
    }
    if record.credit_code != asked.as_str() {
        return Err(NoAnswer::OtherQuestion);
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let successor = given(record.successor).map(|code| CreditCode::parse(&code));
    Ok(Some(LegalPerson {
        credit_code: asked.clone(),
        name: OrganizationName::parse(&record.name).map_err(|_| NoAnswer::Unreadable)?,
        standing: record.status,
        representative_name: PersonName::parse(&record.representative_name)
            .map_err(|_| NoAnswer::Unreadable)?,
        representative_number: record.representative_number.filter(|number| !number.is_empty()),
        successor: successor.transpose().map_err(|_| NoAnswer::Unreadable)?,
        department,
        as_of,
        reference: reply.request_id,
    }))
}

#[cfg(test)]
#[path = "legal_person_tests.rs"]
mod tests;
