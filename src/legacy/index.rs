//! The blind indexes of legacy accounts: by what they are found and compared.

use uuid::Uuid;

use crate::base::name::folded;
use crate::crypto::{BlindIndex, DataKey, DataKeys, index::blind};
use crate::identity;

const USER_NAME: &str = "legacy/user-name";
const NAME: &str = "name/folded";
const PRINT: &str = "legacy/print";

/// The digests of a canonical number under every live key, newest first: those of `number_index`. `kind` is the word of
/// [`super::Canonical::kind`].
pub fn of_number(keys: &DataKeys, kind: &str, number: &str) -> Vec<BlindIndex> {
    keys.blind(&identity::index_domain(kind), number)
}

/// The digests of a user name under every live key. It is the same in all sources: who types one that is in several
/// is asked which is meant.
pub fn of_user_name(keys: &DataKeys, user_name: &str) -> Vec<BlindIndex> {
    keys.blind(USER_NAME, &folded_user_name(user_name))
}

/// The digests of the id that an account has in its source.
pub fn of_local_id(keys: &DataKeys, source: Uuid, local_id: &str) -> Vec<BlindIndex> {
    keys.blind(&local(source), local_id)
}

/// The digests of the folded name under every live key; of a name with nothing in it, none.
pub fn of_name(keys: &DataKeys, name: &str) -> Vec<BlindIndex> {
    let folded = folded(name);
    if folded.is_empty() { Vec::new() } else { keys.blind(NAME, &folded) }
}

/// User names differ by case in few systems and in people's memory in none.
fn folded_user_name(user_name: &str) -> String {
    user_name.trim().chars().flat_map(char::to_lowercase).collect()
}

fn local(source: Uuid) -> String {
    format!("legacy/local/{source}")
}

/// The same under one key: what an import writes.
pub(super) struct Digests<'a> {
    pub key: &'a DataKey,
    local: String,
}

impl<'a> Digests<'a> {
    pub fn new(key: &'a DataKey, source: Uuid) -> Self {
        Self { key, local: local(source) }
    }

    pub fn local(&self, local_id: &str) -> Vec<u8> {
        blind(self.key, &self.local, local_id).digest
    }

    pub fn number(&self, kind: &str, number: &str) -> Vec<u8> {
        blind(self.key, &identity::index_domain(kind), number).digest
    }

    pub fn user_name(&self, user_name: &str) -> Vec<u8> {
        blind(self.key, USER_NAME, &folded_user_name(user_name)).digest
    }

    pub fn name(&self, name: &str) -> Option<Vec<u8>> {
        let folded = folded(name);
        (!folded.is_empty()).then(|| blind(self.key, NAME, &folded).digest)
    }

    /// Of all that a row says: equal prints, equal rows.
    pub fn print(&self, all: &[&str]) -> Vec<u8> {
        // No text has a NUL.
        blind(self.key, PRINT, &zeroize::Zeroizing::new(all.join("\0"))).digest
    }
}
