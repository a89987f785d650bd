//! A browser that is signed in by a phone: it shows a code, the phone of somebody who is signed in reads it, and
//! they say there whether this is the screen they stand before. What is lent is a sign-in, not a grant: the
//! browser's session is its own, and may do less ([`crate::session::Session::lent_by`]).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Matching;
use super::marks::Marks;
use crate::base::Moment;
use crate::transient::{Key, Transient, Unavailable};

pub use super::marks::Opened;

/// So long a code is good: time to find the phone, and no more.
pub const LIFE: Duration = Duration::from_secs(180);

/// What the phone is shown of the browser that asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Random: who has it has seen the screen, or been sent a picture of it.
    pub id: Uuid,
    /// The browser that asks: nobody else's is signed in by it.
    pub browser: Uuid,
    /// What the browser says it is: [`crate::base::Device`].
    pub device: String,
    /// The neighbourhood of its address.
    pub network: String,
    /// Where the person was going, if a relying system sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    pub matching: Matching,
    pub asked_at: Moment,
    pub expires_at: Moment,
}

/// What the phone said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The sign-in of this person, in this session of theirs.
    Lent {
        person: Uuid,
        session: Uuid,
        two_factors: bool,
    },
    Denied,
}

/// Where it stands, for the browser that asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Nobody has read the code.
    Shown(Scan),
    /// Somebody has, and is asked.
    Opened(Scan),
    Answered(Answer),
    /// Too late, answered before, or another browser's.
    Over,
}

const MARKS: Marks = Marks { opened: "scan-opened", opener: "scan-opener", decided: "scan-decided" };

pub async fn keep(transient: &Transient, scan: &Scan) -> Result<(), Unavailable> {
    transient.put_json(&key("scan", scan.id), scan, scan.expires_at.since(scan.asked_at)).await
}

/// For the phone: the code, while nobody has answered it.
pub async fn find(transient: &Transient, id: Uuid) -> Result<Option<Scan>, Unavailable> {
    let scan = transient.get_json(&key("scan", id)).await?;
    Ok(if MARKS.is_decided(transient, id).await? { None } else { scan })
}

/// Opens it for `person`: from then on nobody else can answer it.
pub async fn open(
    transient: &Transient,
    scan: &Scan,
    person: Uuid,
    now: Moment,
) -> Result<Opened, Unavailable> {
    let (opened, _) = MARKS.open(transient, scan.id, person, scan.expires_at.since(now)).await?;
    Ok(opened)
}

/// Takes the right to answer: true for one, once. Then [`publish`], after what must last has been written.
pub async fn decide(transient: &Transient, scan: &Scan, now: Moment) -> Result<bool, Unavailable> {
    MARKS.decide(transient, scan.id, scan.expires_at.since(now)).await
}

/// Lets the browser see the answer.
pub async fn publish(
    transient: &Transient,
    scan: &Scan,
    answer: &Answer,
    now: Moment,
) -> Result<(), Unavailable> {
    transient.put_json(&key("scan-answer", scan.id), answer, scan.expires_at.since(now)).await
}

/// For the browser that asks. An answer is told once.
pub async fn look(transient: &Transient, id: Uuid, browser: Uuid) -> Result<Standing, Unavailable> {
    let scan: Option<Scan> = transient.get_json(&key("scan", id)).await?;
    let Some(scan) = scan.filter(|scan| scan.browser == browser) else { return Ok(Standing::Over) };
    if let Some(answer) = transient.take_json(&key("scan-answer", id)).await? {
        return Ok(Standing::Answered(answer));
    }
    if MARKS.is_decided(transient, id).await? {
        // Told before, or told in a moment.
        return Ok(Standing::Opened(scan));
    }
    let opened = MARKS.opener(transient, id).await?.is_some();
    Ok(if opened { Standing::Opened(scan) } else { Standing::Shown(scan) })
}

fn key(kind: &'static str, id: Uuid) -> Key {
    Key::new(kind, id)
}
