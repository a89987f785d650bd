//! Accounts that an old system still opens, told of one by one (SCIM) instead of in a file: stored as an import would.

use uuid::Uuid;

use super::account::{Password, Record, Status, SubjectKind};
use super::matching::{self, Registry};
use super::numbers::{self, Found, KeyKind};
use super::row::Understood;
use super::{Error, Run, Sealer, Source, index};
use crate::audit::{self, About, Event};
use crate::base::Visit;
use crate::crypto::DataKeys;
use crate::db::{self, Read, Row, Tx, values};
use crate::keys::KeyRing;

/// The reason of an account that its system has taken back.
const GONE: &str = "WITHDRAWN";

/// What an old system says of an account.
pub struct Told {
    pub kind: SubjectKind,
    pub status: Status,
    pub record: Record,
    pub number_kind: KeyKind,
    /// `None` leaves the password as it is.
    pub password: Option<Password>,
}

/// An account as its system may see it again.
pub struct Seen {
    pub id: Uuid,
    pub kind: SubjectKind,
    pub status: Status,
    pub record: Record,
    /// What its number is like: a code, as in the verdicts of an import.
    pub reason: String,
    password: Option<Password>,
}

struct Stored {
    id: Uuid,
    kind: SubjectKind,
    status: Status,
    local_digest: Vec<u8>,
    record: Vec<u8>,
    password: Option<Vec<u8>>,
    reason: String,
}

macro_rules! stored {
    ($condition:literal) => {
        concat!(
            "select id, subject_kind, status, local_digest, record, password, reason from legacy_account
             where reason <> 'WITHDRAWN' and source = $1 and ",
            $condition,
            " limit 2"
        )
    };
}

impl Stored {
    fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.word(1, "legacy_account")?,
            status: row.word(2, "legacy_account")?,
            local_digest: row.get(3)?,
            record: row.get(4)?,
            password: row.get(5)?,
            reason: row.get(6)?,
        })
    }

    fn open(self, keys: &DataKeys) -> Result<Seen, Error> {
        let password =
            self.password.map(|sealed| Password::open(keys, &self.local_digest, &sealed)).transpose()?;
        let record = Record::open(keys, &self.local_digest, &self.record)?;
        Ok(Seen { id: self.id, kind: self.kind, status: self.status, record, reason: self.reason, password })
    }
}

impl Source {
    /// The source that belongs to a relying system, if it has exactly one.
    pub async fn of_client(read: &mut impl Read, client: &str) -> Result<Option<Self>, db::Error> {
        let ids = read
            .all("select id from legacy_source where client = $1 limit 2", values![client], |row| row.get(0))
            .await?;
        match ids[..] {
            [only] => Self::load(read, only).await,
            _ => Ok(None),
        }
    }

    pub async fn account(
        &self,
        read: &mut impl Read,
        keys: &DataKeys,
        id: Uuid,
    ) -> Result<Option<Seen>, Error> {
        let found = read.optional(stored!("id = $2"), values![self.id, id], Stored::read).await?;
        found.map(|stored| stored.open(keys)).transpose()
    }

    /// The accounts of this user name; two at most.
    pub async fn accounts_named(
        &self,
        read: &mut impl Read,
        keys: &DataKeys,
        user_name: &str,
    ) -> Result<Vec<Seen>, Error> {
        let mut found = Vec::new();
        for index in index::of_user_name(keys, user_name) {
            found.extend(
                read.all(stored!("user_digest = $2"), values![self.id, &index.digest], Stored::read).await?,
            );
        }
        found.dedup_by_key(|stored| stored.id);
        found.into_iter().map(|stored| stored.open(keys)).collect()
    }

    /// The account of this id in its system.
    pub async fn account_of_id(
        &self,
        read: &mut impl Read,
        keys: &DataKeys,
        local_id: &str,
    ) -> Result<Option<Seen>, Error> {
        for index in index::of_local_id(keys, self.id, local_id) {
            let found = read
                .optional(stored!("local_digest = $2"), values![self.id, &index.digest], Stored::read)
                .await?;
            if let Some(found) = found {
                return Ok(Some(found.open(keys)?));
            }
        }
        Ok(None)
    }

    /// Stores what the system tells; an account that is there keeps its state, its link and, unless another is told, its
    /// password.
    pub async fn put(
        &self,
        tx: &mut Tx,
        ring: &KeyRing,
        visit: &Visit,
        told: Told,
        before: Option<&Seen>,
    ) -> Result<Uuid, Error> {
        let keys = ring.data();
        let Told { kind, status, mut record, number_kind, password } = told;
        let found = if record.given_number.is_empty() {
            Found { number: None, other: None, steps: Default::default(), reason: "EMPTY" }
        } else {
            numbers::read(&number_kind, &record.given_number, visit.now.day())
        };
        let number = found.number.as_ref().map(|number| number.text.clone());
        record.number = number.filter(|number| *number != record.given_number);
        record.other_number = found.other.as_ref().map(|other| other.text.clone());
        record.steps = found.steps.iter().map(|step| step.as_str().to_owned()).collect();
        let password = password.or_else(|| before.and_then(|before| before.password.clone()));
        let run = visit.id();
        let sealer = Sealer::new(&keys, &visit.chance, self.id, run)?;
        let mut rows = Sealer::rows();
        let local = sealer.seal(&mut rows, &Understood { kind, status, record, found, password }, 1)?;
        Run::of_one(run, self.id, visit.now).store(tx, ring, &rows).await?;
        let id = "select id from legacy_account where local_digest = $1";
        let id = tx.optional(id, values![&local], |row| row.get(0)).await?.ok_or(Error::NoAccount)?;
        let event = Event::LegacyAccountTold {
            legacy_account: id,
            what: if before.is_some() { "changed" } else { "added" },
        };
        audit::record(tx, &keys, visit, event, self.about()).await?;
        Ok(id)
    }

    /// The system has closed an account. What is linked stays linked, and nobody comes in by its password any more.
    pub async fn withdraw(
        &self,
        tx: &mut Tx,
        keys: &DataKeys,
        visit: &Visit,
        id: Uuid,
    ) -> Result<bool, Error> {
        let withdrawn = tx
            .execute(
                "update legacy_account set reason = $3, status = 'disabled', password = null, password_spent = true,
                   state = case when state in ('waiting', 'matched') then 'rejected' else state end
                 where id = $2 and source = $1 and reason <> $3",
                values![self.id, id, GONE],
            )
            .await?;
        if withdrawn == 1 {
            let event = Event::LegacyAccountTold { legacy_account: id, what: "withdrawn" };
            audit::record(tx, keys, visit, event, self.about()).await?;
        }
        Ok(withdrawn == 1)
    }

    /// Finds out whose the account is; what is found waits for the next run of merging.
    pub async fn match_one(
        &self,
        tx: &mut Tx,
        ring: &KeyRing,
        visit: &Visit,
        registry: Registry,
        id: Uuid,
    ) -> Result<(), Error> {
        matching::step(tx, ring, visit, self, registry, matching::Position::just_before(id)).await?;
        Ok(())
    }

    fn about(&self) -> About<'_> {
        About { person: None, client: self.client.as_deref() }
    }
}
