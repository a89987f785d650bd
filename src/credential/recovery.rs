//! The way to a new password for who has forgotten theirs: when proofs are enough at once, when a day must pass
//! first so that the owner can object, and the ticket that a counter gives.

use std::time::Duration;

use uuid::Uuid;

use super::recovery_code::{draw, shown, signs};
use super::{Error, Owned};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Secret, TrustLevel, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// How long the owner can object where the risk is high.
pub const DELAY: Duration = Duration::from_secs(24 * 3600);
/// How long after it the person can come back.
const COME_BACK: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a counter's ticket is good.
const TICKET_LIFE: Duration = Duration::from_secs(30 * 60);
/// How long a changed phone is new.
const NEW_PHONE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What is known when the code that was sent to the phone has been typed in.
#[derive(Clone, Copy, Debug)]
pub struct Risk {
    /// An authenticator app or a recovery code was shown too.
    pub second_factor: bool,
    /// The person has signed in from this browser before.
    pub known_browser: bool,
    pub owned: Owned,
    pub trust: TrustLevel,
    /// The phone was put in place of another this week.
    pub new_phone: bool,
}

impl Risk {
    /// Whether a day must pass. Phones are lost and numbers are given to others: a code by SMS alone opens at
    /// once only what has nothing stronger, in a browser that its owner has signed in from.
    pub const fn must_wait(&self) -> bool {
        let stronger = self.owned.totp || self.owned.passkeys > 0 || self.owned.recovery_codes > 0;
        match (self.second_factor, self.known_browser) {
            (true, true) => false,
            (true, false) => self.is_high(),
            (false, true) => self.is_high() || stronger,
            (false, false) => true,
        }
    }

    /// An account worth more, or a phone that may be the thief's.
    const fn is_high(&self) -> bool {
        self.new_phone || matches!(self.trust, TrustLevel::Proven | TrustLevel::Attended)
    }
}

/// A new password that was asked for, and may be set from a moment on.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub id: Uuid,
    pub ready_at: Moment,
    ends_at: Moment,
}

impl Waiting {
    pub fn is_ready(&self, now: Moment) -> bool {
        self.ready_at <= now
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Delayed,
    Counter,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Counter => "counter",
        }
    }
}

/// What the person has asked for, if it is not over.
pub async fn waiting(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
) -> Result<Option<Waiting>, Error> {
    let Some((waiting, seal)) = find(read, visit, person, Kind::Delayed).await? else { return Ok(None) };
    keys.check_seal(&seal, &fields(&sealed(&waiting, person, Kind::Delayed, "")))?;
    Ok(Some(waiting))
}

/// Begins the day; what was begun before goes on. The flag says whether it is new: then the owner is told.
pub async fn begin(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
) -> Result<(Waiting, bool), Error> {
    loop {
        if let Some(waiting) = waiting(tx, keys, visit, person).await? {
            return Ok((waiting, false));
        }
        let ready_at = visit.now.plus(DELAY);
        let waiting = Waiting { id: visit.id(), ready_at, ends_at: ready_at.plus(COME_BACK) };
        if insert(tx, keys, visit, person, Kind::Delayed, &waiting, "").await? {
            let event = Event::RecoveryBegun { recovery: waiting.id };
            audit::record(tx, keys, visit, event, about(person)).await?;
            return Ok((waiting, true));
        }
    }
}

/// "That was not me": what was asked for is over. False if there was nothing.
pub async fn cancel(tx: &mut Tx, keys: &DataKeys, visit: &Visit, person: Uuid) -> Result<bool, Error> {
    let Some((waiting, _)) = find(tx, visit, person, Kind::Delayed).await? else { return Ok(false) };
    let cancelled = call_off(tx, visit, waiting.id).await?;
    if cancelled {
        let event = Event::RecoveryCancelled { recovery: waiting.id };
        audit::record(tx, keys, visit, event, about(person)).await?;
    }
    Ok(cancelled)
}

/// A ticket for who stands at a counter, known only now; it ends the one before. `evidence` says what was
/// shown there, without number and name.
pub async fn issue(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    evidence: &str,
) -> Result<Secret, Error> {
    issue_from(tx, keys, visit, person, evidence, visit.now).await
}

/// The same, good from a moment on: until then the owner can call it off.
pub async fn issue_from(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    evidence: &str,
    ready_at: Moment,
) -> Result<Secret, Error> {
    end(tx, visit, person, Kind::Counter).await?;
    let secret = draw(visit);
    let ends_at = ready_at.plus(if ready_at > visit.now { COME_BACK } else { TICKET_LIFE });
    let ticket = Waiting { id: visit.id(), ready_at, ends_at };
    if !insert(tx, keys, visit, person, Kind::Counter, &ticket, secret.reveal()).await? {
        return Err(super::Refused::TooMany.into());
    }
    let event = Event::RecoveryTicketIssued { recovery: ticket.id, evidence };
    audit::record(tx, keys, visit, event, about(person)).await?;
    Ok(shown(&secret))
}

/// The counter's ticket, if `typed` is the person's and still good. It is used up by [`use_up`].
pub async fn look(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    typed: &Secret,
) -> Result<Option<Uuid>, Error> {
    let Some((ticket, seal)) = find(read, visit, person, Kind::Counter).await? else { return Ok(None) };
    if !ticket.is_ready(visit.now) {
        return Ok(None);
    }
    let right =
        keys.check_seal(&seal, &fields(&sealed(&ticket, person, Kind::Counter, signs(typed).reveal())));
    Ok(right.is_ok().then_some(ticket.id))
}

/// Uses up what gives the new password; false if it is not the person's, not yet or no longer good, or was
/// used or cancelled meanwhile. Of two at once one gets it.
pub async fn use_up(tx: &mut Tx, visit: &Visit, person: Uuid, id: Uuid) -> Result<bool, Error> {
    let used = tx
        .execute(
            "update recovery set state = 'done', changed_at = $3
             where id = $1 and person = $2 and state = 'waiting' and ready_at <= $3 and ends_at > $3",
            values![id, person, visit.now],
        )
        .await?;
    Ok(used == 1)
}

/// A new password is set: whatever else waits for one is over.
pub async fn settle(tx: &mut Tx, visit: &Visit, person: Uuid) -> Result<(), Error> {
    end(tx, visit, person, Kind::Delayed).await?;
    end(tx, visit, person, Kind::Counter).await
}

/// Whether the person's phone was put in place of another this week.
pub async fn is_new_phone(read: &mut impl Read, visit: &Visit, person: Uuid) -> Result<bool, Error> {
    let sql = "select phone_changed_at from person where id = $1";
    let changed = read.optional(sql, values![person], |row| row.moment(0)).await?;
    Ok(changed.is_some_and(|at| at > visit.now.minus(NEW_PHONE)))
}

async fn find(
    read: &mut impl Read,
    visit: &Visit,
    person: Uuid,
    kind: Kind,
) -> Result<Option<(Waiting, Vec<u8>)>, db::Error> {
    read.optional(
        "select id, ready_at, ends_at, seal from recovery
         where person = $1 and kind = $2 and state = 'waiting' and ends_at > $3",
        values![person, kind.as_str(), visit.now],
        |row| {
            let found = Waiting { id: row.get(0)?, ready_at: row.moment(1)?, ends_at: row.moment(2)? };
            Ok((found, row.get(3)?))
        },
    )
    .await
}

/// False if another one waits.
async fn insert(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    kind: Kind,
    new: &Waiting,
    secret: &str,
) -> Result<bool, Error> {
    tx.execute(
        "update recovery set state = 'expired', changed_at = $3
         where person = $1 and kind = $2 and state = 'waiting' and ends_at <= $3",
        values![person, kind.as_str(), visit.now],
    )
    .await?;
    let seal = keys.seal(&fields(&sealed(new, person, kind, secret)))?;
    let inserted = tx
        .execute(
            "insert into recovery (id, person, kind, state, ready_at, ends_at, changed_at, seal)
             values ($1, $2, $3, 'waiting', $4, $5, $6, $7) on conflict do nothing",
            values![new.id, person, kind.as_str(), new.ready_at, new.ends_at, visit.now, &seal],
        )
        .await?;
    Ok(inserted == 1)
}

async fn end(tx: &mut Tx, visit: &Visit, person: Uuid, kind: Kind) -> Result<(), Error> {
    tx.execute(
        "update recovery set state = 'replaced', changed_at = $3
         where person = $1 and kind = $2 and state = 'waiting'",
        values![person, kind.as_str(), visit.now],
    )
    .await?;
    Ok(())
}

async fn call_off(tx: &mut Tx, visit: &Visit, id: Uuid) -> Result<bool, Error> {
    let sql = "update recovery set state = 'cancelled', changed_at = $2 where id = $1 and state = 'waiting'";
    Ok(tx.execute(sql, values![id, visit.now]).await? == 1)
}

/// Calls off the ticket that a counter gave.
pub async fn call_off_ticket(tx: &mut Tx, visit: &Visit, person: Uuid) -> Result<(), Error> {
    if let Some((ticket, _)) = find(tx, visit, person, Kind::Counter).await? {
        call_off(tx, visit, ticket.id).await?;
    }
    Ok(())
}

/// What is sealed, as one text: no part of it but the last has a sign of any choice.
fn sealed(row: &Waiting, person: Uuid, kind: Kind, secret: &str) -> String {
    let Waiting { id, ready_at, ends_at } = row;
    format!("{id} {person} {} {} {} {secret}", kind.as_str(), ready_at.micros(), ends_at.micros())
}

fn fields(text: &str) -> [&[u8]; 2] {
    [b"recovery", text.as_bytes()]
}

fn about(person: Uuid) -> About<'static> {
    About { person: Some(person), client: None }
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
