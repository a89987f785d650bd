//! What waits before a person: at most one request that somebody made of them, and the device request that they
//! opened last. So who floods a person with requests fills one place.

use uuid::Uuid;

use super::{Kind, Request, find};
use crate::base::Moment;
use crate::transient::{Key, Transient, Unavailable};

/// Puts a request before a person: false if there is one before them already. Then nobody will see this one.
pub async fn lay_before(
    transient: &Transient,
    request: &Request,
    person: Uuid,
    now: Moment,
) -> Result<bool, Unavailable> {
    let life = request.left(now);
    if !transient.claim(&asked(person), life).await? {
        return Ok(false);
    }
    transient.put(&place(request.kind, person), request.id.as_bytes(), life).await?;
    Ok(true)
}

/// The device request that a person has just opened: it waits for them wherever they look.
pub(super) async fn note_opened(
    transient: &Transient,
    request: &Request,
    person: Uuid,
    now: Moment,
) -> Result<(), Unavailable> {
    match request.kind {
        Kind::Device => {
            let key = place(request.kind, person);
            transient.put(&key, request.id.as_bytes(), request.left(now)).await
        }
        Kind::BackChannel => Ok(()),
    }
}

/// Makes room for the next, when a request has been decided.
pub(super) async fn clear(transient: &Transient, request: &Request) -> Result<(), Unavailable> {
    let Some(asking) = &request.back_channel else { return Ok(()) };
    if let Some(person) = asking.person {
        // One that was never before them makes no room either.
        let before_them = transient.get(&place(request.kind, person)).await?;
        if before_them.as_deref() == Some(request.id.as_bytes().as_slice()) {
            transient.take(&asked(person)).await?;
        }
    }
    transient.take(&asked_about(&asking.about)).await.map(drop)
}

/// Whether nobody asks about this hint now: true for one, who then does, as long as their request lives.
/// Known and unknown hints are counted alike.
pub async fn ask_about(
    transient: &Transient,
    about: &str,
    life: std::time::Duration,
) -> Result<bool, Unavailable> {
    transient.claim(&asked_about(about), life).await
}

/// What waits before the person, the oldest first.
pub async fn waiting(transient: &Transient, person: Uuid) -> Result<Vec<Request>, Unavailable> {
    let (asked, opened) = (place(Kind::BackChannel, person), place(Kind::Device, person));
    let (asked, opened) = tokio::try_join!(transient.get(&asked), transient.get(&opened))?;
    let mut waiting = Vec::new();
    for id in [asked, opened].into_iter().flatten() {
        if let Ok(id) = Uuid::from_slice(&id) {
            waiting.extend(find(transient, id).await?);
        }
    }
    waiting.sort_by_key(|request| request.asked_at);
    Ok(waiting)
}

fn asked(person: Uuid) -> Key {
    Key::new("request-before", person)
}

fn asked_about(about: &str) -> Key {
    Key::new("request-about", about)
}

fn place(kind: Kind, person: Uuid) -> Key {
    Key::new("inbox", format!("{}/{person}", kind.as_str()))
}
