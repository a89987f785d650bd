//! What the platform has said, where no extract stands: kept as records beside those of an extract, so that the accounts
//! of old systems are matched with it by the same join. What it has confirmed is a sealed record in a part of its own;
//! "another name" and "no record" are a word beside a keyed digest of what was asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::legal_person::{Department, LegalPerson, Standing};
use super::compare::{GIVEN, name_digest, number_digest};
use super::{Entry, EntryOf};
use crate::base::number::{CheckKind, CitizenId, CreditCode, OfficialNumber};
use crate::base::{Moment, OrganizationName, PersonName, Secret, Visit, words};
use crate::crypto::{DataKey, DataKeys, Place, Unopenable, index};
use crate::db::{self, Given, Kind, Rows, Tx, values};

/// Persons whom the platform has confirmed by number and name.
pub const ASKED_PERSONS: &str = "asked-persons";
/// Organizations that the platform has told of.
pub const ASKED_ORGANIZATIONS: &str = "asked-organizations";
/// What leads from the organization codes of those to their credit codes, which contain them (GB 32100-2015).
pub const ASKED_KEYS: &str = "asked-keys";

words! {
    /// How a person stands whom the population register knows by number and name, in the words of an extract.
    Stands {
        Valid = "valid",
        Deceased = "deceased",
        /// Cancelled or locked; the platform's answer does not say which.
        NotInForce = "locked",
    }
}

words! {
    /// An answer of which no record is kept.
    Denial {
        /// The number is another name's.
        OtherName = "mismatch",
        NoRecord = "no-record",
    }
}

/// Something that was asked, and the answer. No Debug: it is a person.
pub enum Said {
    Person { number: CitizenId, name: PersonName, stands: Stands, reference: String },
    Organization(Box<LegalPerson>),
    Denied(Asked, Denial),
}

/// What was asked about.
#[derive(Clone, PartialEq, Eq)]
pub enum Asked {
    /// The name as it was spelled.
    Person(CitizenId, PersonName),
    Organization(CreditCode),
}

impl Asked {
    /// By which it is known that this was asked.
    pub fn digest(&self, key: &DataKey) -> Vec<u8> {
        let text = match self {
            // No number has a space.
            Self::Person(number, name) => format!("{} {}", number.as_str(), name.as_str()),
            Self::Organization(code) => code.as_str().to_owned(),
        };
        index::blind(key, "register/question", &text).digest
    }

    fn number(&self) -> OfficialNumber {
        match self {
            Self::Person(number, _) => number.clone().into(),
            Self::Organization(code) => code.clone().into(),
        }
    }
}

/// What is kept of a person.
#[derive(Serialize, Deserialize)]
struct PersonRecord {
    name: String,
    stands: Stands,
    reference: String,
}

/// What is kept of an organization.
#[derive(Serialize, Deserialize)]
struct OrganizationRecord {
    name: String,
    standing: String,
    representative_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    representative_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    successor: Option<String>,
    department: String,
    as_of: jiff::civil::Date,
    reference: String,
}

static DENIED: Given = Given {
    table: "given_register_question",
    columns: &[("digest", Kind::Bytes), ("number_digest", Kind::Bytes), ("answer", Kind::Text)],
};

/// Keeps what was said at `visit`'s time. Who is confirmed already under another name, by an answer that is not older than
/// `oldest`, stays who they are: of two that the register calls by one number the first is believed.
pub async fn keep(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    said: &[Said],
    oldest: Moment,
) -> Result<(), KeepError> {
    let (mut records, mut denied) = (Rows::new(&GIVEN), Rows::new(&DENIED));
    // One statement cannot write a row twice.
    let mut seen = BTreeSet::new();
    for one in said {
        push(&mut records, &mut denied, &mut seen, keys, visit, one)?;
    }
    tx.give(&records).await?;
    tx.execute(
        "insert into register_record (part, digest, print, record, number_digest, name_digest, former_digests,
                                      status, leads_to, asked_at)
         select part, digest, print, record, number_digest, name_digest, former_digests, status, leads_to, $1
         from given_register_record where true
         on conflict (part, digest) do update set print = excluded.print, record = excluded.record,
           number_digest = excluded.number_digest, name_digest = excluded.name_digest, status = excluded.status,
           leads_to = excluded.leads_to, asked_at = excluded.asked_at
         where register_record.part <> 'asked-persons' or register_record.name_digest = excluded.name_digest
           or register_record.asked_at < $2",
        values![visit.now, oldest],
    )
    .await?;
    tx.give(&denied).await?;
    tx.execute(
        "insert into register_question (digest, number_digest, answer, asked_at)
         select digest, number_digest, answer, $1 from given_register_question where true
         on conflict (digest) do update set number_digest = excluded.number_digest, answer = excluded.answer,
           asked_at = excluded.asked_at",
        values![visit.now],
    )
    .await?;
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
}

fn push(
    records: &mut Rows,
    denied: &mut Rows,
    seen: &mut BTreeSet<Vec<u8>>,
    keys: &DataKeys,
    visit: &Visit,
    said: &Said,
) -> Result<(), Unopenable> {
    let newest = keys.index.newest()?;
    let of = |number: &OfficialNumber| number_digest(newest, number.kind().as_str(), number.as_str());
    let mut record =
        |part: &'static str, key: &str, text: &str, (number, name, status, leads_to): Compared<'_>| {
            let digest = index::blind(newest, &domain(part), key).digest;
            if seen.insert(digest.clone()) {
                let sealed = keys.encrypt(&visit.chance, place(part, &digest), text)?;
                let print = index::blind(newest, "register/record/asked", text).digest;
                let name = name.map(|name| name_digest(newest, name));
                let former = None::<&[u8]>;
                records.push(values![
                    part,
                    &digest,
                    &print,
                    &sealed,
                    &number,
                    name.as_ref(),
                    former,
                    status,
                    leads_to
                ]);
            }
            Ok(())
        };
    match said {
        Said::Person { number, name, stands, reference } => {
            let kept = PersonRecord {
                name: name.as_str().to_owned(),
                stands: *stands,
                reference: reference.clone(),
            };
            let compared = (of(&number.clone().into()), Some(name.as_str()), stands.as_str(), None);
            record(ASKED_PERSONS, number.as_str(), &json(&kept), compared)
        }
        Said::Organization(found) => {
            let code = &found.credit_code;
            let kept = OrganizationRecord {
                name: found.name.as_str().to_owned(),
                standing: found.standing.as_str().to_owned(),
                representative_name: found.representative_name.as_str().to_owned(),
                representative_number: found.representative_number.as_ref().map(|n| n.reveal().to_owned()),
                successor: found.successor.as_ref().map(|code| code.as_str().to_owned()),
                department: found.department.as_str().to_owned(),
                as_of: found.as_of.day(),
                reference: found.reference.clone(),
            };
            let by_code = of(&code.clone().into());
            let status = found.standing.as_str();
            let compared = (by_code.clone(), Some(found.name.as_str()), status, None);
            record(ASKED_ORGANIZATIONS, code.as_str(), &json(&kept), compared)?;
            let org_code = number_digest(newest, CheckKind::OrgCode.as_str(), code.org_code());
            record(ASKED_KEYS, code.as_str(), code.as_str(), (org_code, None, "former", Some(&by_code)))
        }
        Said::Denied(asked, denial) => {
            let digest = asked.digest(newest);
            if seen.insert(digest.clone()) {
                denied.push(values![&digest, &of(&asked.number()), denial.as_str()]);
            }
            Ok(())
        }
    }
}

/// Digest of the number, name, status, digest of what it leads to.
type Compared<'a> = (Vec<u8>, Option<&'a str>, &'static str, Option<&'a Vec<u8>>);

fn json(record: &impl Serialize) -> String {
    // A struct of texts: there is nothing in it that JSON could not hold.
    serde_json::to_string(record).unwrap_or_default()
}

fn domain(part: &str) -> String {
    format!("register/{part}")
}

pub(super) fn place<'a>(part: &'static str, digest: &'a [u8]) -> Place<'a> {
    Place { table: "register_record", column: part, row: digest }
}

/// Whether the row is that of this number or code.
pub(super) fn is_of(keys: &DataKeys, part: &str, digest: &[u8], number: &str) -> bool {
    keys.blind(&domain(part), number).iter().any(|index| index.digest == digest)
}

pub(super) fn person(text: &str) -> Option<Entry> {
    let record: PersonRecord = serde_json::from_str(text).ok()?;
    let name = PersonName::parse(&record.name).ok()?;
    let is_valid = record.stands == Stands::Valid;
    Some(Entry { names: vec![name.folded()], of: EntryOf::Person { name, is_valid } })
}

pub(super) fn organization(text: &str, code: &CreditCode) -> Option<Entry> {
    let record: OrganizationRecord = serde_json::from_str(text).ok()?;
    let successor = record.successor.map(|code| CreditCode::parse(&code));
    let found = LegalPerson {
        credit_code: code.clone(),
        name: OrganizationName::parse(&record.name).ok()?,
        standing: record.standing.parse::<Standing>().ok()?,
        representative_name: PersonName::parse(&record.representative_name).ok()?,
        representative_number: record.representative_number.map(Secret::new),
        successor: successor.transpose().ok()?,
        department: record.department.parse::<Department>().ok()?,
        as_of: Moment::of_day(record.as_of)?,
        reference: record.reference,
    };
    Some(Entry { names: vec![found.name.folded()], of: EntryOf::Organization(Box::new(found)) })
}
