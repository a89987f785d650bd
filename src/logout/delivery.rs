//! Logout tokens and security events that wait to be sent. A delivery is a row; the token is made anew for each attempt,
//! so that it never arrives expired.

use std::time::Duration;

use uuid::Uuid;

use super::{Error, sid};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};
use crate::grant;

/// After the first attempt, at once, how long until each next one: in all about a day. The shortest is longer
/// than an attempt may take.
const NEXT_AFTER: [Duration; 7] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(15 * 3600),
];
const ATTEMPTS: usize = NEXT_AFTER.len() + 1;
/// An older delivery is of use to nobody: a relying system's own session has ended by then.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

words! {
    State {
        Waiting = "waiting",
        Delivered = "delivered",
        GivenUp = "given_up",
        /// The person has signed in there again, in the same session: telling now would end that.
        Superseded = "superseded",
    }
}

words! {
    /// What a relying system is told.
    Kind {
        /// That a session has ended.
        Logout = "logout",
        /// That an account of its own source has been linked to the account that it knows as `sub`.
        LegacyLinked = "legacy_linked",
        /// That one is linked to it no more.
        LegacyUnlinked = "legacy_unlinked",
    }
}

#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: Uuid,
    pub kind: Kind,
    pub client: String,
    pub person: Uuid,
    pub session: Uuid,
    pub sub: String,
    /// Whether the token names `sub` beside `sid`: see `end::SignedIn::may_be_named`.
    pub names_sub: bool,
    pub state: State,
    /// Begun so far.
    pub attempts: u32,
    pub next_at: Moment,
    /// A code of [`crate::outbound::FetchError`].
    pub last_error: Option<String>,
    pub created_at: Moment,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// May go better next time; the code says why it did not.
    Failed(String),
    /// There is nobody to tell any more.
    Hopeless(&'static str),
    Superseded,
}

pub(super) async fn enqueue(
    tx: &mut Tx,
    visit: &Visit,
    (kind, client): (Kind, &str),
    person: Uuid,
    session: Uuid,
    sub: &str,
    names_sub: bool,
) -> Result<(), Error> {
    tx.execute(
        "insert into logout_delivery (id, client, person, session, sub, names_sub, state, attempts, next_at, created_at,
                                      kind)
         values ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7, $8)",
        values![visit.id(), client, person, session, sub, names_sub, visit.now, kind.as_str()],
    )
    .await?;
    Ok(())
}

/// The clients for which something is due. One that does not answer is one of them, whatever waits for it.
pub async fn waiting_clients(read: &mut impl Read, now: Moment) -> Result<Vec<String>, Error> {
    Ok(read
        .all(
            "select distinct client from logout_delivery where state = 'waiting' and next_at <= $1",
            values![now],
            |row| row.get(0),
        )
        .await?)
}

/// What is due for a client, what waits longest first.
pub async fn due(
    read: &mut impl Read,
    client: &str,
    now: Moment,
    most: usize,
) -> Result<Vec<Delivery>, Error> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(read
        .all(
            "select id, client, person, session, sub, names_sub, state, attempts, next_at, last_error, created_at, kind
             from logout_delivery where client = $1 and state = 'waiting' and next_at <= $2
             order by next_at limit $3",
            values![client, now, most],
            read_row,
        )
        .await?)
}

/// The newest first, before `before`; of one state or of all.
pub async fn list(read: &mut impl Read, state: Option<State>, before: Uuid) -> Result<Vec<Delivery>, Error> {
    let state = state.map_or("", State::as_str);
    Ok(read
        .all(
            "select id, client, person, session, sub, names_sub, state, attempts, next_at, last_error, created_at, kind
             from logout_delivery where id < $1 and ($2 = '' or state = $2) order by id desc limit 200",
            values![before, state],
            read_row,
        )
        .await?)
}

fn read_row(row: &db::Row<'_>) -> Result<Delivery, db::Error> {
    Ok(Delivery {
        id: row.get(0)?,
        client: row.get(1)?,
        person: row.get(2)?,
        session: row.get(3)?,
        sub: row.get(4)?,
        names_sub: row.get(5)?,
        state: row.word(6, "logout_delivery")?,
        attempts: u32::try_from(row.get::<i64>(7)?).map_err(|e| db::Error::corrupt("logout_delivery", e))?,
        next_at: row.moment(8)?,
        last_error: row.get(9)?,
        created_at: row.moment(10)?,
        kind: row.word(11, "logout_delivery")?,
    })
}

/// Takes the next attempt of a delivery, by arranging for the one after it; `None` if another node was
/// faster. A node that dies leaves nothing locked: the attempt after comes when it would have come anyway.
pub async fn claim(tx: &mut Tx, now: Moment, delivery: Delivery) -> Result<Option<Delivery>, Error> {
    let attempts = delivery.attempts + 1;
    let wait = NEXT_AFTER.get(delivery.attempts as usize).copied().unwrap_or(NEXT_AFTER[0]);
    let next_at = now.plus(wait);
    let claimed = tx
        .execute(
            "update logout_delivery set attempts = attempts + 1, next_at = $3
             where id = $1 and state = 'waiting' and next_at = $2",
            values![delivery.id, delivery.next_at, next_at],
        )
        .await?;
    Ok((claimed == 1).then_some(Delivery { attempts, next_at, ..delivery }))
}

impl Delivery {
    pub fn sid(&self) -> String {
        sid(self.session, &self.client, &self.sub)
    }

    /// Whether its time is over, so that the attempt just claimed is not worth making: also if the node that
    /// made the last one died of it.
    pub fn is_too_old(&self, now: Moment) -> bool {
        self.attempts as usize > ATTEMPTS || now.since(self.created_at) > LONGEST
    }
}

/// Whether the sign-in that a delivery is to end has been followed by a new one under the same `sid`.
pub async fn is_superseded(read: &mut impl Read, delivery: &Delivery) -> Result<bool, Error> {
    if delivery.kind != Kind::Logout {
        return Ok(false);
    }
    let after = delivery.created_at.plus(Duration::from_millis(1)).first_id();
    Ok(grant::given_since(read, delivery.session, &delivery.client, &delivery.sub, after).await?)
}

/// Writes down how an attempt ended. `false` if the delivery has been settled otherwise.
pub async fn settle(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    delivery: &Delivery,
    outcome: &Outcome,
) -> Result<bool, Error> {
    let (state, error) = match outcome {
        Outcome::Delivered => (State::Delivered, None),
        Outcome::Superseded => (State::Superseded, None),
        Outcome::Hopeless(error) => (State::GivenUp, Some(*error)),
        Outcome::Failed(error) if delivery.attempts as usize >= ATTEMPTS => {
            (State::GivenUp, Some(error.as_str()))
        }
        Outcome::Failed(error) => (State::Waiting, Some(error.as_str())),
    };
    let settled = tx
        .execute(
            "update logout_delivery set state = $2, last_error = coalesce($3, last_error)
             where id = $1 and state = 'waiting'",
            values![delivery.id, state.as_str(), error],
        )
        .await?;
    if settled == 0 {
        return Ok(false);
    }
    let event = match state {
        State::Delivered => Event::LogoutDelivered { delivery: delivery.id },
        State::GivenUp => Event::LogoutGivenUp { delivery: delivery.id, error: error.unwrap_or_default() },
        State::Waiting | State::Superseded => return Ok(true),
    };
    let about = About { person: Some(delivery.person), client: Some(&delivery.client) };
    audit::record(tx, keys, visit, event, about).await?;
    Ok(true)
}
