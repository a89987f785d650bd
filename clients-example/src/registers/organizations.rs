//! The organizations that the registers of legal persons know.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Registers, lock};

/// Whose register an organization is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Department {
    Commerce,
    Establishments,
    CivilAffairs,
    Agriculture,
}

impl Department {
    /// By the first character of the credit code; what has no register of its own is in that of commerce.
    fn of(credit_code: &str) -> Self {
        match credit_code.as_bytes().first() {
            Some(b'1') => Self::Establishments,
            Some(b'5') => Self::CivilAffairs,
            Some(b'N') => Self::Agriculture,
            _ => Self::Commerce,
        }
    }
}

/// A row of `reg_legal.csv`.
#[derive(Deserialize)]
struct Row {
    uscc: String,
    name: String,
    status: String,
    merged_into: String,
    legal_rep_name: String,
    legal_rep_id: String,
}

/// A line of what is added or changed; what an organization has already may be left out. No Debug: a
/// person's number is in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    credit_code: String,
    name: Option<String>,
    representative_name: Option<String>,
    representative_id: Option<String>,
    department: Option<Department>,
    standing: Option<String>,
    successor: Option<String>,
}

/// An organization as its register tells it.
#[derive(Clone, Serialize)]
pub struct Organization {
    credit_code: String,
    name: String,
    /// As the register writes it: 存续, 注销, ….
    status: String,
    representative_name: String,
    representative_number: String,
    successor: String,
    #[serde(skip)]
    department: Department,
}

#[derive(Default)]
pub struct Organizations {
    by_code: HashMap<String, Organization>,
    /// How they were before they were changed: what a register that lags behind still says.
    before: HashMap<String, Option<Organization>>,
}

impl Organizations {
    /// # Errors
    /// A row is not what the generator writes; its line is named.
    pub fn read(&mut self, csv: impl Read) -> Result<()> {
        for (row, read) in csv::Reader::from_reader(csv).deserialize().enumerate() {
            let row: Row = read.with_context(|| format!("row {}", row + 1))?;
            let organization = Organization {
                department: Department::of(&row.uscc),
                credit_code: row.uscc.clone(),
                name: row.name,
                status: row.status,
                representative_name: row.legal_rep_name,
                representative_number: row.legal_rep_id,
                successor: row.merged_into,
            };
            self.by_code.insert(row.uscc, organization);
        }
        Ok(())
    }

    /// Adds and changes, a JSON object a line; all or none.
    ///
    /// # Errors
    /// A line is not a change, or a new organization lacks a name or a representative; its number is named.
    pub fn change(&mut self, ndjson: &str) -> Result<usize> {
        let mut changed: Vec<Organization> = Vec::new();
        for (index, line) in ndjson.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let Ok(change) = serde_json::from_str::<Change>(line) else {
                bail!("line {} is not {{\"credit_code\",\"name\",\"representative_name\",…}}", index + 1);
            };
            let code = &change.credit_code;
            let known = changed.iter().rev().find(|other| other.credit_code == *code);
            let known = known.or_else(|| self.by_code.get(code));
            let Some(organization) = applied(known, change) else {
                bail!("line {}: a new organization has a name and a representative", index + 1);
            };
            changed.push(organization);
        }
        let count = changed.len();
        for organization in changed {
            let code = organization.credit_code.clone();
            let before = self.by_code.insert(code.clone(), organization);
            self.before.entry(code).or_insert(before);
        }
        Ok(count)
    }

    /// From here on, a change is unknown to a register that lags behind.
    pub fn take_snapshot(&mut self) {
        self.before.clear();
    }

    pub fn count(&self) -> usize {
        self.by_code.len()
    }

    /// What the department's register has under this code; `stale`: as it stood some time ago.
    pub fn find(&self, department: Department, code: &str, stale: bool) -> Option<&Organization> {
        let found = match self.before.get(code).filter(|_| stale) {
            Some(before) => before.as_ref(),
            None => self.by_code.get(code),
        };
        found.filter(|found| found.department == department)
    }
}

fn applied(known: Option<&Organization>, change: Change) -> Option<Organization> {
    let now = |new: Option<String>, old: fn(&Organization) -> &String| new.or(known.map(old).cloned());
    Some(Organization {
        name: now(change.name, |known| &known.name)?,
        status: now(change.standing, |known| &known.status).unwrap_or_else(|| "存续".to_owned()),
        representative_name: now(change.representative_name, |known| &known.representative_name)?,
        representative_number: now(change.representative_id, |known| &known.representative_number)
            .unwrap_or_default(),
        successor: now(change.successor, |known| &known.successor).unwrap_or_default(),
        department: change
            .department
            .or(known.map(|known| known.department))
            .unwrap_or_else(|| Department::of(&change.credit_code)),
        credit_code: change.credit_code,
    })
}

/// `PUT /organizations`: adds organizations, or changes them; all or none.
pub async fn change(State(registers): State<Arc<Registers>>, body: String) -> Response {
    let changed = lock(&registers.organizations).change(&body);
    match changed {
        Ok(changed) => Json(json!({"changed": changed})).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"error": error.to_string()}))).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "9144030071526726XG";

    fn organizations() -> Organizations {
        let csv = "uscc,name,former_name,org_code,reg_no,tax_no15,kind,status,merged_into,legal_rep_name,\
                   legal_rep_id,region,updated_at\n\
                   9144030071526726XG,南山软件有限公司,,71526726X,440301103448669,44030171526726X,企业,存续,,薛志,\
                   441284200212318545,440305,2026-10-11\n";
        let mut organizations = Organizations::default();
        organizations.read(csv.as_bytes()).unwrap();
        organizations.take_snapshot();
        organizations
    }

    #[test]
    fn a_change_leaves_the_rest_as_it_was_and_reaches_a_stale_register_later() {
        let mut organizations = organizations();
        let line = format!(r#"{{"credit_code":"{CODE}","representative_name":"尹洋"}}"#);
        assert_eq!(organizations.change(&line).unwrap(), 1);
        let named = |stale| {
            let found = organizations.find(Department::Commerce, CODE, stale).unwrap();
            (found.name.as_str(), found.representative_name.as_str())
        };
        assert_eq!(named(false), ("南山软件有限公司", "尹洋"));
        assert_eq!(named(true), ("南山软件有限公司", "薛志"));
        assert!(organizations.find(Department::Agriculture, CODE, false).is_none());
    }

    #[test]
    fn a_new_organization_is_whole_or_refused_with_all_others() {
        let mut organizations = organizations();
        let new = r#"{"credit_code":"N2440106MA00000000","name":"石牌村","representative_name":"董村"}"#;
        let lacking = r#"{"credit_code":"12440000000000000X","name":"大学"}"#;
        assert!(organizations.change(&format!("{new}\n{lacking}\n")).is_err());
        assert_eq!(organizations.count(), 1);
        organizations.change(new).unwrap();
        assert!(organizations.find(Department::Agriculture, "N2440106MA00000000", false).is_some());
        assert!(organizations.find(Department::Agriculture, "N2440106MA00000000", true).is_none());
    }
}
