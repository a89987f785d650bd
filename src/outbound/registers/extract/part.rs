//! The parts of an extract, and their rows as the files have them: CSV in UTF-8 with a line of heads, further
//! columns ignored.

use serde::{Deserialize, Serialize};

use super::super::legal_person::Standing;
use crate::base::number::{BizRegNo, CheckKind, CitizenId, CreditCode, OfficialNumber, OrgCode, TaxNo};
use crate::base::{OrganizationName, PersonName};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `idno,name,former_names,status,mobile,updated_at`
    Population,
    /// `uscc,name,former_name,org_code,reg_no,tax_no15,status,merged_into,legal_rep_name,legal_rep_id,updated_at`; the
    /// other keys and the former name may be missing.
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
            Self::LegalPersons => LegalPersonRecord::understood(read(row, heads)?, today),
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
    pub(super) compared: Compared,
}

/// What the accounts of old systems are compared with.
pub(super) struct Compared {
    pub(super) number: OfficialNumber,
    pub(super) name: String,
    pub(super) former_names: Vec<String>,
    /// As [`super::Status`] reads it.
    pub(super) status: &'static str,
    /// What else leads to this number: keys of organizations from before the credit code.
    pub(super) other_keys: Vec<(CheckKind, String)>,
    /// The number that this one was corrected to.
    pub(super) leads_to: Option<OfficialNumber>,
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
    compared: Compared,
) -> Result<Understood, &'static str> {
    let record = serde_json::to_string(record).map_err(|_| "COLUMNS")?;
    Ok(Understood { key: key.to_owned(), record, day, compared })
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
    /// The name and the former ones.
    pub(super) fn names(&self) -> Vec<String> {
        std::iter::once(self.name.clone()).chain(names(&self.former_names)).collect()
    }

    pub(super) fn is_valid(&self) -> bool {
        self.status == "0"
    }

    fn understood(row: Self, today: jiff::civil::Date) -> Result<Understood, &'static str> {
        let number = CitizenId::parse(&row.idno, today).map_err(|refusal| refusal.reason.code())?;
        PersonName::parse(&row.name).map_err(|_| "NAME")?;
        if row.status.len() != 1 || !row.status.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err("STATUS");
        }
        let status = match row.status.as_str() {
            "0" => "valid",
            "1" => "cancelled",
            "2" => "locked",
            "8" => "moved-away",
            "9" => "deceased",
            _ => "other",
        };
        let compared = Compared {
            name: row.name.clone(),
            former_names: names(&row.former_names),
            status,
            other_keys: Vec::new(),
            leads_to: None,
            number: number.clone().into(),
        };
        understood(number.as_str(), &row, row.updated_at, compared)
    }
}

/// What is kept of an organization.
#[derive(Serialize, Deserialize)]
pub(super) struct LegalPersonRecord {
    #[serde(skip_serializing, default)]
    uscc: String,
    pub(super) name: String,
    #[serde(default)]
    former_name: String,
    #[serde(default)]
    org_code: String,
    #[serde(default)]
    reg_no: String,
    #[serde(default, alias = "tax_no15")]
    tax_no: String,
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
    /// The name and the former ones.
    pub(super) fn names(&self) -> Vec<String> {
        std::iter::once(self.name.clone()).chain(names(&self.former_name)).collect()
    }

    fn understood(row: Self, today: jiff::civil::Date) -> Result<Understood, &'static str> {
        let code = CreditCode::parse(&row.uscc).map_err(|refusal| refusal.reason.code())?;
        OrganizationName::parse(&row.name).map_err(|_| "NAME")?;
        PersonName::parse(&row.representative_name).map_err(|_| "REPRESENTATIVE")?;
        let standing = Standing::of(&row.status).ok_or("STATUS")?;
        if !row.merged_into.is_empty() {
            CreditCode::parse(&row.merged_into).map_err(|_| "SUCCESSOR")?;
        }
        let compared = Compared {
            name: row.name.clone(),
            former_names: names(&row.former_name),
            status: standing.as_str(),
            other_keys: row.other_keys(today),
            leads_to: None,
            number: code.clone().into(),
        };
        understood(code.as_str(), &row, row.updated_at, compared)
    }

    /// What is none of its kind leads nowhere; the organization is found by its code all the same.
    fn other_keys(&self, today: jiff::civil::Date) -> Vec<(CheckKind, String)> {
        let org_code =
            OrgCode::parse(&self.org_code).map(|key| (CheckKind::OrgCode, key.as_str().to_owned()));
        let reg_no = BizRegNo::parse(&self.reg_no).map(|key| (CheckKind::BizRegNo, key.as_str().to_owned()));
        let tax_no = TaxNo::parse(&self.tax_no, today).map(|key| (CheckKind::TaxNo, key.as_str().to_owned()));
        [org_code.ok(), reg_no.ok(), tax_no.ok()].into_iter().flatten().collect()
    }
}

/// The names of a list: registers part them in more than one way.
fn names(list: &str) -> Vec<String> {
    let parts = list.split([',', '，', ';', '；', '|', '、']).map(str::trim).filter(|name| !name.is_empty());
    parts.map(str::to_owned).collect()
}

/// What is kept of a correction.
#[derive(Serialize, Deserialize)]
pub(super) struct ChangeRecord {
    #[serde(skip_serializing, default)]
    old_idno: String,
    pub(super) new_idno: String,
    changed_at: jiff::civil::Date,
    reason: String,
}

impl ChangeRecord {
    fn understood(row: Self, today: jiff::civil::Date) -> Result<Understood, &'static str> {
        let old = CitizenId::parse(&row.old_idno, today).map_err(|refusal| refusal.reason.code())?;
        let new = CitizenId::parse(&row.new_idno, today).map_err(|refusal| refusal.reason.code())?;
        let compared = Compared {
            name: String::new(),
            former_names: Vec::new(),
            status: "former",
            other_keys: Vec::new(),
            leads_to: Some(new.into()),
            number: old.clone().into(),
        };
        understood(old.as_str(), &row, None, compared)
    }
}
