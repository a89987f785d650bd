//! The parts of an extract, and their rows as the files have them: CSV in UTF-8 with a line of heads, further
//! columns ignored.

use serde::{Deserialize, Serialize};

use super::super::legal_person::Standing;
use crate::base::number::{CitizenId, CreditCode};
use crate::base::{OrganizationName, PersonName};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `idno,name,former_names,status,mobile,updated_at`
    Population,
    /// `uscc,name,status,merged_into,legal_rep_name,legal_rep_id,updated_at`
    LegalPersons,
    /// `old_idno,new_idno,changed_at,reason`: numbers that the police have corrected.
    Changes,
}

impl Part {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::LegalPersons => "legal-persons",
            Self::Changes => "changes",
        }
    }

    pub(super) const fn domain(self) -> &'static str {
        match self {
            Self::Population => "register/population",
            Self::LegalPersons => "register/legal-persons",
            Self::Changes => "register/changes",
        }
    }

    /// Understands a row; else the code of what is wrong with it, which repeats nothing of it.
    pub(super) fn understood(
        self,
        row: &csv::StringRecord,
        heads: &csv::StringRecord,
        today: jiff::civil::Date,
    ) -> Result<Understood, &'static str> {
        match self {
            Self::Population => PersonRecord::understood(read(row, heads)?, today),
            Self::LegalPersons => LegalPersonRecord::understood(read(row, heads)?),
            Self::Changes => ChangeRecord::understood(read(row, heads)?, today),
        }
    }
}

/// A row as it is stored. No Debug: it is a person.
pub(super) struct Understood {
    /// The number or code by which it is found.
    pub(super) key: String,
    pub(super) record: String,
    /// When the register last changed it.
    pub(super) day: Option<jiff::civil::Date>,
}

fn read<'de, T: Deserialize<'de>>(
    row: &'de csv::StringRecord,
    heads: &'de csv::StringRecord,
) -> Result<T, &'static str> {
    row.deserialize(Some(heads)).map_err(|_| "COLUMNS")
}

fn understood(
    key: &str,
    record: &impl Serialize,
    day: Option<jiff::civil::Date>,
) -> Result<Understood, &'static str> {
    let record = serde_json::to_string(record).map_err(|_| "COLUMNS")?;
    Ok(Understood { key: key.to_owned(), record, day })
}

/// What is kept of a person.
#[derive(Serialize, Deserialize)]
pub(super) struct PersonRecord {
    #[serde(skip_serializing, default)]
    idno: String,
    pub(super) name: String,
    former_names: String,
    /// 0 valid, 1 cancelled, 2 locked, 9 deceased.
    pub(super) status: String,
    pub(super) mobile: String,
    #[serde(skip_serializing, default)]
    updated_at: Option<jiff::civil::Date>,
}

impl PersonRecord {
    fn understood(row: Self, today: jiff::civil::Date) -> Result<Understood, &'static str> {
        let number = CitizenId::parse(&row.idno, today).map_err(|refusal| refusal.reason.code())?;
        PersonName::parse(&row.name).map_err(|_| "NAME")?;
        if row.status.len() != 1 || !row.status.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err("STATUS");
        }
        understood(number.as_str(), &row, row.updated_at)
    }
}

/// What is kept of an organization.
#[derive(Serialize, Deserialize)]
pub(super) struct LegalPersonRecord {
    #[serde(skip_serializing, default)]
    uscc: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) merged_into: String,
    #[serde(alias = "legal_rep_name")]
    pub(super) representative_name: String,
    #[serde(alias = "legal_rep_id")]
    pub(super) representative_number: String,
    #[serde(skip_serializing, default)]
    updated_at: Option<jiff::civil::Date>,
}

impl LegalPersonRecord {
    fn understood(row: Self) -> Result<Understood, &'static str> {
        let code = CreditCode::parse(&row.uscc).map_err(|refusal| refusal.reason.code())?;
        OrganizationName::parse(&row.name).map_err(|_| "NAME")?;
        PersonName::parse(&row.representative_name).map_err(|_| "REPRESENTATIVE")?;
        Standing::of(&row.status).ok_or("STATUS")?;
        if !row.merged_into.is_empty() {
            CreditCode::parse(&row.merged_into).map_err(|_| "SUCCESSOR")?;
        }
        understood(code.as_str(), &row, row.updated_at)
    }
}

/// What is kept of a correction.
#[derive(Serialize, Deserialize)]
struct ChangeRecord {
    #[serde(skip_serializing, default)]
    old_idno: String,
    new_idno: String,
    changed_at: jiff::civil::Date,
    reason: String,
}

impl ChangeRecord {
    fn understood(row: Self, today: jiff::civil::Date) -> Result<Understood, &'static str> {
        let old = CitizenId::parse(&row.old_idno, today).map_err(|refusal| refusal.reason.code())?;
        CitizenId::parse(&row.new_idno, today).map_err(|refusal| refusal.reason.code())?;
        understood(old.as_str(), &row, None)
    }
}
