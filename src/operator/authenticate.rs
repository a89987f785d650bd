//! Whether somebody is the operator they say they are, by password.

use super::{Error, Operator, Refused, Role, find_by_name};
use crate::audit::{self, About, Event};
use crate::base::{Actor, Secret, Visit};
use crate::credential::{self, Attempts, Factor, Hasher, Verdict};
use crate::crypto::DataKeys;
use crate::db::{Db, Read};

/// The operator whom a command names (`--as`), if the password is theirs and they have one of the roles. The
/// visit acts in their name from then on.
///
/// # Errors
/// [`Refused::NotAuthenticated`] for an unknown or suspended operator and for a wrong password, at the same
/// cost and with one audit event; [`Refused::NoRight`]; [`credential::Error::Wait`] for who guesses.
pub async fn authenticate(
    db: &Db,
    keys: &DataKeys,
    visit: &mut Visit,
    (attempts, hasher): (&Attempts, &Hasher),
    (name, password): (&Secret, Secret),
    roles: &[Role],
) -> Result<Operator, Error> {
    let mut read = db;
    let checked = check_password(&mut read, keys, visit, (attempts, hasher), name, password).await;
    let (operator, reason) = match checked {
        Ok(operator) if roles.iter().any(|role| operator.roles.contains(*role)) => {
            visit.actor = Actor::Operator(operator.id);
            return Ok(operator);
        }
        Ok(operator) => (Some(operator), Refused::NoRight),
        Err(Error::Refused(refused)) => (None, refused),
        Err(error) => return Err(error),
    };
    let by = operator.map_or_else(|| visit.actor.clone(), |operator| Actor::Operator(operator.id));
    let mut tx = db.begin().await?;
    let told = Visit { actor: by, ..visit.clone() };
    let words = reason.to_string();
    audit::record(&mut tx, keys, &told, Event::OperatorRefused { reason: &words }, About::default()).await?;
    tx.commit().await?;
    Err(reason.into())
}

/// The active operator of a name, if the password is theirs: counters, one hash, counters. A name that means
/// nobody takes the same way and costs the same hash.
pub async fn check_password(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    (attempts, hasher): (&Attempts, &Hasher),
    name: &Secret,
    password: Secret,
) -> Result<Operator, Error> {
    let typed = super::store::folded(name);
    let attempt = attempts.attempt(keys, visit, Factor::OperatorPassword, &typed, None)?;
    attempt.check().await?;
    let found = find_by_name(read, keys, name).await?;
    let active = found.filter(Operator::is_active);
    let phc = active.as_ref().map(Operator::password);
    let verdict = hasher.verify(phc, password).await.map_err(credential::Error::from)?;
    match (verdict, active) {
        (Verdict::Yes { .. }, Some(operator)) => {
            attempt.succeeded().await?;
            Ok(operator)
        }
        _ => {
            attempt.failed().await?;
            Err(Refused::NotAuthenticated.into())
        }
    }
}
