//! Signing in with a passkey: the passkey says who it is, nobody types a name.

use serde_json::Value;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

use super::{LIFETIME, Passkeys, Started, refused, store};
use crate::base::Visit;
use crate::credential::{Error, Holder, Proof, Refused, Whose};
use crate::db::{Read, Tx};
use crate::transient::{Key, Transient};

/// A passkey that has signed the challenge, before its counter is stored.
pub struct Assertion {
    holder: Holder,
    user_verified: bool,
    used: store::Used,
}

/// Who has signed in with a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasskeyProof {
    pub holder: Holder,
    /// The device has asked for a PIN, a finger or a face.
    pub user_verified: bool,
}

impl From<PasskeyProof> for Proof {
    fn from(proof: PasskeyProof) -> Proof {
        Proof::Passkey { user_verified: proof.user_verified }
    }
}

impl Passkeys {
    /// Begins. The options are good for a button and for autofill (`mediation: "conditional"`): which of
    /// the two it is, is the page's to say.
    pub async fn start_sign_in(&self, visit: &Visit, transient: &Transient) -> Result<Started, Error> {
        let (options, begun) = self.0.start_discoverable_authentication().map_err(|e| refused(&e))?;
        let mut options = serde_json::to_value(options).map_err(|_| Refused::Malformed)?;
        if let Value::Object(members) = &mut options {
            members.remove("mediation");
        }
        let handle = visit.chance.token();
        transient.put_json(&key(&handle), &begun, LIFETIME).await?;
        Ok(Started { handle, options })
    }

    /// Checks the browser's answer (`PublicKeyCredential.toJSON()`) against the passkeys of these. The handle is
    /// used up.
    pub async fn finish_sign_in(
        &self,
        read: &mut impl Read,
        whose: Whose,
        transient: &Transient,
        handle: &str,
        credential_json: &str,
    ) -> Result<Assertion, Error> {
        let begun: DiscoverableAuthentication =
            transient.take_json(&key(handle)).await?.ok_or(Refused::Unknown)?;
        let answer: PublicKeyCredential =
            serde_json::from_str(credential_json).map_err(|_| Refused::Malformed)?;
        let (named, credential_id) =
            self.0.identify_discoverable_authentication(&answer).map_err(|_| Refused::Malformed)?;
        let mut kept = store::find(read, whose, credential_id).await?.ok_or(Refused::Wrong)?;
        // Who it is stands in our row; an authenticator that names another is not believed.
        if kept.holder.id() != named {
            return Err(Refused::Wrong.into());
        }
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer, begun, &kept.passkey)
            .map_err(|e| refused(&e))?;
        kept.passkey.update_credential(&result);
        Ok(Assertion {
            holder: kept.holder,
            user_verified: result.user_verified(),
            used: store::Used::new(kept)?,
        })
    }
}

impl Assertion {
    /// Stores the passkey's counter and backup state. Refused if they were changed, or the passkey was
    /// removed, since the answer was checked.
    pub async fn settle(self, tx: &mut Tx, visit: &Visit) -> Result<PasskeyProof, Error> {
        if !self.used.store(tx, visit).await? {
            return Err(Refused::Wrong.into());
        }
        Ok(PasskeyProof { holder: self.holder, user_verified: self.user_verified })
    }
}

/// The credential's id that an answer names, in base64url: what [`crate::credential::Attempts`] counts
/// failures at. `None` if the answer is not of the form of one.
pub fn credential_of(credential_json: &str) -> Option<String> {
    let answer: PublicKeyCredential = serde_json::from_str(credential_json).ok()?;
    Some(crate::crypto::base64url(answer.get_credential_id()))
}

fn key(handle: &str) -> Key {
    Key::new("passkey-sign-in", handle)
}
