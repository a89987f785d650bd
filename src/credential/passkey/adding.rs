//! Adding a passkey to the account of a signed-in person.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

use super::{LIFETIME, MOST, Passkeys, Started, list, refused, store};
use crate::base::Visit;
use crate::credential::{Error, Refused};
use crate::db::{Read, Tx};
use crate::transient::{Key, Transient};

/// A challenge and whom it is for.
#[derive(Serialize, Deserialize)]
struct Begun {
    person: Uuid,
    registration: PasskeyRegistration,
}

/// A passkey that was made and is not kept yet.
pub struct NewPasskey {
    person: Uuid,
    passkey: Passkey,
}

impl Passkeys {
    /// Begins: the person's present passkeys are excluded, so that no authenticator makes a second one.
    /// `display_name` is what the device shows beside the passkey.
    pub async fn start_adding(
        &self,
        read: &mut impl Read,
        visit: &Visit,
        transient: &Transient,
        person: Uuid,
        display_name: &str,
    ) -> Result<Started, Error> {
        let present = list(read, person).await?;
        if present.len() >= MOST {
            return Err(Refused::TooMany.into());
        }
        let present = present.into_iter().map(|passkey| passkey.credential_id).collect();
        let (options, registration) = self
            .0
            .start_passkey_registration(person, display_name, display_name, Some(present))
            .map_err(|e| refused(&e))?;
        let mut options = serde_json::to_value(options).map_err(|_| Refused::Malformed)?;
        // The library asks for a passkey that may be discoverable; sign-in without a name needs one that is.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        let handle = visit.chance.token();
        transient.put_json(&key(&handle), &Begun { person, registration }, LIFETIME).await?;
        Ok(Started { handle, options })
    }

    /// Checks the browser's answer (`PublicKeyCredential.toJSON()`). The handle is used up, and good only
    /// for the person who began.
    pub async fn finish_adding(
        &self,
        transient: &Transient,
        person: Uuid,
        handle: &str,
        credential_json: &str,
    ) -> Result<NewPasskey, Error> {
        let begun: Begun = transient.take_json(&key(handle)).await?.ok_or(Refused::Unknown)?;
        if begun.person != person {
            return Err(Refused::Unknown.into());
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(credential_json).map_err(|_| Refused::Malformed)?;
        if answer.extensions.cred_props.as_ref().is_some_and(|properties| properties.rk == Some(false)) {
            return Err(Refused::Wrong.into());
        }
        let passkey =
            self.0.finish_passkey_registration(&answer, &begun.registration).map_err(|e| refused(&e))?;
        Ok(NewPasskey { person, passkey })
    }
}

impl NewPasskey {
    /// Keeps it under `label`, the person's own name for it.
    pub async fn keep(self, tx: &mut Tx, visit: &Visit, label: &str) -> Result<(), Error> {
        if list(tx, self.person).await?.len() >= MOST {
            return Err(Refused::TooMany.into());
        }
        let kept = store::insert(tx, visit, self.person, &self.passkey, label).await?;
        if kept { Ok(()) } else { Err(Refused::Registered.into()) }
    }
}

fn key(handle: &str) -> Key {
    Key::new("passkey-new", handle)
}
