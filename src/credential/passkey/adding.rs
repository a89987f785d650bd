//! Adding a passkey to the factors of somebody who is signed in.

use serde::{Deserialize, Serialize};
use serde_json::json;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

use super::{LIFETIME, MOST, Passkeys, Started, list, refused, store};
use crate::base::Visit;
use crate::credential::{Error, Holder, Refused};
use crate::db::{Read, Tx};
use crate::transient::{Key, Transient};

/// A challenge and whom it is for.
#[derive(Serialize, Deserialize)]
struct Begun {
    holder: Holder,
    registration: PasskeyRegistration,
}

/// A passkey that was made and is not kept yet.
pub struct NewPasskey {
    holder: Holder,
    passkey: Passkey,
}

impl Passkeys {
    /// Begins: the present passkeys are excluded, so that no authenticator makes a second one.
    /// `display_name` is what the device shows beside the passkey.
    pub async fn start_adding(
        &self,
        read: &mut impl Read,
        visit: &Visit,
        transient: &Transient,
        holder: Holder,
        display_name: &str,
    ) -> Result<Started, Error> {
        let present = list(read, holder).await?;
        if present.len() >= MOST {
            return Err(Refused::TooMany.into());
        }
        let present = present.into_iter().map(|passkey| passkey.credential_id).collect();
        let (options, registration) = self
            .0
            .start_passkey_registration(holder.id(), display_name, display_name, Some(present))
            .map_err(|e| refused(&e))?;
        let mut options = serde_json::to_value(options).map_err(|_| Refused::Malformed)?;
        // The library asks for a passkey that may be discoverable; sign-in without a name needs one that is.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        let handle = visit.chance.token();
        transient.put_json(&key(&handle), &Begun { holder, registration }, LIFETIME).await?;
        Ok(Started { handle, options })
    }

    /// Checks the browser's answer (`PublicKeyCredential.toJSON()`). The handle is used up, and good only
    /// for who began.
    pub async fn finish_adding(
        &self,
        transient: &Transient,
        holder: Holder,
        handle: &str,
        credential_json: &str,
    ) -> Result<NewPasskey, Error> {
        let begun: Begun = transient.take_json(&key(handle)).await?.ok_or(Refused::Unknown)?;
        if begun.holder != holder {
            return Err(Refused::Unknown.into());
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(credential_json).map_err(|_| Refused::Malformed)?;
        if answer.extensions.cred_props.as_ref().is_some_and(|properties| properties.rk == Some(false)) {
            return Err(Refused::Wrong.into());
        }
        let passkey =
            self.0.finish_passkey_registration(&answer, &begun.registration).map_err(|e| refused(&e))?;
        Ok(NewPasskey { holder, passkey })
    }
}

impl NewPasskey {
    /// Keeps it under `label`, its owner's name for it.
    pub async fn keep(self, tx: &mut Tx, visit: &Visit, label: &str) -> Result<(), Error> {
        if list(tx, self.holder).await?.len() >= MOST {
            return Err(Refused::TooMany.into());
        }
        let kept = store::insert(tx, visit, self.holder, &self.passkey, label).await?;
        if kept { Ok(()) } else { Err(Refused::Registered.into()) }
    }
}

fn key(handle: &str) -> Key {
    Key::new("passkey-new", handle)
}
