//! Six digits sent to a phone, and typed in again by who holds it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, Refused};
use crate::base::{Phone, Secret, Visit};
use crate::crypto::{DataKeys, Place, base64url, equal, from_base64url};
use crate::transient::{Key, Transient};

/// How long a code is good.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Tries at one code. At five in a million, and with the quotas on sending, guessing does not pay.
pub const TRIES: u64 = 5;

/// A code on its way.
pub struct Started {
    /// What the page carries to the next step; it tells nothing.
    pub handle: Uuid,
    /// For the SMS only.
    pub code: Secret,
}

/// What is kept: neither the phone nor the code in clear.
#[derive(Serialize, Deserialize)]
struct Sent {
    phone: String,
    code: String,
}

/// Makes a code for `phone`. Sending it, within the quota, is the caller's.
pub async fn start(
    transient: &Transient,
    keys: &DataKeys,
    visit: &Visit,
    phone: &Phone,
) -> Result<Started, Error> {
    let handle = visit.chance.id();
    let code = Secret::new(format!("{:06}", visit.chance.below(1_000_000)));
    let sent = Sent {
        phone: base64url(&keys.encrypt(&visit.chance, place(&handle), phone.as_str())?),
        code: digests(keys, handle, code.reveal()).into_iter().next().ok_or(crate::crypto::Unopenable)?,
    };
    transient.put_json(&key(handle), &sent, LIFETIME).await?;
    Ok(Started { handle, code })
}

/// The phone, if `code` is the one that was sent to it; then the handle is used up.
pub async fn check(
    transient: &Transient,
    keys: &DataKeys,
    handle: Uuid,
    code: &Secret,
) -> Result<Phone, Error> {
    let sent: Sent = transient.get_json(&key(handle)).await?.ok_or(Refused::Unknown)?;
    // Counted before it is looked at: tries at once are five as well.
    if transient.count(&Key::new("sms-tries", handle), LIFETIME, 1).await? > TRIES {
        return Err(Refused::Spent.into());
    }
    let typed: String = code.reveal().chars().filter(|c| !c.is_whitespace()).collect();
    let typed = Secret::new(typed);
    if !digests(keys, handle, typed.reveal()).iter().any(|d| equal(d.as_bytes(), sent.code.as_bytes())) {
        return Err(Refused::Wrong.into());
    }
    // Of two who type the right code at once, one takes it.
    let sent: Sent = transient.take_json(&key(handle)).await?.ok_or(Refused::Unknown)?;
    let phone = from_base64url(&sent.phone).ok_or(Refused::Malformed)?;
    let phone = keys.decrypt(place(&handle), &phone)?;
    Ok(Phone::parse(&phone).map_err(|_| Refused::Malformed)?)
}

/// Keyed, since a million codes are soon tried; bound to the handle, so that equal codes look different.
/// One for every live key: the key may change while the SMS is on its way.
fn digests(keys: &DataKeys, handle: Uuid, code: &str) -> Vec<String> {
    let text = Secret::new(format!("{handle}/{code}"));
    keys.blind("sms-code", text.reveal()).iter().map(|index| base64url(&index.digest)).collect()
}

fn key(handle: Uuid) -> Key {
    Key::new("sms-code", handle)
}

fn place(handle: &Uuid) -> Place<'_> {
    Place { table: "sms-code", column: "phone", row: handle.as_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::trial::{Trial, keys};

    async fn started(trial: &Trial) -> Started {
        let phone = Phone::parse("13812345678").unwrap();
        start(&trial.transient, &trial.keys, &trial.visit(), &phone).await.unwrap()
    }

    async fn answer(trial: &Trial, handle: Uuid, code: &str) -> Result<String, Option<Refused>> {
        match check(&trial.transient, &trial.keys, handle, &Secret::new(code)).await {
            Ok(phone) => Ok(phone.as_str().to_owned()),
            Err(Error::Refused(refused)) => Err(Some(refused)),
            Err(_) => Err(None),
        }
    }

    fn wrong(code: &Secret) -> String {
        let digits: u32 = code.reveal().parse().unwrap();
        format!("{:06}", (digits + 1) % 1_000_000)
    }

    #[tokio::test]
    async fn the_right_code_is_good_once() {
        let trial = Trial::new().await;
        let Started { handle, code } = started(&trial).await;
        assert_eq!(code.reveal().len(), 6);
        assert_eq!(answer(&trial, handle, &wrong(&code)).await, Err(Some(Refused::Wrong)));
        let spaced = format!(" {} {}", &code.reveal()[..3], &code.reveal()[3..]);
        assert_eq!(answer(&trial, handle, &spaced).await, Ok("+8613812345678".to_owned()));
        assert_eq!(answer(&trial, handle, code.reveal()).await, Err(Some(Refused::Unknown)));
    }

    #[tokio::test]
    async fn five_tries_ten_minutes_and_its_own_handle() {
        let trial = Trial::new().await;
        let Started { handle, code } = started(&trial).await;
        for _ in 0..TRIES {
            assert_eq!(answer(&trial, handle, &wrong(&code)).await, Err(Some(Refused::Wrong)));
        }
        assert_eq!(answer(&trial, handle, code.reveal()).await, Err(Some(Refused::Spent)));

        let Started { handle, code } = started(&trial).await;
        let other = started(&trial).await;
        assert_ne!(code.reveal(), other.code.reveal());
        assert_eq!(answer(&trial, other.handle, code.reveal()).await, Err(Some(Refused::Wrong)));
        assert_eq!(answer(&trial, Uuid::nil(), code.reveal()).await, Err(Some(Refused::Unknown)));
        trial.pass(LIFETIME);
        assert_eq!(answer(&trial, handle, code.reveal()).await, Err(Some(Refused::Unknown)));
    }

    #[tokio::test]
    async fn what_is_kept_shows_neither_phone_nor_code_and_opens_after_a_new_key_came() {
        let mut trial = Trial::new().await;
        let Started { handle, code } = started(&trial).await;
        let kept = trial.transient.get(&key(handle)).await.unwrap().unwrap();
        let kept = String::from_utf8(kept).unwrap();
        assert!(!kept.contains("13812345678") && !kept.contains(code.reveal()), "{kept}");
        let sent: Sent = serde_json::from_str(&kept).unwrap();
        let raw = from_base64url(&sent.phone).unwrap();
        assert!(!raw.windows(11).any(|window| window == b"13812345678"));
        trial.keys = keys(&[1, 2]);
        assert_eq!(answer(&trial, handle, code.reveal()).await, Ok("+8613812345678".to_owned()));
    }
}
