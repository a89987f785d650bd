//! What the factors that were passed add up to.

use serde::{Deserialize, Serialize};

use crate::base::{AuthenticationLevel, Method};

/// One factor, passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    Password,
    Passkey {
        user_verified: bool,
    },
    SmsCode,
    Totp,
    RecoveryCode,
    /// Another provider vouches for the person, and says whether two factors were passed there.
    Upstream {
        two_factors: bool,
    },
    /// The person's phone, signed in, vouches for them, and says whether two factors were passed there.
    Phone {
        two_factors: bool,
    },
    /// A certificate's key, shown in TLS. In hardware that wants a PIN, if whoever gave it gives no other.
    Certificate {
        hardware: bool,
    },
    /// The chip of an identity card, read by a trusted reader where the person stands.
    Chip,
    /// The same at an attended counter: a clerk has looked whether the card is the person's.
    AttendedChip,
    /// The six digits that go with it.
    Pin,
}

/// What a factor rests on. Two of one kind are no second factor: who has the phone has its codes and, it
/// may be, its passkey (NIST SP 800-63B section 4.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Knowledge,
    Possession,
    Elsewhere,
}

impl Proof {
    /// What a person would call it.
    pub const fn method(self) -> Method {
        match self {
            Self::Password => Method::Password,
            Self::Passkey { .. } => Method::Passkey,
            Self::SmsCode => Method::Sms,
            Self::Totp => Method::App,
            Self::RecoveryCode => Method::RecoveryCode,
            Self::Upstream { .. } => Method::National,
            Self::Phone { .. } => Method::Phone,
            Self::Certificate { .. } => Method::Certificate,
            Self::Chip | Self::AttendedChip => Method::Chip,
            Self::Pin => Method::Pin,
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Password | Self::Pin => Kind::Knowledge,
            Self::Passkey { .. }
            | Self::SmsCode
            | Self::Totp
            | Self::RecoveryCode
            | Self::Certificate { .. }
            | Self::Chip
            | Self::AttendedChip => Kind::Possession,
            // Which kind it was over there is not known.
            Self::Upstream { .. } | Self::Phone { .. } => Kind::Elsewhere,
        }
    }
}

/// The level that the proofs reach together; `None` where nothing was proven.
pub fn aal(proofs: &[Proof]) -> Option<AuthenticationLevel> {
    proofs.first()?;
    // TLS binds the key to this connection: what was signed for another site is worth nothing here.
    // A clerk's look binds the chip to the person.
    let bound =
        [Proof::Passkey { user_verified: true }, Proof::Certificate { hardware: true }, Proof::AttendedChip];
    // A passkey of the phone does not make this browser's sign-in resist a relay: two factors, and no more.
    let elsewhere = [Proof::Upstream { two_factors: true }, Proof::Phone { two_factors: true }];
    Some(if bound.iter().any(|proof| proofs.contains(proof)) {
        AuthenticationLevel::PhishingResistant
    } else if elsewhere.iter().any(|proof| proofs.contains(proof)) || differ(proofs) {
        AuthenticationLevel::TwoFactors
    } else {
        AuthenticationLevel::OneFactor
    })
}

/// Whether two are of different kinds. What was shown elsewhere may be of the same kind as what was shown here, so it
/// is no second factor to it.
fn differ(proofs: &[Proof]) -> bool {
    let mut kinds = proofs.iter().map(|proof| proof.kind()).filter(|kind| *kind != Kind::Elsewhere);
    let first = kinds.next();
    kinds.any(|kind| Some(kind) != first)
}

/// The proofs as `amr` tells them (RFC 8176 section 2), each value once.
///
/// A passkey is `pop` (registered by OpenID Connect EAP ACR Values 1.0) and `user`: without attestation nobody knows
/// whether its key is in hardware, so neither `hwk` nor `swk` would be honest, and no passkey signs
/// unless a person is present. A certificate's key is `hwk` and `pin` where its authority gives no other,
/// else `pop`. An identity card's chip is `sc`, and its PIN `pin`; with a clerk's look beside it, `sc` and `mfa`. A recovery code is `otp`, like an app's: a password that counts once is what RFC 4949 means by
/// the word, and RFC 8176 goes by it; `kba` is for questions about one's life. `fed` is not in the registry, which
/// has no word for "another provider says so"; it is what others use, and claims no method that nobody here has
/// seen. A phone that lends its sign-in is `mca`, more than one channel: what was shown there was not shown here.
/// `mfa` stands wherever the level is above one factor: a passkey that has verified its user is two
/// factors in one device.
pub fn amr(proofs: &[Proof]) -> Vec<&'static str> {
    let certificate = |hardware| proofs.contains(&Proof::Certificate { hardware });
    let passkey = proofs.iter().any(|proof| matches!(proof, Proof::Passkey { .. }));
    [
        ("pwd", proofs.contains(&Proof::Password)),
        ("otp", proofs.contains(&Proof::Totp) || proofs.contains(&Proof::RecoveryCode)),
        ("sms", proofs.contains(&Proof::SmsCode)),
        ("hwk", certificate(true)),
        ("sc", proofs.contains(&Proof::Chip) || proofs.contains(&Proof::AttendedChip)),
        ("pin", certificate(true) || proofs.contains(&Proof::Pin)),
        ("pop", passkey || certificate(false)),
        ("user", passkey),
        ("fed", proofs.iter().any(|proof| matches!(proof, Proof::Upstream { .. }))),
        ("mca", proofs.iter().any(|proof| matches!(proof, Proof::Phone { .. }))),
        ("mfa", aal(proofs) > Some(AuthenticationLevel::OneFactor)),
    ]
    .into_iter()
    .filter_map(|(value, holds)| holds.then_some(value))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthenticationLevel::{OneFactor, PhishingResistant, TwoFactors};

    const VERIFIED: Proof = Proof::Passkey { user_verified: true };
    const PRESENT: Proof = Proof::Passkey { user_verified: false };

    #[test]
    fn levels_and_methods() {
        let table: [(&[Proof], _, &[&str]); 25] = [
            (&[Proof::Chip], Some(OneFactor), &["sc"]),
            (&[Proof::Chip, Proof::Pin], Some(TwoFactors), &["sc", "pin", "mfa"]),
            (&[Proof::Password, Proof::Pin], Some(OneFactor), &["pwd", "pin"]),
            (&[], None, &[]),
            (&[Proof::Password], Some(OneFactor), &["pwd"]),
            (&[Proof::Password, Proof::Password], Some(OneFactor), &["pwd"]),
            (&[Proof::SmsCode], Some(OneFactor), &["sms"]),
            (&[Proof::SmsCode, PRESENT], Some(OneFactor), &["sms", "pop", "user"]),
            (&[Proof::SmsCode, Proof::Password], Some(TwoFactors), &["pwd", "sms", "mfa"]),
            (&[Proof::Password, PRESENT], Some(TwoFactors), &["pwd", "pop", "user", "mfa"]),
            (&[Proof::Totp, Proof::SmsCode], Some(OneFactor), &["otp", "sms"]),
            (&[Proof::Password, Proof::Totp], Some(TwoFactors), &["pwd", "otp", "mfa"]),
            (&[Proof::Password, Proof::RecoveryCode], Some(TwoFactors), &["pwd", "otp", "mfa"]),
            (
                &[Proof::Password, Proof::Totp, Proof::SmsCode],
                Some(TwoFactors),
                &["pwd", "otp", "sms", "mfa"],
            ),
            (&[Proof::Upstream { two_factors: false }], Some(OneFactor), &["fed"]),
            (&[Proof::Upstream { two_factors: true }], Some(TwoFactors), &["fed", "mfa"]),
            (&[Proof::Upstream { two_factors: false }, Proof::Password], Some(OneFactor), &["pwd", "fed"]),
            (&[Proof::Phone { two_factors: false }], Some(OneFactor), &["mca"]),
            (&[Proof::Phone { two_factors: true }], Some(TwoFactors), &["mca", "mfa"]),
            (
                &[Proof::Phone { two_factors: true }, VERIFIED],
                Some(PhishingResistant),
                &["pop", "user", "mca", "mfa"],
            ),
            (&[Proof::Certificate { hardware: false }], Some(OneFactor), &["pop"]),
            (&[Proof::Certificate { hardware: true }], Some(PhishingResistant), &["hwk", "pin", "mfa"]),
            (&[Proof::AttendedChip], Some(PhishingResistant), &["sc", "mfa"]),
            (&[VERIFIED], Some(PhishingResistant), &["pop", "user", "mfa"]),
            (&[Proof::Password, VERIFIED], Some(PhishingResistant), &["pwd", "pop", "user", "mfa"]),
        ];
        for (proofs, level, methods) in table {
            assert_eq!(aal(proofs), level, "{proofs:?}");
            assert_eq!(amr(proofs), methods, "{proofs:?}");
        }
    }
}
