//! Deeds: what is done to an account at a window. One clerk alone does none: a second one looks too, or the
//! person shows a factor they have. What changes how somebody signs in waits a day unless a factor was shown:
//! the owner is told on the old devices, and can call it off.

use std::time::Duration;

use uuid::Uuid;

use super::{Matter, Reading, Shift};
use crate::audit::{self, About, Event};
use crate::base::number::OfficialNumber;
use crate::base::{Moment, PersonName, Phone, Secret, TrustLevel, Visit, words};
use crate::config;
use crate::credential::{factors, pin, recovery, recovery_code};
use crate::crypto::{DataKeys, Place};
use crate::db::{self, Read, Row, Tx, values};
use crate::grant::How;
use crate::identity::{self, Arrival, NewEvidence, NewPerson, PersonState};
use crate::keys::KeyRing;
use crate::operator::{Error, Operator, Refused};

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

/// Who stands behind a deed besides the clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vouched {
    Clerk(Uuid),
    /// The person, by a factor they had before.
    Factor(&'static str),
}

impl std::fmt::Display for Vouched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clerk(id) => write!(f, "operator:{id}"),
            Self::Factor(factor) => write!(f, "factor:{factor}"),
        }
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
    vouched_by: Option<String>,
    pub ready_at: Moment,
    changed_at: Moment,
    seal: Vec<u8>,
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

    fn sealed(mut self, keys: &DataKeys) -> Result<Self, Error> {
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

/// Asks for a deed in a matter. Whose it is must have been read from a chip: who approves on a phone has no
/// need of a counter for it. An account is opened for whom the reading names.
///
/// # Errors
/// [`Refused::NobodyPresent`], [`Refused::OwnMatter`].
pub async fn ask(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (shift, matter): (&Shift, &Matter),
    kind: DeedKind,
    content: Option<&Secret>,
) -> Result<Deed, Error> {
    let person = match (&matter.identified, kind) {
        (_, DeedKind::Open) => None,
        (Some(identified), _) if identified.how == How::Chip => Some(identified.person),
        _ => return Err(Refused::NobodyPresent.into()),
    };
    let id = visit.id();
    let content = match content {
        Some(text) => Some(keys.encrypt(&visit.chance, place(&id), text.reveal())?),
        None => None,
    };
    let deed = Deed {
        id,
        matter: matter.id,
        person,
        kind,
        state: DeedState::Waiting,
        content,
        clerk: shift.operator.id,
        vouched_by: None,
        ready_at: visit.now,
        changed_at: visit.now,
        seal: Vec::new(),
    }
    .sealed(keys)?;
    tx.execute(
        "insert into deed (id, matter, person, kind, state, content, clerk, ready_at, changed_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            deed.id,
            deed.matter,
            deed.person,
            deed.kind.as_str(),
            deed.state.as_str(),
            deed.content.as_deref(),
            deed.clerk,
            deed.ready_at,
            deed.changed_at,
            &deed.seal
        ],
    )
    .await?;
    note(tx, keys, visit, &deed, "asked").await?;
    Ok(deed)
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Deed>, Error> {
    let found = read.optional(deeds!("where id = $1"), values![id], Deed::read).await?;
    found.map(|deed| deed.checked(keys)).transpose()
}

/// A second clerk, or a factor of the person, stands behind the deed. What changes how the person signs in
/// waits a day where it was a clerk.
///
/// # Errors
/// [`Refused::SameClerk`]: the second is the first; [`Refused::OwnMatter`]; [`Refused::Changed`]: too late.
pub async fn vouch(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    deed: &Deed,
    by: Vouching<'_>,
) -> Result<Deed, Error> {
    if !deed.is_waiting(visit.now) {
        return Err(Refused::Changed.into());
    }
    let vouched = match by {
        Vouching::Clerk(second) => {
            if second.id == deed.clerk {
                return Err(Refused::SameClerk.into());
            }
            if is_own(tx, keys, deed, second).await? {
                return Err(Refused::OwnMatter.into());
            }
            Vouched::Clerk(second.id)
        }
        Vouching::Factor(factor) => Vouched::Factor(factor),
    };
    let at_once =
        matches!(deed.kind, DeedKind::Raise | DeedKind::Open) || matches!(vouched, Vouched::Factor(_));
    let next = Deed {
        state: DeedState::Delayed,
        vouched_by: Some(vouched.to_string()),
        ready_at: if at_once { visit.now } else { visit.now.plus(DELAY) },
        changed_at: visit.now,
        ..deed.clone()
    };
    let next = change(tx, keys, deed, next).await?;
    note(tx, keys, visit, &next, "vouched").await?;
    Ok(next)
}

/// Who vouches.
pub enum Vouching<'a> {
    Clerk(&'a Operator),
    Factor(&'static str),
}

async fn is_own(tx: &mut Tx, keys: &DataKeys, deed: &Deed, clerk: &Operator) -> Result<bool, Error> {
    Ok(whose(tx, keys, deed).await?.is_some_and(|whose| clerk.is(&whose.number)))
}

/// Who stands at the window.
pub struct Whose {
    pub name: PersonName,
    pub number: OfficialNumber,
    pub phone: Option<Phone>,
}

/// The person whose deed it is, or whom the reading names where there is no account yet.
pub async fn whose(read: &mut impl Read, keys: &DataKeys, deed: &Deed) -> Result<Option<Whose>, Error> {
    let whose = match deed.person {
        Some(person) => {
            identity::load(read, keys, person).await?.map(|person| (person.name, person.number, person.phone))
        }
        None => deed.reading(keys)?.map(|reading| (reading.name, reading.number, None)),
    };
    Ok(whose.map(|(name, number, phone)| Whose { name, number, phone }))
}

/// What a deed that was carried out gives into the person's hands.
#[derive(Default)]
pub struct Given {
    pub person: Option<Uuid>,
    /// With which they set a password, now or after the day.
    pub ticket: Option<Secret>,
    /// The recovery sheet.
    pub codes: Vec<Secret>,
}

/// Does what the deed is for, if its time has come. A ticket is given while the person is at the window, and opens
/// when its time has come.
///
/// # Errors
/// [`Refused::Changed`]: it was called off or done before; [`Refused::NumberHeld`]: an account holds the number
/// on proof as good; [`Refused::NoPin`]: the person has not chosen one.
pub async fn carry_out(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    deed: &Deed,
    at_window: bool,
    policy: &config::Trust,
) -> Result<Given, Error> {
    let keys = ring.data();
    if deed.state != DeedState::Delayed {
        return Err(Refused::Changed.into());
    }
    let pin = deed.pin(&keys)?;
    let lacks_pin = deed.kind.takes_pin() && pin.is_none();
    if lacks_pin && at_window {
        return Err(Refused::NoPin.into());
    }
    let mut given = Given { person: deed.person, ..Given::default() };
    let reference = deed.id.to_string();
    if let (DeedKind::Recover, Some(person), true) = (deed.kind, deed.person, at_window) {
        given.ticket = Some(recovery::issue_from(tx, &keys, visit, person, &reference, deed.ready_at).await?);
    }
    if deed.ready_at > visit.now {
        return Ok(given);
    }
    let stopped = match deed.person {
        Some(person) => identity::state_of(tx, person).await? != Some(PersonState::Active),
        None => false,
    };
    if stopped || lacks_pin {
        // Closed or stopped since it was asked for, or left unfinished: nothing is done to such an account.
        let next = Deed { state: DeedState::Cancelled, changed_at: visit.now, ..deed.clone() };
        let next = change(tx, &keys, deed, next).await?;
        note(tx, &keys, visit, &next, "cancelled").await?;
        return Ok(given);
    }
    match (deed.kind, deed.person) {
        (DeedKind::Raise, Some(person)) => {
            identity::prove(tx, &keys, visit, person, &evidence(deed), policy).await?;
        }
        (DeedKind::Phone, Some(person)) => {
            let phone = Phone::parse(deed.content(&keys)?.reveal());
            let phone = phone.map_err(|_| db::Error::corrupt("deed", "phone"))?;
            identity::set_phone(tx, &keys, visit, person, &phone).await?;
        }
        (DeedKind::Open, _) => {
            let reading = deed.reading(&keys)?.ok_or_else(|| db::Error::corrupt("deed", "reading"))?;
            let person = open_account(tx, ring, visit, deed, reading, policy).await?;
            given.person = Some(person);
            given.codes = recovery_code::make(tx, &keys, visit, person).await?;
            given.ticket = Some(recovery::issue(tx, &keys, visit, person, &reference).await?);
        }
        _ => {}
    }
    if let (Some(hash), Some(person)) = (pin, given.person) {
        pin::set(tx, &keys, visit, person, hash.reveal()).await?;
    }
    // What it was about stands where it belongs now, and nowhere twice.
    let done = Deed {
        state: DeedState::Done,
        person: given.person,
        content: None,
        changed_at: visit.now,
        ..deed.clone()
    };
    let done = change(tx, &keys, deed, done).await?;
    note(tx, &keys, visit, &done, "done").await?;
    Ok(given)
}

async fn open_account(
    tx: &mut Tx,
    ring: &KeyRing,
    visit: &Visit,
    deed: &Deed,
    reading: Reading,
    policy: &config::Trust,
) -> Result<Uuid, Error> {
    let new = NewPerson {
        number: reading.number,
        name: reading.name,
        phone: None,
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence: evidence(deed),
    };
    match identity::arrive(tx, ring, visit, &new, policy).await? {
        Arrival::New(person) => Ok(person),
        Arrival::Displaced { old, new } => {
            factors::forget(tx, old).await?;
            Ok(new)
        }
        Arrival::Known(_) => Err(Refused::NumberHeld.into()),
    }
}

fn evidence(deed: &Deed) -> NewEvidence {
    NewEvidence {
        method: "counter",
        source: format!("operator:{}", deed.clerk),
        reference: deed.id.to_string(),
        trust: TrustLevel::Attended,
    }
}

/// "That was not me": what waits for its day is over. Tells how many.
pub async fn cancel(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<usize, Error> {
    let waiting = delayed(tx, keys, person).await?;
    let count = waiting.len();
    for deed in waiting {
        let next = Deed { state: DeedState::Cancelled, changed_at: visit.now, ..deed.clone() };
        let next = change(tx, keys, &deed, next).await?;
        if next.kind == DeedKind::Recover {
            recovery::call_off_ticket(tx, visit, person).await?;
        }
        note(tx, keys, visit, &next, "cancelled").await?;
    }
    Ok(count)
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
