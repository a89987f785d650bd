//! Checks of a person's face from afar. Each is agreed to by itself before it begins (personal-information law,
//! articles 28 and 29), counts once, and gives nothing any more when the person withdraws.

use std::time::Duration;

use uuid::Uuid;

use super::trust::{prove, withdraw};
use super::{Error, NewEvidence};
use crate::audit::{self, About, Event};
use crate::base::{Moment, TrustLevel, Visit};
use crate::config;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

/// The method, as evidence and the audit log name it.
const METHOD: &str = "face";
/// How long a check that was begun may take.
const LIFE: Duration = Duration::from_secs(30 * 60);

/// A check that has begun and not ended.
#[derive(Clone, Debug)]
pub struct FaceCheck {
    pub id: Uuid,
    pub person: Uuid,
    /// Who does it.
    pub source: String,
    /// What they call it.
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceOutcome {
    Passed,
    Failed,
}

/// Writes down that the person has agreed to this check, which begins. `false` if the source has used its
/// reference before: then nothing is begun.
pub async fn agree_to_face(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    check: &FaceCheck,
) -> Result<bool, Error> {
    let begun = tx
        .execute(
            "insert into face_check (id, person, source, reference, state, agreed_at)
             values ($1, $2, $3, $4, 'open', $5) on conflict (source, reference) do nothing",
            values![check.id, check.person, &check.source, &check.reference, visit.now],
        )
        .await?;
    if begun == 0 {
        return Ok(false);
    }
    record(tx, keys, visit, check.person, Event::ProofAgreed { method: METHOD }).await?;
    Ok(true)
}

/// The check of this id, if it is this person's, open, and not too old.
pub async fn open_face_check(
    read: &mut impl Read,
    visit: &Visit,
    person: Uuid,
    id: Uuid,
) -> Result<Option<FaceCheck>, Error> {
    let found = read
        .optional(
            "select source, reference from face_check
             where id = $1 and person = $2 and state = 'open' and agreed_at > $3",
            values![id, person, visit.now.minus(LIFE)],
            |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    Ok(found.map(|(source, reference)| FaceCheck { id, person, source, reference }))
}

/// Ends a check and, where it was passed, records the evidence: level 4. `false` if it had ended, or the
/// person had withdrawn, before.
pub async fn end_face_check(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    check: &FaceCheck,
    outcome: FaceOutcome,
    policy: &config::Trust,
) -> Result<bool, Error> {
    let state = match outcome {
        FaceOutcome::Passed => "passed",
        FaceOutcome::Failed => "failed",
    };
    let ended = tx
        .execute(
            "update face_check set state = $2, ended_at = $3 where id = $1 and state = 'open'",
            values![check.id, state, visit.now],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    match outcome {
        FaceOutcome::Failed => {
            let event = Event::ProofRefused { method: METHOD, reason: "failed" };
            record(tx, keys, visit, check.person, event).await?;
        }
        FaceOutcome::Passed => {
            let evidence = NewEvidence {
                method: METHOD,
                source: check.source.clone(),
                reference: check.reference.clone(),
                trust: TrustLevel::Proven,
            };
            prove(tx, keys, visit, check.person, &evidence, policy).await?;
        }
    }
    Ok(true)
}

/// When the person last agreed to a check whose result still counts.
pub async fn agreed_to_face(read: &mut impl Read, person: Uuid) -> Result<Option<Moment>, Error> {
    let agreed = read
        .optional(
            "select agreed_at from face_check where person = $1 and state = 'passed'
             order by agreed_at desc limit 1",
            values![person],
            |row| row.moment(0),
        )
        .await?;
    Ok(agreed)
}

/// The person takes back what they agreed to: checks under way come to nothing, and what was passed gives no
/// level any more. `false` if there was nothing to take back.
pub async fn withdraw_face(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    policy: &config::Trust,
) -> Result<bool, Error> {
    // First the checks: one that passes at this moment is waited for, and its evidence seen below.
    tx.execute(
        "update face_check set state = 'withdrawn', ended_at = $2
         where person = $1 and state in ('open', 'passed')",
        values![person, visit.now],
    )
    .await?;
    withdraw(tx, keys, visit, person, METHOD, policy).await
}

async fn record(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    person: Uuid,
    event: Event<'_>,
) -> Result<(), Error> {
    Ok(audit::record(tx, keys, visit, event, About { person: Some(person), client: None }).await?)
}
