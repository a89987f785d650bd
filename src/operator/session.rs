//! Sessions of operators: short, in a table of their own, with a cookie of their own. One role is shown at a
//! time; what the session may do is what the operator may, now.

use std::time::Duration;

use uuid::Uuid;

use super::{Error, Operator, Refused, Role, counter, find};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Moment, Visit};
use crate::config;
use crate::credential::{Proof, proof};
use crate::crypto::DataKeys;
use crate::db::{self, Read, Tx, values};

/// Rows are touched so often at most.
const TOUCH: Duration = Duration::from_secs(60);

/// A session in which an operator has proven something; whether that is enough, the door says.
#[derive(Clone, Debug)]
pub struct OperatorSession {
    pub id: Uuid,
    pub operator: Operator,
    pub browser: Uuid,
    /// The role that is shown.
    pub role: Role,
    pub proofs: Vec<Proof>,
    pub aal: AuthenticationLevel,
    pub authenticated_at: Moment,
    pub seen_at: Moment,
}

pub struct SignIn<'a> {
    pub operator: &'a Operator,
    pub browser: Uuid,
    pub proofs: &'a [Proof],
}

/// Starts a session, always as a new row.
pub async fn start(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    sign_in: SignIn<'_>,
    policy: &config::Operator,
) -> Result<Uuid, Error> {
    let SignIn { operator, browser, proofs } = sign_in;
    let id = visit.id();
    let (aal, amr, text) = standing(proofs)?;
    let expires = visit.now.plus(Duration::from_secs(policy.longest_hours * 3600));
    tx.execute(
        "insert into operator_session (id, operator, browser, role, proofs, aal, authenticated_at, seen_at,
                                       expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        values![
            id,
            operator.id,
            browser,
            operator.roles.first().as_str(),
            &text,
            aal as u8,
            visit.now,
            expires
        ],
    )
    .await?;
    let event = Event::OperatorSignedIn { operator: operator.id, aal, amr: &amr };
    audit::record(tx, keys, visit, event, About::default()).await?;
    Ok(id)
}

/// One more factor was shown. `false` if the session has ended, or was changed in between.
pub async fn prove(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: &OperatorSession,
    proof: Proof,
) -> Result<bool, Error> {
    let mut all = session.proofs.clone();
    all.retain(|shown| *shown != proof);
    all.push(proof);
    let (aal, amr, text) = standing(&all)?;
    let was = written(&session.proofs)?;
    let changed = tx
        .execute(
            "update operator_session set proofs = $2, aal = $3, authenticated_at = $4, seen_at = $4
             where id = $1 and proofs = $5 and ended_at is null",
            values![session.id, &text, aal as u8, visit.now, &was],
        )
        .await?;
    if changed == 1 {
        let event = Event::OperatorSignedIn { operator: session.operator.id, aal, amr: &amr };
        audit::record(tx, keys, visit, event, About::default()).await?;
    }
    Ok(changed == 1)
}

fn standing(proofs: &[Proof]) -> Result<(AuthenticationLevel, String, String), Error> {
    let aal = proof::aal(proofs).ok_or(Refused::NotAuthenticated)?;
    Ok((aal, proof::amr(proofs).join(" "), written(proofs)?))
}

fn written(proofs: &[Proof]) -> Result<String, Error> {
    Ok(serde_json::to_string(proofs).map_err(|e| db::Error::corrupt("operator_session", e))?)
}

/// The session of `id` if it is alive and its operator active. The role that is shown is one that the
/// operator still has.
pub async fn find_session(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    id: Uuid,
    policy: &config::Operator,
) -> Result<Option<OperatorSession>, Error> {
    let idle_since = visit.now.minus(Duration::from_secs(policy.idle_minutes * 60));
    let found = read
        .optional(
            "select operator, browser, role, proofs, aal, authenticated_at, seen_at from operator_session
             where id = $1 and ended_at is null and expires_at > $2 and seen_at > $3",
            values![id, visit.now, idle_since],
            |row| {
                Ok((
                    row.get::<Uuid>(0)?,
                    row.get::<Uuid>(1)?,
                    row.word::<Role>(2, "operator_session")?,
                    row.json::<Vec<Proof>>(3, "operator_session")?,
                    row.small::<AuthenticationLevel>(4, "operator_session")?,
                    row.moment(5)?,
                    row.moment(6)?,
                ))
            },
        )
        .await?;
    let Some((operator, browser, role, proofs, aal, authenticated_at, seen_at)) = found else {
        return Ok(None);
    };
    let Some(operator) = find(read, keys, operator).await?.filter(Operator::is_active) else {
        return Ok(None);
    };
    let role = if operator.roles.contains(role) { role } else { operator.roles.first() };
    Ok(Some(OperatorSession { id, operator, browser, role, proofs, aal, authenticated_at, seen_at }))
}

impl OperatorSession {
    /// Whether they may work at a window: two factors, and one of them a key that signs for this site alone.
    pub fn is_fit_for_window(&self) -> bool {
        let by_key = |proof: &Proof| matches!(proof, Proof::Passkey { .. } | Proof::Certificate { .. });
        self.aal >= AuthenticationLevel::TwoFactors && self.proofs.iter().any(by_key)
    }

    pub fn wants_touch(&self, now: Moment) -> bool {
        now.since(self.seen_at) >= TOUCH
    }
}

pub async fn touch(tx: &mut Tx, visit: &Visit, id: Uuid) -> Result<(), Error> {
    tx.execute(
        "update operator_session set seen_at = $2 where id = $1 and seen_at < $2 and ended_at is null",
        values![id, visit.now],
    )
    .await?;
    Ok(())
}

/// Shows another of the operator's roles.
///
/// # Errors
/// [`Refused::NoRight`] if it is not one of theirs.
pub async fn choose_role(tx: &mut Tx, session: &OperatorSession, role: Role) -> Result<(), Error> {
    if !session.operator.roles.contains(role) {
        return Err(Refused::NoRight.into());
    }
    tx.execute(
        "update operator_session set role = $2 where id = $1 and ended_at is null",
        values![session.id, role.as_str()],
    )
    .await?;
    Ok(())
}

/// Ends a session, and what its operator has open at a window. `false` if it had ended already.
pub async fn end(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (id, operator): (Uuid, Uuid),
    reason: &str,
) -> Result<bool, Error> {
    let ended = tx
        .execute(
            "update operator_session set ended_at = $2, end_reason = $3 where id = $1 and ended_at is null",
            values![id, visit.now, reason],
        )
        .await?;
    if ended == 1 {
        counter::end_all_of(tx, keys, visit, operator, reason).await?;
        let event = Event::OperatorSignedOut { operator, reason };
        audit::record(tx, keys, visit, event, About::default()).await?;
    }
    Ok(ended == 1)
}

/// Ends all sessions of an operator, and what they have open at windows; tells how many.
pub async fn end_all(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    operator: Uuid,
    reason: &str,
) -> Result<u64, Error> {
    let ended = tx
        .execute(
            "update operator_session set ended_at = $2, end_reason = $3
             where operator = $1 and ended_at is null",
            values![operator, visit.now, reason],
        )
        .await?;
    if ended > 0 {
        counter::end_all_of(tx, keys, visit, operator, reason).await?;
        let event = Event::OperatorSignedOut { operator, reason };
        audit::record(tx, keys, visit, event, About::default()).await?;
    }
    Ok(ended)
}
