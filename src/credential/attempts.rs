//! Failed tries at factors: who guesses must wait, who owns the account must not.
//!
//! | who tries | must wait when |
//! | --- | --- |
//! | a browser the person has signed in from | this browser has failed too often at this account and factor |
//! | any other browser | other browsers have failed too often at this account and factor, or its source has failed too often at anything |
//!
//! A known browser is not stopped by what others do: neither by strangers who fail at the account, nor by
//! its source, since a whole office may sit behind one address and one of them may guess. Nothing is lost
//! by that. Its cookie is made by Yihao and counts only for the persons who have signed in there, so a
//! guesser has none for the account; and if one is stolen, it brings as many tries as one browser has.
//! For the same reason its failures are not counted against the others.
//!
//! When failures in all pass their limit, other browsers get three tries an account, and still some: a
//! limit that stopped everybody would be the attack.
//!
//! A passkey cannot be guessed. So its tries are not stopped by their source, and the owner with a new
//! browser beside a guesser still comes in; failures count all the same.
//!
//! Only failures count. A success clears its own factor's counter of that account, no other: a password
//! must not buy tries at codes. What is counted is the identifier as it was typed (in its one written
//! form), under a keyed digest, whether it belongs to somebody or not: so known and unknown ones get the
//! same answers. Two identifiers of one account count apart; counted together, they would tell that they
//! belong together.

use std::time::Duration;

use uuid::Uuid;

use super::Error;
use super::counter::{Counter, minutes, source_of};
use crate::base::Visit;
use crate::config::Limits;
use crate::crypto::{DataKeys, Unopenable};
use crate::transient::{Transient, Unavailable};

/// The window of failures in all.
const ALL_WINDOW: Duration = minutes(10);
/// Tries of unknown browsers at one account while failures in all are above their limit.
const TRIES_UNDER_ATTACK: u64 = 3;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    Password,
    Passkey,
    SmsCode,
    Totp,
    RecoveryCode,
    /// The six digits beside an identity card's chip; they have a counter of their own as well ([`super::pin`]).
    Pin,
    /// What the way to a new password begins with: a code by SMS, or a counter's ticket.
    Recovery,
    /// An operator's password, by the operator's name.
    OperatorPassword,
    /// A code of an operator's app, by the operator's id.
    OperatorTotp,
    /// The code of another screen (RFC 8628 section 5.1).
    UserCode,
}

impl Factor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::SmsCode => "sms-code",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery-code",
            Self::Pin => "pin",
            Self::Recovery => "recovery",
            Self::OperatorPassword => "operator-password",
            Self::OperatorTotp => "operator-totp",
            Self::UserCode => "user-code",
        }
    }

    const fn can_be_guessed(self) -> bool {
        !matches!(self, Self::Passkey)
    }
}

/// The counters of failed tries. Cheap to clone.
#[derive(Clone)]
pub struct Attempts {
    transient: Transient,
    limits: Limits,
}

/// One try by somebody at something: [`Attempt::check`] before it, then [`Attempt::failed`] or
/// [`Attempt::succeeded`].
pub struct Attempt {
    transient: Transient,
    by: By,
}

enum By {
    KnownBrowser { own: Counter },
    Stranger { account: Counter, source: Counter, all: Counter, stopped_by_source: bool },
}

impl Attempts {
    pub fn new(transient: Transient, limits: Limits) -> Self {
        Self { transient, limits }
    }

    /// A try of `factor` at `identifier`: what was typed in its one written form, for a passkey the
    /// credential's id. `known` is the browser, if the person whom the identifier means has signed in from
    /// it ([`super::browser::is_known`]); for an identifier that means nobody it is `None`.
    pub fn attempt(
        &self,
        keys: &DataKeys,
        visit: &Visit,
        factor: Factor,
        identifier: &str,
        known: Option<Uuid>,
    ) -> Result<Attempt, Unopenable> {
        let limits = &self.limits;
        let account = format!("{}/{}", factor.as_str(), digest(keys, "attempt", identifier)?);
        let counter = |name: String, window, limit| Counter::new(visit.now, &name, window, limit);
        let window = minutes(limits.account_minutes);
        let by = match known {
            Some(browser) => By::KnownBrowser {
                own: counter(format!("browser/{browser}/{account}"), window, limits.account_failures),
            },
            None => By::Stranger {
                account: counter(format!("account/{account}"), window, limits.account_failures),
                source: counter(
                    format!("source/{}", source_of(visit.address)),
                    minutes(limits.source_minutes),
                    limits.source_failures,
                ),
                all: counter("all".to_owned(), ALL_WINDOW, limits.all_failures),
                stopped_by_source: factor.can_be_guessed(),
            },
        };
        Ok(Attempt { transient: self.transient.clone(), by })
    }
}

impl Attempt {
    /// Whether the try may be made; counts nothing. Asked before the hash, which is what costs.
    pub async fn check(&self) -> Result<(), Error> {
        match &self.by {
            By::KnownBrowser { own } => own.admits(own.look(&self.transient).await?)?,
            By::Stranger { account, source, all, stopped_by_source } => {
                let (at_account, from_source, in_all) = tokio::try_join!(
                    account.look(&self.transient),
                    source.look(&self.transient),
                    all.look(&self.transient),
                )?;
                let tries = if all.is_full(in_all) { TRIES_UNDER_ATTACK } else { u64::MAX };
                let by_account = account.admits_up_to(tries, at_account).err();
                let by_source = source.admits(from_source).err().filter(|_| *stopped_by_source);
                if let Some(wait) = by_account.max(by_source) {
                    return Err(wait.into());
                }
            }
        }
        Ok(())
    }

    /// The try was wrong.
    pub async fn failed(self) -> Result<(), Unavailable> {
        match &self.by {
            By::KnownBrowser { own } => own.add(&self.transient).await.map(drop),
            By::Stranger { account, source, all, .. } => tokio::try_join!(
                account.add(&self.transient),
                source.add(&self.transient),
                all.add(&self.transient),
            )
            .map(drop),
        }
    }

    /// The try was right: clears this factor's counter of this account. Looks once more before: of many
    /// tries made at once, all of which were checked before the first had failed, those above the limit
    /// must not count. Then it is `Wait`, and the person is not signed in.
    pub async fn succeeded(self) -> Result<(), Error> {
        self.check().await?;
        match &self.by {
            By::KnownBrowser { own: counter } | By::Stranger { account: counter, .. } => {
                counter.clear(&self.transient).await?;
            }
        }
        Ok(())
    }
}

/// What a counter names instead of a number, phone or identifier: without the key it tells nothing.
pub(super) fn digest(keys: &DataKeys, domain: &str, value: &str) -> Result<String, Unopenable> {
    let newest = keys.blind(domain, value).into_iter().next().ok_or(Unopenable)?;
    Ok(crate::crypto::base64url(&newest.digest))
}

#[cfg(test)]
#[path = "attempts_tests.rs"]
mod tests;
