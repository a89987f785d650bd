//! From an understood row to the row of the table: digests and ciphertexts. The dear part of an import, and done by
//! as many threads as there are.

use uuid::Uuid;

use super::account::place;
use super::index::Digests;
use super::row::Understood;
use crate::base::Chance;
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{Given, Kind, Rows, values};

/// Legacy accounts on their way into the table.
pub(super) static GIVEN: Given = Given {
    table: "given_legacy_account",
    columns: &[
        ("id", Kind::Uuid),
        ("local_digest", Kind::Bytes),
        ("user_digest", Kind::Bytes),
        ("subject_kind", Kind::Text),
        ("status", Kind::Text),
        ("number_kind", Kind::Text),
        ("number_digest", Kind::Bytes),
        ("other_kind", Kind::Text),
        ("other_digest", Kind::Bytes),
        ("reason", Kind::Text),
        ("name_digest", Kind::Bytes),
        ("record", Kind::Bytes),
        ("password", Kind::Bytes),
        ("print", Kind::Bytes),
        ("seen_row", Kind::Int),
    ],
};

/// Seals the rows of one source.
pub struct Sealer<'a> {
    keys: &'a DataKeys,
    chance: &'a Chance,
    digests: Digests<'a>,
    run: Uuid,
}

impl<'a> Sealer<'a> {
    pub fn new(keys: &'a DataKeys, chance: &'a Chance, source: Uuid, run: Uuid) -> Result<Self, Unopenable> {
        Ok(Self { keys, chance, digests: Digests::new(keys.index.newest()?, source), run })
    }

    /// An empty lot of rows.
    pub const fn rows() -> Rows {
        Rows::new(&GIVEN)
    }

    /// Adds an account to `rows`, and tells the digest of its id in its system.
    pub fn seal(&self, rows: &mut Rows, account: &Understood, row: u64) -> Result<Vec<u8>, Unopenable> {
        let (digests, record) = (&self.digests, &account.record);
        let local = digests.local(&record.local_id);
        let text = json(record);
        let password = account.password.as_ref().map(json);
        let password_text = password.as_ref().map(|text| text.as_str());
        let print = print(digests, &text, password_text, account.status.as_str(), account.kind.as_str());
        let encrypt = |column: &str, text: &str| self.keys.encrypt(self.chance, place(&local, column), text);
        let sealed = encrypt("record", &text)?;
        let password = password.map(|password| encrypt("password", &password)).transpose()?;
        let found = &account.found;
        let (kind, number) = found.number.as_ref().map(|number| self.digest(number)).unzip();
        let (other_kind, other) = found.other.as_ref().map(|other| self.digest(other)).unzip();
        let user = record.user_name.as_deref().map(|name| digests.user_name(name));
        let name = digests.name(&record.name);
        rows.push(values![
            self.id(row),
            &local,
            user.as_deref(),
            account.kind.as_str(),
            account.status.as_str(),
            kind,
            number.as_deref(),
            other_kind,
            other.as_deref(),
            found.reason,
            name.as_deref(),
            &sealed,
            password.as_deref(),
            &print,
            i64::try_from(row).unwrap_or(i64::MAX),
        ]);
        Ok(local)
    }

    fn digest(&self, number: &super::Canonical) -> (&'static str, Vec<u8>) {
        (number.kind, self.digests.number(number.kind, &number.text))
    }

    /// In the order of the rows, so that new keys go to one end of the index: the time and some chance of the run,
    /// the row, and more chance (RFC 9562 section 6.2, method 1, with the row as the counter).
    fn id(&self, row: u64) -> Uuid {
        let mut id = *self.run.as_bytes();
        id[9..13].copy_from_slice(&u32::try_from(row & 0xffff_ffff).unwrap_or_default().to_be_bytes());
        id[13..].copy_from_slice(&self.chance.bytes::<3>());
        Uuid::from_bytes(id)
    }
}

/// What tells an unchanged row from a changed one.
pub(super) fn print(
    digests: &Digests<'_>,
    record: &str,
    password: Option<&str>,
    status: &str,
    kind: &str,
) -> Vec<u8> {
    digests.print(&[record, password.unwrap_or_default(), status, kind])
}

pub(super) fn json(value: &impl serde::Serialize) -> zeroize::Zeroizing<String> {
    // A struct of texts: there is nothing in it that JSON could not hold.
    zeroize::Zeroizing::new(serde_json::to_string(value).unwrap_or_default())
}
