//! Rank 3: sessions. One a browser and person; the cookie is a ticket of the row's id.

mod own;
mod proving;

pub use own::{
    AtTerminal, OwnSession, at_terminal, idle_on_shared, list, not_ended, person_of, resting_on,
    terminals_used,
};
pub use proving::{Before, RECENT, prove};

use proving::Standing;

use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use crate::audit::{self, About, Event};
use crate::base::{Act, AuthenticationLevel, Channel, Device, Moment, TrustLevel, Visit};
use crate::config::Config;
use crate::credential::Proof;
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Read, Tx, values};
use crate::identity::{Binding, PersonState};

/// A session in which somebody is signed in, with what an Ask needs to know of the person.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: Uuid,
    pub person: Uuid,
    pub channel: Channel,
    pub aal: AuthenticationLevel,
    /// Authentication methods (RFC 8176), space-separated.
    pub amr: String,
    /// What the person has shown since the last sign-in, the newest last; level and methods follow from it.
    pub proofs: Vec<Proof>,
    /// The person wants a second factor asked for wherever they sign in.
    pub second_factor_always: bool,
    /// When the person last proved who they are.
    pub authenticated_at: Moment,
    pub seen_at: Moment,
    /// The person's trust level, now.
    pub trust: TrustLevel,
    /// As whom the person chose to act in this session: a mandate, or the person's own id for oneself.
    pub capacity: Option<Uuid>,
    /// What it is kept from, by its channel or because it was allowed on another screen.
    pub never: Vec<Act>,
    /// The session of the person's phone that this sign-in was borrowed from.
    pub lent_by: Option<Uuid>,
}

/// Rows are touched so often at most: a read does not become a write.
const TOUCH: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error(transparent)]
    Sealed(#[from] Unopenable),
    #[error(transparent)]
    Audit(#[from] audit::Error),
    #[error("nothing was proven")]
    NothingProven,
}

/// Who signed in, where and how.
pub struct SignIn<'a> {
    pub person: Uuid,
    /// The browser that has its cookie, if any has.
    pub browser: Option<Uuid>,
    /// What was proven; never nothing.
    pub proofs: &'a [Proof],
    /// What the browser says it is.
    pub device: Device,
    /// The session of the phone that lent its sign-in.
    pub lent_by: Option<Uuid>,
}

/// Starts a session. Always a new row: an id that was known before the sign-in is worth nothing after it.
pub async fn start(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    sign_in: SignIn<'_>,
    config: &Config,
) -> Result<Uuid, Error> {
    let SignIn { person, browser, proofs, device, lent_by } = sign_in;
    let id = visit.id();
    let Standing { aal, amr, text } = Standing::of(proofs)?;
    let expires = visit.now.plus(config.session_life(visit.channel));
    tx.execute(
        "insert into session (id, person, browser, channel, aal, amr, authenticated_at, seen_at, started_at,
                              expires_at, proofs, device, network, terminal, lent_by)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $9, $10, $11, $12, $13)",
        values![
            id,
            person,
            browser,
            visit.channel.as_str(),
            aal as u8,
            &amr,
            visit.now,
            expires,
            &text,
            &device.to_string(),
            &network(visit.address),
            visit.terminal,
            lent_by
        ],
    )
    .await?;
    let event = Event::SignedIn { aal, amr: &amr };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(id)
}

/// Begins the session of another screen, which a person has allowed in the session `from`: with its proofs and
/// its capacity, in the visit's channel. No browser has a cookie of it. Whoever calls holds `from`.
pub async fn start_elsewhere(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    from: Uuid,
    config: &Config,
) -> Result<Uuid, Error> {
    let id = visit.id();
    let expires = visit.now.plus(config.session_life(visit.channel));
    tx.execute(
        "insert into session (id, person, channel, aal, amr, authenticated_at, seen_at, started_at, expires_at,
                              proofs, network, capacity, terminal, allowed_elsewhere)
         select $1, person, $2, aal, amr, authenticated_at, $3, $3, $4, proofs, $5, capacity, $6, $7
         from session where id = $8",
        values![
            id,
            visit.channel.as_str(),
            visit.now,
            expires,
            &network(visit.address),
            visit.terminal,
            true,
            from
        ],
    )
    .await?;
    let found = tx
        .optional("select person, aal, amr from session where id = $1", values![id], |row| {
            Ok((row.get::<Uuid>(0)?, row.small::<AuthenticationLevel>(1, "session")?, row.get::<String>(2)?))
        })
        .await?;
    let (person, aal, amr) = found.ok_or(Error::NothingProven)?;
    let event = Event::SignedIn { aal, amr: &amr };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?;
    Ok(id)
}

/// The session of `id` if it is alive and its person active.
pub async fn find(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    config: &Config,
) -> Result<Option<Session>, Error> {
    let found = read
        .optional(
            "select s.id, s.person, s.channel, s.aal, s.amr, s.authenticated_at, s.seen_at, p.state,
                    s.capacity, b.person, b.state, b.trust, b.evidence, b.changed_at, b.seal,
                    s.proofs, p.second_factor_always,
                    s.allowed_elsewhere or s.lent_by is not null, s.lent_by
             from session s join person p on p.id = s.person join binding b on b.person = s.person
             where s.id = $1 and s.ended_at is null and s.expires_at > $2",
            values![id, visit.now],
            |row| {
                let binding = Binding::read(row, 9)?;
                let session = Session {
                    id: row.get(0)?,
                    person: row.get(1)?,
                    channel: row.word(2, "session")?,
                    aal: row.small(3, "session")?,
                    amr: row.get(4)?,
                    proofs: row.json(15, "session")?,
                    second_factor_always: row.get(16)?,
                    authenticated_at: row.moment(5)?,
                    seen_at: row.moment(6)?,
                    trust: TrustLevel::Anonymous,
                    capacity: row.get(8)?,
                    never: Vec::new(),
                    lent_by: row.get(18)?,
                };
                Ok((session, row.word::<PersonState>(7, "person")?, binding, row.get::<bool>(17)?))
            },
        )
        .await?;
    match found {
        Some((mut session, PersonState::Active, binding, elsewhere)) => {
            if visit.now.since(session.seen_at) >= config.idle_time(session.channel) {
                return Ok(None);
            }
            binding.check(keys)?;
            session.never.clone_from(&config.channel.of(session.channel).never);
            if elsewhere {
                session.never.extend(&config.session.never_if_allowed_elsewhere);
            }
            session.trust = binding.trust(visit.now, &config.trust);
            Ok(Some(session))
        }
        _ => Ok(None),
    }
}

impl Session {
    /// Whether it is time to note that the session is in use.
    pub fn wants_touch(&self, now: Moment) -> bool {
        now.since(self.seen_at) >= TOUCH
    }

    pub fn may(&self, act: Act) -> bool {
        !self.never.contains(&act)
    }
}

pub async fn touch(tx: &mut Tx, visit: &Visit, id: Uuid) -> Result<(), Error> {
    tx.execute(
        "update session set seen_at = $2 where id = $1 and seen_at < $2 and ended_at is null",
        values![id, visit.now],
    )
    .await?;
    Ok(())
}

/// Remembers as whom the person acts in this session: under a mandate, or as oneself.
pub async fn choose_capacity(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: &Session,
    mandate: Option<Uuid>,
) -> Result<(), Error> {
    tx.execute(
        "update session set capacity = $2 where id = $1 and ended_at is null",
        values![session.id, mandate.unwrap_or(session.person)],
    )
    .await?;
    let about = About { person: Some(session.person), client: None };
    Ok(audit::record(tx, keys, visit, Event::CapacityChosen { mandate }, about).await?)
}

/// Ends a session that has just begun by itself at a moment, sooner than the policy says.
pub async fn limit(tx: &mut Tx, id: Uuid, until: Moment) -> Result<(), Error> {
    tx.execute("update session set expires_at = $2 where id = $1 and expires_at > $2", values![id, until])
        .await?;
    Ok(())
}

/// Whether the session goes on; then it does until this transaction is over, since whoever wants to end it
/// waits for the row. So what is written now is either seen by the end or refused for it.
pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<bool, Error> {
    let held = tx
        .execute("update session set seen_at = seen_at where id = $1 and ended_at is null", values![id])
        .await?;
    Ok(held == 1)
}

/// As much of an address as says "at home" or "somewhere else": the neighbourhood of an IPv4 address, the
/// site of an IPv6 one.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.*")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:*")
        }
    }
}

/// Ends a session, and with it the grants that rest on it. `false` if it had ended already. Nobody is told:
/// [`crate::logout::end`] is the one to call.
pub(crate) async fn end(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    person: Uuid,
    reason: &str,
) -> Result<bool, Error> {
    let ended = tx
        .execute(
            "update session set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null",
            values![id, visit.now, reason],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    let about = About { person: Some(person), client: None };
    audit::record(tx, keys, visit, Event::SignedOut { session: id }, about).await?;
    Ok(true)
}
