//! What makes us surer who somebody is: the page that explains and offers, and the ways it leads to.

pub mod arriving;
pub mod certificate;
pub mod face;
pub mod national;
pub mod network;

use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{self, Fault, Raise, Way};
use crate::ask::Step;
use crate::base::TrustLevel;
use crate::http::{Failure, urls};
use crate::identity;
use crate::session::Session;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    page(&here, session, StatusCode::OK, Vec::new()).await
}

/// "I cannot": the relying system is told.
pub async fn leave(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    here.note(|ask| ask.unmet = true).await?;
    Ok(here.go(&here.onward()))
}

/// The page, or on to where the person goes if nothing is missing.
pub async fn page(
    here: &Here,
    session: &Session,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let needed = match here.step().await? {
        Some(Step::Raise(needed)) => Some(needed),
        Some(_) => return Ok(here.go(&here.onward())),
        None => [TrustLevel::Proven, TrustLevel::Attended].into_iter().find(|level| session.trust < *level),
    };
    let page = Raise {
        needed,
        level: level(here, session).await?,
        ways: match needed {
            Some(needed) => ways(here, session, needed).await?,
            None => Vec::new(),
        },
        counter_hours: here.app.config.server.counter_hours.clone(),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::RAISE);
    Ok(here.page(status, page.render(&frame)))
}

/// The person's level in words.
pub async fn level(here: &Here, session: &Session) -> Result<view::Level, Failure> {
    let keys = here.app.keys.data();
    let evidence = identity::evidence_of(&mut &here.app.db, &keys, session.person).await?;
    Ok(view::Level::of(&identity::level(&evidence, here.visit.now, &here.app.config.trust)))
}

async fn ways(here: &Here, session: &Session, needed: TrustLevel) -> Result<Vec<Way>, Failure> {
    let (app, config) = (&here.app, &here.app.config);
    let network = u8::from(needed) <= config.network_identity.trust && app.network_identity.configured();
    let network = network.then(|| Way::Network { name: config.network_identity.name.clone() });
    let person = identity::load(&mut &app.db, &app.keys.data(), session.person).await?;
    // The others would ask for the number of who keeps it to themselves.
    if person.is_some_and(|person| person.is_untold()) {
        return Ok(network.into_iter().collect());
    }
    let face = needed <= TrustLevel::Proven && app.face.configured();
    let national = u8::from(needed) <= config.national.trust && app.national.configured();
    let national = national.then(|| Way::National { name: config.national.name.clone() });
    let certificate = app.authorities.is_some().then_some(Way::Certificate);
    Ok([national, face.then_some(Way::Face), network, certificate].into_iter().flatten().collect())
}
