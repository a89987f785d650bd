//! Where a request is between its two screens.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::Approval;
use super::super::marks::{Marks, Opened};
use super::{Request, UserCode, inbox};
use crate::base::Moment;
use crate::crypto::DataKeys;
use crate::transient::{Key, Transient, Unavailable};

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Approved(Box<Approval>),
    Denied,
    /// The client has had its tokens.
    Redeemed,
}

/// What a client is told that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// It asks more often than was agreed (RFC 8628 section 3.5).
    TooSoon,
    Pending,
    Approved,
    Denied,
    Redeemed,
}

const MARKS: Marks = Marks { opened: "request-opened", opener: "request-opener", decided: "request-decided" };

/// Networks deliver one question late and the next in time.
const SLACK: Duration = Duration::from_millis(500);

impl Request {
    pub fn left(&self, now: Moment) -> Duration {
        self.expires_at.since(now)
    }
}

/// Keeps a new request; with a code by which it is opened.
pub async fn keep(
    transient: &Transient,
    keys: &DataKeys,
    request: &Request,
    code: Option<&UserCode>,
) -> Result<(), Unavailable> {
    let life = request.left(request.asked_at);
    transient.put_json(&key("request", request.id), request, life).await?;
    match code {
        Some(code) => code.keep(transient, keys, request.id, life).await,
        None => Ok(()),
    }
}

/// The request, while nobody has decided it.
pub async fn find(transient: &Transient, id: Uuid) -> Result<Option<Request>, Unavailable> {
    let request = key("request", id);
    let (request, decided) = tokio::try_join!(transient.get_json(&request), MARKS.is_decided(transient, id))?;
    Ok(if decided { None } else { request })
}

/// Opens it for `person`: from then on nobody else can.
pub async fn open(
    transient: &Transient,
    request: &Request,
    person: Uuid,
    now: Moment,
) -> Result<Opened, Unavailable> {
    let (opened, first) = MARKS.open(transient, request.id, person, request.left(now)).await?;
    if first {
        inbox::note_opened(transient, request, person, now).await?;
    }
    Ok(opened)
}

/// Who has opened it.
pub async fn opener(transient: &Transient, id: Uuid) -> Result<Option<Uuid>, Unavailable> {
    MARKS.opener(transient, id).await
}

/// Takes the right to decide: true for one, once. Then [`publish`], after what must last has been written.
pub async fn decide(transient: &Transient, request: &Request, now: Moment) -> Result<bool, Unavailable> {
    MARKS.decide(transient, request.id, request.left(now)).await
}

/// Lets the client see what was decided.
pub async fn publish(
    transient: &Transient,
    request: &Request,
    decision: &Decision,
    now: Moment,
) -> Result<(), Unavailable> {
    transient.put_json(&key("decision", request.id), decision, request.left(now)).await?;
    inbox::clear(transient, request).await
}

/// The client asks. Costs a mark and a look, however many wait.
pub async fn poll(transient: &Transient, id: Uuid, interval: Duration) -> Result<Polled, Unavailable> {
    let gap = interval.saturating_sub(SLACK);
    if !gap.is_zero() && !transient.claim(&key("request-polled", id), gap).await? {
        return Ok(Polled::TooSoon);
    }
    look(transient, id).await
}

/// Those of `ids` of which something has become. A hundred at a time.
pub async fn settled(transient: &Transient, ids: &[Uuid]) -> Result<Vec<Uuid>, Unavailable> {
    let keys: Vec<Key> = ids.iter().map(|id| key("decision", *id)).collect();
    let decisions = transient.get_many(&keys).await?;
    Ok(ids.iter().zip(decisions).filter(|(_, decision)| decision.is_some()).map(|(id, _)| *id).collect())
}

/// What has become of it, without a question of the client's.
pub async fn look(transient: &Transient, id: Uuid) -> Result<Polled, Unavailable> {
    Ok(match transient.get_json(&key("decision", id)).await? {
        None => Polled::Pending,
        Some(Decision::Approved(_)) => Polled::Approved,
        Some(Decision::Denied) => Polled::Denied,
        Some(Decision::Redeemed) => Polled::Redeemed,
    })
}

/// What was approved.
pub async fn approved(transient: &Transient, id: Uuid) -> Result<Option<Approval>, Unavailable> {
    Ok(match transient.get_json(&key("decision", id)).await? {
        Some(Decision::Approved(approval)) => Some(*approval),
        _ => None,
    })
}

/// The client has no more use for an answer: nobody can give one any more, and the person's place is free. What
/// was decided stays decided.
pub async fn withdraw(transient: &Transient, id: Uuid, now: Moment) -> Result<(), Unavailable> {
    let Some(request) = find(transient, id).await? else { return Ok(()) };
    if decide(transient, &request, now).await? {
        publish(transient, &request, &Decision::Denied, now).await?;
    }
    Ok(())
}

/// The client has its tokens: whoever comes after is seen as such for `life`.
pub async fn redeemed(transient: &Transient, id: Uuid, life: Duration) -> Result<(), Unavailable> {
    transient.put_json(&key("decision", id), &Decision::Redeemed, life).await
}

fn key(kind: &'static str, id: Uuid) -> Key {
    Key::new(kind, id)
}
