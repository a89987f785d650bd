//! What `next` decides on, besides the Ask and its client: read in one place, for the doors and the pages.

use super::capacity::{Capacity, Choice, capacity};
use super::{Ask, consent_matters};
use crate::base::{AuthenticationLevel, Channel, Method, Visit};
use crate::client::Client;
use crate::credential::factors;
use crate::crypto::DataKeys;
use crate::db::Read;
use crate::grant::{self, Consent};
use crate::mandate;
use crate::session::Session;

/// Who is signed in, as whom they act, and what they agreed to before.
#[derive(Clone, Debug)]
pub struct Facts {
    pub session: Session,
    pub choice: Choice,
    pub consent: Option<Consent>,
    /// The best the person can prove where they stand, if the Ask wants it shown again.
    pub best: Option<AuthenticationLevel>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Mandate(#[from] mandate::Error),
    #[error(transparent)]
    Grant(#[from] grant::Error),
    #[error(transparent)]
    Storage(#[from] crate::db::Error),
}

/// Reads no more than this Ask needs: for most, nothing. `offers` says what a channel lets people prove themselves by: what
/// they have and cannot show in the session's is not asked for.
pub async fn facts(
    read: &mut impl Read,
    keys: &DataKeys,
    visit: &Visit,
    ask: &Ask,
    client: &Client,
    session: Session,
    offers: impl Fn(Channel, Method) -> bool,
) -> Result<Facts, Error> {
    let choice = capacity(read, keys, visit, ask, client, &session).await?;
    let consent = match &choice {
        Choice::Settled(capacity) if consent_matters(ask, client) => {
            let account = capacity.account(session.person);
            grant::consent_of(read, session.person, account, &client.id).await?
        }
        _ => None,
    };
    let best = match ask.elsewhere() {
        Some(way) if way.prove_again => {
            let owned = factors::owned(read, session.person).await?;
            Some(owned.as_offered(|method| offers(session.channel, method)).best())
        }
        _ => None,
    };
    Ok(Facts { session, choice, consent, best })
}

impl Facts {
    /// As whom the person acts; as oneself while that is not settled.
    pub fn capacity(&self) -> Capacity {
        match &self.choice {
            Choice::Settled(capacity) => capacity.clone(),
            Choice::Open(_) | Choice::Impossible => Capacity::Oneself,
        }
    }
}
