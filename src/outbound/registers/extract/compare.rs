//! What stands beside each record so that the accounts of old systems are matched by a join: digests of what they
//! are compared by. None of it can be read without the index key.

use super::part::{Compared, Understood};
use super::{Part, digests, place};
use crate::base::Visit;
use crate::base::name::folded;
use crate::base::number::OfficialNumber;
use crate::crypto::{DataKey, DataKeys, Place, Unopenable, index};
use crate::db::{Given, Kind, Rows, values};

/// The part of the rows that lead from an organization's other keys to its credit code.
pub const LEGAL_PERSON_KEYS: &str = "legal-person-keys";

/// Digests of a name's key have so many bytes.
pub const DIGEST: usize = 35;

pub(super) static GIVEN: Given = Given {
    table: "given_register_record",
    columns: &[
        ("part", Kind::Text),
        ("digest", Kind::Bytes),
        ("print", Kind::Bytes),
        ("record", Kind::Bytes),
        ("number_digest", Kind::Bytes),
        ("name_digest", Kind::Bytes),
        ("former_digests", Kind::Bytes),
        ("status", Kind::Text),
        ("leads_to", Kind::Bytes),
    ],
};

/// The digest of a number or key as `number_index` has it: of an official number, or of a key that leads to one.
pub fn number_digest(key: &DataKey, kind: &str, number: &str) -> Vec<u8> {
    index::blind(key, &format!("number/{kind}"), number).digest
}

/// The digest of a folded name, as accounts of old systems have it.
pub fn name_digest(key: &DataKey, name: &str) -> Vec<u8> {
    index::blind(key, "name/folded", &folded(name)).digest
}

fn of_number(key: &DataKey, number: &OfficialNumber) -> Vec<u8> {
    number_digest(key, number.kind().as_str(), number.as_str())
}

/// Adds the rows of one record: its own, and those of its other keys.
pub(super) fn push(
    rows: &mut Rows,
    keys: &DataKeys,
    visit: &Visit,
    part: Part,
    understood: &Understood,
) -> Result<(), Unopenable> {
    let Understood { key, record, compared, .. } = understood;
    let Compared { number, name, former_names, status, other_keys, leads_to } = compared;
    let newest = keys.index.newest()?;
    let digest = digests(keys, part, key).next().ok_or(Unopenable)?;
    // Another word here, and every record is written anew with what is new beside it.
    let print = |text: &str| index::blind(newest, "register/record/2", text).digest;
    let sealed = keys.encrypt(&visit.chance, place(part, &digest), record)?;
    let number_digest_of = of_number(newest, number);
    let leads_to = leads_to.as_ref().map(|number| of_number(newest, number));
    let name = (!name.is_empty()).then(|| name_digest(newest, name));
    let former: Vec<u8> = former_names.iter().flat_map(|name| name_digest(newest, name)).collect();
    rows.push(values![
        part.as_str(),
        &digest,
        &print(record),
        &sealed,
        &number_digest_of,
        name.as_ref(),
        (!former.is_empty()).then_some(&former),
        *status,
        leads_to.as_ref()
    ]);
    for (kind, other) in other_keys {
        let text = format!("{} {other} {}", kind.as_str(), number.as_str());
        let digest = index::blind(newest, "register/legal-person-keys", &text).digest;
        let sealed = keys.encrypt(&visit.chance, key_place(&digest), number.as_str())?;
        rows.push(values![
            LEGAL_PERSON_KEYS,
            &digest,
            &print(&text),
            &sealed,
            &number_digest(newest, kind.as_str(), other),
            None::<&[u8]>,
            None::<&[u8]>,
            "former",
            &number_digest_of
        ]);
    }
    Ok(())
}

pub(super) fn key_place(digest: &[u8]) -> Place<'_> {
    Place { table: "register_record", column: LEGAL_PERSON_KEYS, row: digest }
}
