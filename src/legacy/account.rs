//! One account of a source, as its row has it.

use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use crate::base::words;
use crate::crypto::{DataKeys, Place, Unopenable};

words! {
    /// The life of a legacy account: waiting → matched → merged → (unmerged); or rejected, by who decided about it.
    /// What the import cannot read at all becomes no account.
    State {
        Waiting = "waiting",
        Matched = "matched",
        Merged = "merged",
        Unmerged = "unmerged",
        Rejected = "rejected",
    }
}

words! {
    /// Whom an account stands for.
    SubjectKind {
        Person = "person",
        Organization = "organization",
    }
}

words! {
    /// What the old system lets the account do.
    Status {
        Active = "active",
        /// Nobody signs in until it is unlocked.
        Locked = "locked",
        /// Closed by its owner or the system.
        Disabled = "disabled",
    }
}

/// What an old system says of an account: the plain text of `legacy_account.record`. No `Debug`: it is a person.
///
/// One letter a field in the stored form: there are a hundred million of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
pub struct Record {
    #[serde(rename = "i")]
    pub local_id: String,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The number as the old system has it.
    #[serde(rename = "g", default, skip_serializing_if = "String::is_empty")]
    pub given_number: String,
    /// The number in its canonical spelling, where that differs from what was given; its kind is the row's.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What else the given number can be; its kind is the row's `other_kind`.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub other_number: Option<String>,
    /// The steps that led from the given to the canonical number: evidence, when accounts are merged by it.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When the account was opened, as the old system writes it.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    /// Of an organization's account: who represents it.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub representative: Option<Contact>,
    /// Of an organization's account: who handles its matters.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    pub handler: Option<Contact>,
}

/// A person named in an organization's account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
pub struct Contact {
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As the old system has it.
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// The old system's password hash: the plain text of `legacy_account.password`. It is there until the person has a
/// new factor, and then gone for good, also when the row is imported again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ZeroizeOnDrop)]
pub struct Password {
    /// The schemes it can be of, by its form and the source's profile; mostly one.
    #[serde(rename = "s")]
    pub schemes: Vec<String>,
    #[serde(rename = "h")]
    pub hash: String,
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub salt: String,
}

impl Record {
    /// Opens what `legacy_account.record` holds.
    pub fn open(keys: &DataKeys, local_digest: &[u8], sealed: &[u8]) -> Result<Self, Unopenable> {
        let text = keys.decrypt(place(local_digest, "record"), sealed)?;
        serde_json::from_str(&text).map_err(|_| Unopenable)
    }

    /// The canonical number, if the row has a valid one.
    pub fn canonical(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.given_number)
    }
}

impl Password {
    /// Opens what `legacy_account.password` holds.
    pub fn open(keys: &DataKeys, local_digest: &[u8], sealed: &[u8]) -> Result<Self, Unopenable> {
        let text = keys.decrypt(place(local_digest, "password"), sealed)?;
        serde_json::from_str(&text).map_err(|_| Unopenable)
    }
}

/// Where the ciphertexts of an account stand.
pub(super) fn place<'a>(local_digest: &'a [u8], column: &'a str) -> Place<'a> {
    Place { table: "legacy_account", column, row: local_digest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_everywhere() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse::<State>().unwrap(), *state);
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        for kind in SubjectKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert!("open".parse::<Status>().is_err());
    }

    // What is wiped when it is dropped cannot be made from the rest of another.
    #[allow(clippy::field_reassign_with_default)]
    #[test]
    fn a_record_reads_back_and_keeps_what_it_does_not_say_short() {
        let mut record = Record::default();
        record.local_id = "7".to_owned();
        record.name = "王小明".to_owned();
        record.given_number = "440106199003070124".to_owned();
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(text, r#"{"i":"7","n":"王小明","g":"440106199003070124"}"#);
        assert!(serde_json::from_str::<Record>(&text).unwrap() == record);
        assert_eq!(record.canonical(), record.given_number);
    }
}
