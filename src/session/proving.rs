//! What a session's proofs come to, and how one more changes it.

use std::time::Duration;

use super::{Error, Session};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Moment, Visit};
use crate::credential::{Owned, Proof, proof};
use crate::crypto::DataKeys;
use crate::db::{Tx, values};

/// How long a proof is recent enough for a change of factors.
pub const RECENT: Duration = Duration::from_secs(5 * 60);

/// What becomes of the proofs that the session had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// They count on: a second factor is good as long as the session in which it was shown. That is what
    /// NIST SP 800-63B-4 section 2.2.3 allows: a day at most with pauses of an hour; ours end after twelve.
    Kept,
    /// The person signed in anew, because the relying system wants it fresh: what they showed before that
    /// is as old as the sign-in it belonged to, and must not make the new one look stronger than it was.
    Dropped,
}

/// Level, methods and written form of proofs.
pub(super) struct Standing {
    pub aal: AuthenticationLevel,
    pub amr: String,
    pub text: String,
}

impl Standing {
    pub fn of(proofs: &[Proof]) -> Result<Self, Error> {
        let aal = proof::aal(proofs).ok_or(Error::NothingProven)?;
        let text = serde_json::to_string(proofs).map_err(|_| Error::NothingProven)?;
        Ok(Self { aal, amr: proof::amr(proofs).join(" "), text })
    }
}

/// Notes that the person has proven themselves again in a session that goes on, and tells its level then.
/// `None` if it has ended, or another proof came in between: then the person is asked again.
pub async fn prove(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    session: &Session,
    before: Before,
    proofs: &[Proof],
) -> Result<Option<AuthenticationLevel>, Error> {
    let mut all = if before == Before::Kept { session.proofs.clone() } else { Vec::new() };
    // In the order in which they were shown last.
    all.retain(|proof| !proofs.contains(proof));
    all.extend(proofs);
    let Standing { aal, amr, text } = Standing::of(&all)?;
    let was = serde_json::to_string(&session.proofs).map_err(|_| Error::NothingProven)?;
    let changed = tx
        .execute(
            "update session set proofs = $2, aal = $3, amr = $4, authenticated_at = $5, seen_at = $5
             where id = $1 and proofs = $6 and ended_at is null",
            values![session.id, &text, aal as u8, &amr, visit.now, &was],
        )
        .await?;
    if changed == 0 {
        return Ok(None);
    }
    let about = About { person: Some(session.person), client: None };
    audit::record(tx, keys, visit, Event::SteppedUp { aal, amr: &amr }, about).await?;
    Ok(Some(aal))
}

impl Session {
    /// The level that the person themselves wants every sign-in to have.
    pub fn wanted_by_person(&self) -> Option<AuthenticationLevel> {
        self.second_factor_always.then_some(AuthenticationLevel::TwoFactors)
    }

    /// Whether the sign-in is not finished by the person's own wish.
    pub fn is_unfinished(&self) -> bool {
        self.wanted_by_person().is_some_and(|aal| self.aal < aal)
    }

    /// Whether factors may be changed now: proven within five minutes, at the highest level the person can
    /// reach. A recovery code beside the password, if it was the last thing shown, does too: it is there for
    /// who has lost the rest.
    pub fn may_change_factors(&self, owned: &Owned, now: Moment) -> bool {
        let recovers =
            self.proofs.last() == Some(&Proof::RecoveryCode) && self.aal > AuthenticationLevel::OneFactor;
        now.since(self.authenticated_at) <= RECENT && (self.aal >= owned.level_for_changes() || recovers)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::base::{Channel, TrustLevel};
    use Proof::{Password, RecoveryCode, SmsCode, Totp};

    const NOW: Moment = Moment::from_seconds(1_800_000_000);
    const PASSKEY: Proof = Proof::Passkey { user_verified: true };

    fn session(proofs: &[Proof], seconds_ago: u64) -> Session {
        let at = NOW.minus(Duration::from_secs(seconds_ago));
        let Standing { aal, amr, .. } = Standing::of(proofs).unwrap();
        Session {
            id: Uuid::nil(),
            person: Uuid::nil(),
            channel: Channel::Hall,
            aal,
            amr,
            proofs: proofs.to_vec(),
            second_factor_always: false,
            authenticated_at: at,
            seen_at: at,
            trust: TrustLevel::Matched,
            capacity: None,
            never: Vec::new(),
            lent_by: None,
        }
    }

    #[test]
    fn factors_are_changed_by_who_has_just_shown_the_best_they_have() {
        let phone = Owned { password: true, phone: true, recovery_codes: 3, ..Owned::default() };
        let passkey = Owned { passkeys: 1, ..phone };
        let table: [(&[Proof], u64, Owned, bool); 9] = [
            (&[Password], 0, phone, false),
            (&[Password, SmsCode], 300, phone, true),
            (&[Password, SmsCode], 301, phone, false),
            (&[Password, Totp], 0, passkey, false),
            (&[PASSKEY], 0, passkey, true),
            (&[PASSKEY], 301, passkey, false),
            (&[Password, RecoveryCode], 0, passkey, true),
            // Used before the SMS, it is not what was just shown.
            (&[Password, RecoveryCode, SmsCode], 0, passkey, false),
            (&[RecoveryCode], 0, passkey, false),
        ];
        for (proofs, ago, owned, may) in table {
            assert_eq!(
                session(proofs, ago).may_change_factors(&owned, NOW),
                may,
                "{proofs:?} {ago} {owned:?}"
            );
        }
    }

    #[test]
    fn a_session_without_a_proof_cannot_be() {
        assert!(matches!(Standing::of(&[]), Err(Error::NothingProven)));
    }
}
