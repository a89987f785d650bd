//! A shift: one clerk at one window. It is good while the clerk's session is, and speaks only through the
//! window's key; so what it opens, the clerk cannot use elsewhere or later.

use uuid::Uuid;

use super::matter;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};
use crate::operator::{Error, Operator, OperatorSession, Refused, Role, find_session, touch};
use crate::terminal::{Kind, Terminal};

pub struct Shift {
    pub id: Uuid,
    pub operator: Operator,
    pub terminal: Uuid,
    pub client: String,
    pub started_at: Moment,
    session: OperatorSession,
}

/// Begins a shift. The window's former shift ends, and so does the clerk's at another window.
///
/// # Errors
/// [`Refused::NoRight`]: no clerk, or not signed in by two factors of which one is a passkey or a certificate;
/// [`Refused::NumberUnknown`]: without it nobody could tell whether the clerk serves themselves;
/// [`Refused::NoWindow`]: the terminal is none for clerks, or may not act now.
pub async fn begin(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: &OperatorSession,
    terminal: &Terminal,
) -> Result<Uuid, Error> {
    let operator = &session.operator;
    if !operator.roles.contains(Role::Clerk) || !session.is_fit_for_window() {
        return Err(Refused::NoRight.into());
    }
    if operator.number.is_none() {
        return Err(Refused::NumberUnknown.into());
    }
    if !matches!(terminal.kind, Kind::Counter | Kind::Agent) || terminal.refusal(visit.now).is_some() {
        return Err(Refused::NoWindow.into());
    }
    let others = tx
        .all(
            "select id from shift where (operator = $1 or terminal = $2) and ended_at is null limit 100",
            values![operator.id, terminal.id],
            |row| row.get::<Uuid>(0),
        )
        .await?;
    for other in others {
        end(tx, keys, visit, other, "another shift").await?;
    }
    let id = visit.id();
    let seal = keys.seal(&fields(&id, &operator.id, &session.id, &terminal.id, &terminal.client))?;
    tx.execute(
        "insert into shift (id, operator, session, terminal, client, started_at, seal)
         values ($1, $2, $3, $4, $5, $6, $7)",
        values![id, operator.id, session.id, terminal.id, &terminal.client, visit.now, &seal],
    )
    .await?;
    let event = Event::ShiftBegun { shift: id, operator: operator.id };
    audit::record(tx, keys, visit, event, About { person: None, client: Some(&terminal.client) }).await?;
    Ok(id)
}

/// The shift, if the request comes from its window and the clerk is still there.
pub async fn find(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    policy: &config::Operator,
) -> Result<Option<Shift>, Error> {
    let found = read
        .optional(
            "select operator, session, terminal, client, started_at, seal from shift
             where id = $1 and ended_at is null",
            values![id],
            |row| {
                Ok((
                    row.get::<Uuid>(0)?,
                    row.get::<Uuid>(1)?,
                    row.get::<Uuid>(2)?,
                    row.get::<String>(3)?,
                    row.moment(4)?,
                    row.get::<Vec<u8>>(5)?,
                ))
            },
        )
        .await?;
    let Some((operator, session, terminal, client, started_at, seal)) = found else { return Ok(None) };
    keys.check_seal(&seal, &fields(&id, &operator, &session, &terminal, &client))?;
    if visit.terminal != Some(terminal) {
        return Ok(None);
    }
    let session = find_session(read, keys, visit, session, policy).await?;
    let session = session.filter(|session| {
        session.operator.id == operator
            && session.operator.roles.contains(Role::Clerk)
            && session.is_fit_for_window()
    });
    Ok(session.map(|session| Shift {
        id,
        operator: session.operator.clone(),
        terminal,
        client,
        started_at,
        session,
    }))
}

impl Shift {
    /// Notes that the clerk is at work.
    pub async fn touch(&self, tx: &mut Tx, visit: &Visit) -> Result<(), Error> {
        if self.session.wants_touch(visit.now) {
            touch(tx, visit, self.session.id).await?;
        }
        Ok(())
    }
}

/// Ends a shift and what is open in it. `false` if it had ended already.
pub async fn end(tx: &mut Tx, keys: &DataKeys, visit: &Visit, id: Uuid, reason: &str) -> Result<bool, Error> {
    let ended = tx
        .execute("update shift set ended_at = $2 where id = $1 and ended_at is null", values![id, visit.now])
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    matter::end_open(tx, keys, visit, id).await?;
    audit::record(tx, keys, visit, Event::ShiftEnded { shift: id, reason }, About::default()).await?;
    Ok(true)
}

/// Ends all shifts of an operator: they are suspended, or have signed out.
pub async fn end_all_of(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: Uuid,
    reason: &str,
) -> Result<(), Error> {
    let open = tx
        .all(
            "select id from shift where operator = $1 and ended_at is null limit 100",
            values![operator],
            |row| row.get::<Uuid>(0),
        )
        .await?;
    for id in open {
        end(tx, keys, visit, id, reason).await?;
    }
    Ok(())
}

fn fields<'a>(
    id: &'a Uuid,
    operator: &'a Uuid,
    session: &'a Uuid,
    terminal: &'a Uuid,
    client: &'a str,
) -> [&'a [u8]; 6] {
    [b"shift", id.as_bytes(), operator.as_bytes(), session.as_bytes(), terminal.as_bytes(), client.as_bytes()]
}
