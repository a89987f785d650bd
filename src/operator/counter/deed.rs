//! Deeds: what is done to an account at a window. One clerk alone does none: a second one looks too, or the
//! person shows a factor they have. What changes how somebody signs in waits a day unless a factor was shown:
//! the owner is told on the old devices, and can call it off.
//!
//! Here is what is kept of one; how it comes about is in `vouching`, what is done at its end in `carry_out`.

use std::time::Duration;

use uuid::Uuid;

use super::Reading;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Secret, Visit, words};
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Read, Row, Tx, values};
use crate::operator::{Error, Refused};

/// How long the owner can object.
pub const DELAY: Duration = Duration::from_secs(24 * 3600);
/// How long a deed waits to be vouched for.
const WAITS: Duration = Duration::from_secs(15 * 60);

words! {
    DeedKind {
    /// Evidence of level 5: chip and look.
    Raise = "raise",
    /// Another phone; the content is its number.
    Phone = "phone",
    /// A ticket with which the person sets a new password.
    Recover = "recover",
    /// The PIN that goes with the ID card; the content is its hash, once the person has chosen one.
    Pin = "pin",
    /// An account for somebody who has none, or whose number is held on weaker proof; the content is the reading, and
    /// the hash of the PIN.
    Open = "open",
    }
}

impl DeedKind {
    /// Whether the person chooses a PIN before it is done.
    pub const fn takes_pin(self) -> bool {
        matches!(self, Self::Open | Self::Pin)
    }
}

words! {
    DeedState {
    /// For a second clerk, or a factor of the person.
    Waiting = "waiting",
    /// Vouched for; the owner can still call it off.
    Delayed = "delayed",
    Done = "done",
    Cancelled = "cancelled",
    }
}

#[derive(Clone)]
pub struct Deed {
    pub id: Uuid,
    pub matter: Uuid,
    /// Nobody yet, where an account is to be opened.
    pub person: Option<Uuid>,
    pub kind: DeedKind,
    pub state: DeedState,
    pub(super) content: Option<Vec<u8>>,
    pub clerk: Uuid,
    pub(super) vouched_by: Option<String>,
    pub ready_at: Moment,
    pub(super) changed_at: Moment,
    pub(super) seal: Vec<u8>,
}

macro_rules! deeds {
    ($rest:literal) => {
        concat!(
            "select id, matter, person, kind, state, content, clerk, vouched_by, ready_at, changed_at, seal
             from deed ",
            $rest
        )
    };
}

impl Deed {
    fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        Ok(Self {
            id: row.get(0)?,
            matter: row.get(1)?,
            person: row.get(2)?,
            kind: row.word(3, "deed")?,
            state: row.word(4, "deed")?,
            content: row.get(5)?,
            clerk: row.get(6)?,
            vouched_by: row.get(7)?,
            ready_at: row.moment(8)?,
            changed_at: row.moment(9)?,
            seal: row.get(10)?,
        })
    }

    fn fields(&self) -> Vec<Vec<u8>> {
        let moment = |at: Moment| at.micros().to_be_bytes().to_vec();
        vec![
            b"deed".to_vec(),
            self.id.as_bytes().to_vec(),
            self.matter.as_bytes().to_vec(),
            self.person.map(|id| id.as_bytes().to_vec()).unwrap_or_default(),
            self.kind.as_str().into(),
            self.state.as_str().into(),
            self.content.clone().unwrap_or_default(),
            self.clerk.as_bytes().to_vec(),
            self.vouched_by.clone().unwrap_or_default().into(),
            moment(self.ready_at),
            moment(self.changed_at),
        ]
    }

    pub(super) fn sealed(mut self, keys: &DataKeys) -> Result<Self, Error> {
        let fields = self.fields();
        self.seal = keys.seal(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        Ok(self)
    }

    fn checked(self, keys: &DataKeys) -> Result<Self, Error> {
        let fields = self.fields();
        keys.check_seal(&self.seal, &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        Ok(self)
    }

    /// Whether it is still to be vouched for.
    pub fn is_waiting(&self, now: Moment) -> bool {
        self.state == DeedState::Waiting && now.since(self.changed_at) < WAITS
    }

    /// What was read of the chip, where an account is to be opened.
    ///
    /// # Errors
    /// The ciphertext does not open.
    pub fn reading(&self, keys: &DataKeys) -> Result<Option<Reading>, Error> {
        if self.kind != DeedKind::Open {
            return Ok(None);
        }
        Ok(Reading::parse(self.content(keys)?.reveal()))
    }

    pub(super) fn content(&self, keys: &DataKeys) -> Result<Secret, Error> {
        let bytes = self.content.as_deref().ok_or_else(|| db::Error::corrupt("deed", "no content"))?;
        Ok(Secret::new(keys.decrypt(place(&self.id), bytes)?.as_str()))
    }
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Deed>, Error> {
    let found = read.optional(deeds!("where id = $1"), values![id], Deed::read).await?;
    found.map(|deed| deed.checked(keys)).transpose()
}

/// What waits for its day in a person's account. What was vouched for by a factor waits for nothing but the window.
pub async fn delayed(read: &mut impl Read, keys: &DataKeys, person: Uuid) -> Result<Vec<Deed>, Error> {
    let sql =
        deeds!("where person = $1 and state = 'delayed' and ready_at > changed_at order by id limit 20");
    let found = read.all(sql, values![person], Deed::read).await?;
    found.into_iter().map(|deed| deed.checked(keys)).collect()
}

/// Deeds whose day has come, the oldest first; fifty at most. What is done at once is done at the window, which gives
/// something into the person's hands, or never.
pub async fn due(read: &mut impl Read, keys: &DataKeys, now: Moment) -> Result<Vec<Deed>, Error> {
    let sql = deeds!(
        "where state = 'delayed' and ready_at <= $1 and ready_at > changed_at order by ready_at limit 50"
    );
    let found = read.all(sql, values![now], Deed::read).await?;
    found.into_iter().map(|deed| deed.checked(keys)).collect()
}

pub(super) async fn change(tx: &mut Tx, keys: &DataKeys, was: &Deed, next: Deed) -> Result<Deed, Error> {
    let next = next.sealed(keys)?;
    let changed = tx
        .execute(
            "update deed set state = $2, person = $3, vouched_by = $4, ready_at = $5, changed_at = $6, seal = $7,
                             content = $9
             where id = $1 and seal = $8",
            values![
                next.id,
                next.state.as_str(),
                next.person,
                next.vouched_by.as_deref(),
                next.ready_at,
                next.changed_at,
                &next.seal,
                &was.seal,
                next.content.as_deref()
            ],
        )
        .await?;
    if changed == 1 { Ok(next) } else { Err(Refused::Changed.into()) }
}

pub(super) async fn note(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    deed: &Deed,
    what: &str,
) -> Result<(), Error> {
    let event = Event::DeedChanged { deed: deed.id, kind: deed.kind.as_str(), what };
    Ok(audit::record(tx, keys, visit, event, About { person: deed.person, client: None }).await?)
}

pub(super) fn place(id: &Uuid) -> Place<'_> {
    Place { table: "deed", column: "content", row: id.as_bytes() }
}
