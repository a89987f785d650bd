//! A profile as its file has it: TOML. What each key means is in `docs/LEGACY.md`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::super::{Status, SubjectKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) client: Option<String>,
    pub(super) file: File,
    pub(super) kind: Kind,
    pub(super) status: Option<StatusWords>,
    pub(super) password: Option<Password>,
    pub(super) check: Option<Check>,
    #[serde(default)]
    pub(super) account: Fields,
    pub(super) person: Option<Fields>,
    pub(super) organization: Option<Fields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) format: String,
    pub(super) encoding: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) sheet: Option<String>,
    pub(super) skip: Option<Words>,
    pub(super) table: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) base: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) column: String,
    pub(super) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    pub(super) always: Option<SubjectKind>,
    pub(super) column: Option<String>,
    #[serde(default)]
    pub(super) person: Vec<String>,
    #[serde(default)]
    pub(super) organization: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusWords {
    pub(super) column: String,
    #[serde(default)]
    pub(super) active: Vec<String>,
    #[serde(default)]
    pub(super) locked: Vec<String>,
    #[serde(default)]
    pub(super) disabled: Vec<String>,
}

impl StatusWords {
    pub(super) fn words(self) -> BTreeMap<String, Status> {
        let each =
            [(self.active, Status::Active), (self.locked, Status::Locked), (self.disabled, Status::Disabled)];
        each.into_iter()
            .flat_map(|(words, status)| words.into_iter().map(move |word| (word, status)))
            .collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    pub(super) hash: String,
    pub(super) salt: Option<String>,
    #[serde(default)]
    pub(super) schemes: Vec<String>,
    pub(super) scheme_column: Option<String>,
    #[serde(default)]
    pub(super) scheme_words: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    pub(super) url: Url,
    pub(super) key_file: Option<PathBuf>,
}

/// Which column holds what.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) local_id: Option<String>,
    pub(super) user_name: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) registered: Option<String>,
    #[serde(default)]
    pub(super) number: Vec<Number>,
    pub(super) representative: Option<Contact>,
    pub(super) handler: Option<Contact>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number {
    pub(super) column: String,
    pub(super) kind: Option<String>,
    pub(super) kind_column: Option<String>,
    #[serde(default)]
    pub(super) kind_words: BTreeMap<String, String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub(super) name: Option<String>,
    pub(super) number: Option<String>,
    pub(super) phone: Option<String>,
}

impl Fields {
    /// What is said of all accounts, with what is said of this kind over it.
    pub(super) fn over(self, all: &Self) -> Self {
        let all = all.clone();
        Self {
            local_id: self.local_id.or(all.local_id),
            user_name: self.user_name.or(all.user_name),
            name: self.name.or(all.name),
            phone: self.phone.or(all.phone),
            registered: self.registered.or(all.registered),
            number: if self.number.is_empty() { all.number } else { self.number },
            representative: self.representative.or(all.representative),
            handler: self.handler.or(all.handler),
        }
    }
}
