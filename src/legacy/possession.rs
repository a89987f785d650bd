//! Who shows the old password of an account that was taken over. It proves that this account was theirs, and nothing of
//! the person whose number stands in it: so it wakes this one link, and makes nobody surer.

use uuid::Uuid;

use super::account::{Password, Record, SubjectKind};
use super::claim::{Shown, wake};
use super::link::{self, Link, LinkState};
use super::matching::Class;
use super::undo::PASSWORD_EVIDENCE;
use super::{Error, Source, index};
use crate::audit::{self, About, Event};
use crate::base::{TrustLevel, Visit};
use crate::config;
use crate::credential::{LegacyHash, Scheme, factors, password};
use crate::crypto::DataKeys;
use crate::db::{Read, Row, Tx, values};
use crate::identity::{self, NewEvidence, PersonState};

/// An account of a source that a user name means; it is linked to an account here.
pub struct Known {
    pub id: Uuid,
    pub source: Uuid,
    pub kind: SubjectKind,
    local_digest: Vec<u8>,
    record: Vec<u8>,
    password: Option<Vec<u8>>,
    spent: bool,
}

/// What a password is compared with.
pub enum OldHash {
    Legacy(LegacyHash),
    /// A PHC string.
    Argon2id(String),
}

/// Those of [`Known::read`], linked ones or those that the rules left in doubt.
macro_rules! known {
    ("linked", $condition:literal) => {
        known!("state = 'merged' and ", $condition, " limit 2")
    };
    ("in doubt", $condition:literal) => {
        known!(
            "state = 'matched' and subject_kind = 'person' and class in ('AUTO', 'AUTO_REGISTER', 'REVIEW') and ",
            $condition,
            " limit 2"
        )
    };
    ($($part:literal),+) => {
        concat!(
            "select id, source, subject_kind, local_digest, record, password, password_spent from legacy_account where ",
            $($part),+
        )
    };
}

impl Known {
    fn read(row: &Row<'_>) -> Result<Self, crate::db::Error> {
        Ok(Self {
            id: row.get(0)?,
            source: row.get(1)?,
            kind: row.word(2, "legacy_account")?,
            local_digest: row.get(3)?,
            record: row.get(4)?,
            password: row.get(5)?,
            spent: row.get(6)?,
        })
    }

    /// What the old system says of it.
    pub fn record(&self, keys: &DataKeys) -> Result<Record, Error> {
        Ok(Record::open(keys, &self.local_digest, &self.record)?)
    }

    /// Whether the old password may still be shown; later the account's owner has another.
    pub const fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Whether an old password has been shown or replaced: then none is good any more, here or over there.
    pub const fn is_spent(&self) -> bool {
        self.spent
    }

    /// `None` if there is none any more, or one that nobody can be asked to compare.
    pub fn hash(&self, keys: &DataKeys) -> Result<Option<OldHash>, Error> {
        let Some(sealed) = &self.password else { return Ok(None) };
        let Password { schemes, hash, salt } = &Password::open(keys, &self.local_digest, sealed)?;
        if schemes.iter().any(|scheme| scheme == "argon2id") && password::is_argon2id(hash) {
            return Ok(Some(OldHash::Argon2id(hash.clone())));
        }
        let schemes: Vec<Scheme> = schemes.iter().filter_map(|scheme| scheme.parse().ok()).collect();
        Ok(LegacyHash::read(&schemes, hash, salt).map(OldHash::Legacy))
    }
}

/// The account that `typed` means: `name@source` in that source; else in the sources of the relying system that the
/// person is on the way to; else in the only source that has it. A name that means several means none.
pub async fn by_user_name(
    read: &mut impl Read,
    keys: &DataKeys,
    client: Option<&str>,
    typed: &str,
) -> Result<Option<Known>, Error> {
    let typed = typed.replace('＠', "@");
    if let Some((name, source)) = typed.rsplit_once('@')
        && let Some(source) = Source::by_name(read, &source.trim().to_lowercase()).await?
    {
        return in_source(read, keys, source.id, name).await;
    }
    if let Some(client) = client {
        let mut found = Vec::new();
        for source in of_client(read, client).await? {
            found.extend(in_source(read, keys, source, &typed).await?);
        }
        if !found.is_empty() {
            return Ok(only(found));
        }
    }
    let mut found = Vec::new();
    for index in index::of_user_name(keys, &typed) {
        let sql = known!("linked", "user_digest = $1");
        found.extend(read.all(sql, values![&index.digest], Known::read).await?);
    }
    Ok(only(found))
}

/// The account of that user name in a source; failing that, the one of that id there: of the two, people know either.
pub async fn in_source(
    read: &mut impl Read,
    keys: &DataKeys,
    source: Uuid,
    name: &str,
) -> Result<Option<Known>, Error> {
    let by_name = known!("linked", "user_digest = $1 and source = $2");
    found(read, keys, source, name, [by_name, known!("linked", "local_digest = $1")]).await
}

/// The same among the accounts of persons that the rules left in doubt: nobody signs in to one, and its owner may claim
/// it ([`super::cases::claim`]).
pub async fn in_doubt(
    read: &mut impl Read,
    keys: &DataKeys,
    source: Uuid,
    name: &str,
) -> Result<Option<Known>, Error> {
    let by_name = known!("in doubt", "user_digest = $1 and source = $2");
    found(read, keys, source, name, [by_name, known!("in doubt", "local_digest = $1")]).await
}

async fn found(
    read: &mut impl Read,
    keys: &DataKeys,
    source: Uuid,
    name: &str,
    [by_name, by_id]: [&'static str; 2],
) -> Result<Option<Known>, Error> {
    let mut found = Vec::new();
    for index in index::of_user_name(keys, name) {
        found.extend(read.all(by_name, values![&index.digest, source], Known::read).await?);
    }
    if found.len() == 1 {
        return Ok(only(found));
    }
    let mut of_id = Vec::new();
    for index in index::of_local_id(keys, source, name.trim()) {
        of_id.extend(read.all(by_id, values![&index.digest], Known::read).await?);
    }
    Ok(only(of_id))
}

/// One row may have been found under several keys.
fn only(mut found: Vec<Known>) -> Option<Known> {
    found.dedup_by_key(|known| known.id);
    if found.len() == 1 { found.pop() } else { None }
}

async fn of_client(read: &mut impl Read, client: &str) -> Result<Vec<Uuid>, Error> {
    let sources = "select id from legacy_source where client = $1 order by name limit 20";
    Ok(read.all(sources, values![client], |row| row.get(0)).await?)
}

/// What showing the old password opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// This person has nothing else to prove themselves with: they set a password.
    NewPassword(Uuid),
    /// This person has a way in of their own, which an old password must not be another one of.
    OwnSignIn(Uuid),
    /// An organization has no login: people act for it.
    Organization,
    /// The account here is on hold.
    Held,
    Nothing,
}

/// What the old password of `legacy_account`, which has just been shown, opens.
pub async fn opens(read: &mut impl Read, keys: &DataKeys, legacy_account: Uuid) -> Result<Opens, Error> {
    let Some(link) = link::of_legacy_account(read, keys, legacy_account).await? else {
        return Ok(Opens::Nothing);
    };
    if link.account_kind == link::AccountKind::Organization {
        return Ok(Opens::Organization);
    }
    let person = link.account;
    Ok(match identity::state_of(read, person).await? {
        Some(PersonState::Unclaimed) => Opens::NewPassword(person),
        Some(PersonState::Active) if factors::owned(read, person).await?.ways_in() == 0 => {
            Opens::NewPassword(person)
        }
        Some(PersonState::Active) => Opens::OwnSignIn(person),
        Some(PersonState::Held) => Opens::Held,
        Some(PersonState::Closed) | None => Opens::Nothing,
    })
}

/// The person of a legacy account whose old password has been replaced: its user name goes on meaning them.
pub async fn person_behind(
    read: &mut impl Read,
    keys: &DataKeys,
    legacy_account: Uuid,
) -> Result<Option<Uuid>, Error> {
    let link = link::of_legacy_account(read, keys, legacy_account).await?;
    let live =
        link.filter(|link| link.state == LinkState::Live && link.account_kind == link::AccountKind::Person);
    Ok(live.map(|link| link.account))
}

/// Puts a new password in the place of the old one that was shown. The account here becomes its owner's, this link
/// wakes, the others sleep on, and no old password of this person is good any more.
///
/// # Errors
/// [`Error::Changed`]: somebody was faster; [`Error::NoLink`]: it has been taken back meanwhile.
pub async fn replace_password(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    policy: &config::Trust,
    legacy_account: Uuid,
    new: &str,
) -> Result<Uuid, Error> {
    let Opens::NewPassword(person) = opens(tx, keys, legacy_account).await? else {
        return Err(Error::Changed);
    };
    let link = link::of_legacy_account(tx, keys, legacy_account).await?.ok_or(Error::NoLink)?;
    // Of two at once, one finds the hash.
    if !spend(tx, legacy_account).await? {
        return Err(Error::Changed);
    }
    let evidence = evidence(tx, policy, &link).await?;
    let claimed = identity::claim(tx, keys, visit, person, &evidence).await?;
    if !claimed && identity::state_of(tx, person).await? != Some(PersonState::Active) {
        return Err(Error::Changed);
    }
    password::set(tx, visit, person, new).await?;
    wake(tx, keys, visit, link.id, Shown::Password).await?;
    retire(tx, person).await?;
    audit::record(tx, keys, visit, Event::PasswordSet, About { person: Some(person), client: None }).await?;
    Ok(person)
}

/// An owner who is signed in shows the old password of another account of theirs. `false` if it is not linked to them.
pub async fn claim(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    legacy_account: Uuid,
) -> Result<bool, Error> {
    let link = link::of_legacy_account(tx, keys, legacy_account).await?;
    let Some(link) = link.filter(|link| link.account == person) else { return Ok(false) };
    if !spend(tx, legacy_account).await? {
        return Err(Error::Changed);
    }
    wake(tx, keys, visit, link.id, Shown::Password).await?;
    Ok(true)
}

/// An old password proves that somebody had an account, whatever number stands in it: level 2. Where the register has
/// confirmed that number and name belong together, an operator may let that count as level 3.
async fn evidence(read: &mut impl Read, policy: &config::Trust, link: &Link) -> Result<NewEvidence, Error> {
    let confirmed = matches!(link.class, Class::Auto | Class::AutoRegister);
    let trust = if confirmed && policy.old_password >= TrustLevel::Matched as u8 {
        TrustLevel::Matched
    } else {
        TrustLevel::Asserted
    };
    let source = Source::load(read, link.source).await?.map(|source| source.name);
    Ok(NewEvidence {
        method: PASSWORD_EVIDENCE,
        source: source.unwrap_or_default(),
        reference: link.id.to_string(),
        trust,
    })
}

/// Destroys the hash of one account; `false` if it was gone.
pub(super) async fn spend(tx: &mut Tx, legacy_account: Uuid) -> Result<bool, Error> {
    let spent = tx
        .execute(
            "update legacy_account set password = null, password_spent = true
             where id = $1 and not password_spent",
            values![legacy_account],
        )
        .await?;
    Ok(spent == 1)
}

/// Destroys the hashes of all accounts that are linked to a person.
pub async fn retire(tx: &mut Tx, person: Uuid) -> Result<u64, Error> {
    Ok(tx
        .execute(
            "update legacy_account set password = null, password_spent = true
             where id in (select legacy_account from legacy_link where account = $1 and state <> 'unlinked')
               and state = 'merged' and not password_spent",
            values![person],
        )
        .await?)
}
