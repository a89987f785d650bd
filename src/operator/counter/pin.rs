//! The PIN that goes with an ID card, chosen at a window: until the deed is done its hash stands in the deed, under
//! the deed's cipher and seal.

use serde_json::Value;

use super::deed::{change, note, place};
use super::{Deed, DeedKind, DeedState};
use crate::base::{Secret, Visit};
use crate::crypto::DataKeys;
use crate::db::{self, Tx};
use crate::operator::{Error, Refused};

const MEMBER: &str = "pin";

impl Deed {
    /// The hash of the PIN that the person has chosen.
    pub(super) fn pin(&self, keys: &DataKeys) -> Result<Option<Secret>, Error> {
        match (self.kind, &self.content) {
            (DeedKind::Pin, Some(_)) => Ok(Some(self.content(keys)?)),
            (DeedKind::Open, Some(_)) => Ok(self.members(keys)?[MEMBER].as_str().map(Secret::new)),
            _ => Ok(None),
        }
    }

    /// Whether the person can still choose.
    pub fn is_choosing(&self, visit: &Visit) -> bool {
        self.kind.takes_pin()
            && match self.state {
                DeedState::Waiting => self.is_waiting(visit.now),
                DeedState::Delayed => true,
                DeedState::Done | DeedState::Cancelled => false,
            }
    }

    fn members(&self, keys: &DataKeys) -> Result<Value, Error> {
        let text = self.content(keys)?;
        Ok(serde_json::from_str(text.reveal()).map_err(|_| db::Error::corrupt("deed", "content"))?)
    }
}

/// Keeps what the person has chosen, in place of what they chose before. `hash` is the hasher's, of a PIN that is
/// acceptable.
///
/// # Errors
/// [`Refused::Changed`]: it is not the time for it.
pub async fn choose(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    deed: &Deed,
    hash: &str,
) -> Result<Deed, Error> {
    if !deed.is_choosing(visit) {
        return Err(Refused::Changed.into());
    }
    let content = match deed.kind {
        DeedKind::Open => {
            let mut members = deed.members(keys)?;
            members[MEMBER] = hash.into();
            Secret::new(members.to_string())
        }
        _ => Secret::new(hash),
    };
    let content = Some(keys.encrypt(&visit.chance, place(&deed.id), content.reveal())?);
    let mut next = deed.clone();
    next.content = content;
    let next = change(tx, keys, deed, next).await?;
    note(tx, keys, visit, &next, "pin").await?;
    Ok(next)
}
