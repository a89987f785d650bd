//! The closed list of events.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::base::{AuthenticationLevel, Scopes, TrustLevel};

#[derive(Clone, Debug)]
pub enum Event<'a> {
    PersonRegistered {
        trust: TrustLevel,
        method: &'a str,
    },
    RegistrationRefused {
        reason: &'a str,
    },
    SignedIn {
        aal: AuthenticationLevel,
        amr: &'a str,
    },
    SignInRefused {
        reason: &'a str,
    },
    SteppedUp {
        aal: AuthenticationLevel,
    },
    SignedOut {
        session: Uuid,
    },
    /// At one relying system only; the session goes on.
    SignedOutOfService {
        session: Uuid,
    },
    LogoutDelivered {
        delivery: Uuid,
    },
    LogoutGivenUp {
        delivery: Uuid,
        error: &'a str,
    },
    PasswordSet,
    PasskeyAdded,
    ConsentGiven {
        scopes: Scopes,
        basis: &'a str,
    },
    ConsentDenied,
    CodeRedeemed {
        grant: Uuid,
        scopes: Scopes,
    },
    Refreshed {
        grant: Uuid,
    },
    RefreshReplayed {
        grant: Uuid,
    },
    ClientTokenIssued {
        scopes: Scopes,
    },
    GrantRevoked {
        grant: Uuid,
    },
    TokenRevoked,
    ClientAdded {
        by: &'a str,
    },
    ClientChanged {
        what: &'a str,
    },
    RegistrationAllowed {
        uses: u32,
    },
    KeysRotated {
        purpose: &'a str,
    },
}

impl Event<'_> {
    /// The event's name in the log: part and past participle.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PersonRegistered { .. } => "person.registered",
            Self::RegistrationRefused { .. } => "registration.refused",
            Self::SignedIn { .. } => "session.signed_in",
            Self::SignInRefused { .. } => "session.refused",
            Self::SteppedUp { .. } => "session.stepped_up",
            Self::SignedOut { .. } => "session.signed_out",
            Self::SignedOutOfService { .. } => "session.signed_out_of_service",
            Self::LogoutDelivered { .. } => "logout.delivered",
            Self::LogoutGivenUp { .. } => "logout.given_up",
            Self::PasswordSet => "password.set",
            Self::PasskeyAdded => "passkey.added",
            Self::ConsentGiven { .. } => "consent.given",
            Self::ConsentDenied => "consent.denied",
            Self::CodeRedeemed { .. } => "grant.issued",
            Self::Refreshed { .. } => "grant.refreshed",
            Self::RefreshReplayed { .. } => "grant.replayed",
            Self::ClientTokenIssued { .. } => "client.token_issued",
            Self::GrantRevoked { .. } => "grant.revoked",
            Self::TokenRevoked => "client.token_revoked",
            Self::ClientAdded { .. } => "client.added",
            Self::ClientChanged { .. } => "client.changed",
            Self::RegistrationAllowed { .. } => "client.registration_allowed",
            Self::KeysRotated { .. } => "keys.rotated",
        }
    }

    pub(super) fn detail(&self) -> Value {
        match self {
            Self::PersonRegistered { trust, method } => json!({ "trust": trust, "method": method }),
            Self::RegistrationRefused { reason } | Self::SignInRefused { reason } => {
                json!({ "reason": reason })
            }
            Self::SignedIn { aal, amr } => json!({ "aal": aal, "amr": amr }),
            Self::SteppedUp { aal } => json!({ "aal": aal }),
            Self::SignedOut { session } | Self::SignedOutOfService { session } => {
                json!({ "session": session })
            }
            Self::LogoutDelivered { delivery } => json!({ "delivery": delivery }),
            Self::LogoutGivenUp { delivery, error } => json!({ "delivery": delivery, "error": error }),
            Self::ConsentGiven { scopes, basis } => json!({ "scopes": scopes, "basis": basis }),
            Self::CodeRedeemed { grant, scopes } => json!({ "grant": grant, "scopes": scopes }),
            Self::Refreshed { grant } | Self::RefreshReplayed { grant } | Self::GrantRevoked { grant } => {
                json!({ "grant": grant })
            }
            Self::ClientTokenIssued { scopes } => json!({ "scopes": scopes }),
            Self::ClientAdded { by } => json!({ "by": by }),
            Self::ClientChanged { what } => json!({ "what": what }),
            Self::RegistrationAllowed { uses } => json!({ "uses": uses }),
            Self::KeysRotated { purpose } => json!({ "purpose": purpose }),
            Self::PasswordSet | Self::PasskeyAdded | Self::ConsentDenied | Self::TokenRevoked => json!({}),
        }
    }
}
