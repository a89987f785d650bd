//! The national platform: proof for who is signed in, and a way in for who is not.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::arriving::{Arriving, Method, refuse};
use crate::ask::AskId;
use crate::base::number::{CitizenId, NumberKind};
use crate::base::{PersonName, TrustLevel};
use crate::credential::{Proof, Rationed};
use crate::http::Failure;
use crate::outbound::national::{Begun, Shown};
use crate::pages::here::Here;
use crate::pages::view::Fault;
use crate::transient::Key;

/// How long a person may be over there.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Kept under the state while the person is over there.
#[derive(Serialize, Deserialize)]
struct Away {
    begun: Begun,
    browser: Uuid,
    /// Who was signed in here.
    person: Option<Uuid>,
    ask: Option<AskId>,
}

pub async fn start(here: Here) -> Result<Response, Failure> {
    let app = &here.app;
    if !app.national.configured() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    let person = here.session.as_ref().map(|session| session.person);
    let by = person.unwrap_or(here.browser.id);
    app.quota.take(&app.keys.data(), &here.visit, Rationed::Proof { by }).await?;
    let Ok((address, begun)) = app.national.begin(&here.visit).await else {
        return refuse(&here, Fault::NationalRefused).await;
    };
    let ask = here.way.as_ref().map(|way| way.id.clone());
    let key = away(&begun.state);
    app.transient.put_json(&key, &Away { begun, browser: here.browser.id, person, ask }, LIFE).await?;
    Ok(here.go(address.as_str()))
}

/// The person comes back: in the browser they left from, once, as whoever they were here.
pub async fn done(mut here: Here) -> Result<Response, Failure> {
    let state = here.query.get("state").ok_or_else(Failure::expired)?;
    let left: Option<Away> = here.app.transient.take_json(&away(state)).await?;
    let left = left.ok_or_else(Failure::expired)?;
    if left.browser != here.browser.id || left.person != here.session.as_ref().map(|s| s.person) {
        return Err(Failure::expired());
    }
    here.way = here.find_way(left.ask).await?;
    let theirs = here.query.get("iss").is_none_or(|issuer| here.app.national.is_issuer(issuer));
    let shown = match here.query.get("code") {
        Some(code) if theirs => here.app.national.finish(&here.visit, &left.begun, code).await.ok(),
        _ => None,
    };
    let Some(arriving) = shown.and_then(|shown| understood(&here, shown)) else {
        return refuse(&here, Fault::NationalRefused).await;
    };
    arriving.go_on(&here).await
}

/// What was shown, if it names a person surely enough.
fn understood(here: &Here, shown: Shown) -> Option<Arriving> {
    let number = CitizenId::parse(shown.number.reveal(), here.visit.now.day()).ok()?;
    let name = PersonName::parse(shown.name.reveal()).ok()?;
    let issuer = here.app.config.national.issuer.as_ref();
    (shown.trust >= TrustLevel::Proven).then(|| Arriving {
        method: Method::National,
        source: issuer.and_then(|issuer| issuer.host_str()).unwrap_or_default().to_owned(),
        reference: shown.reference,
        kind: NumberKind::CitizenId,
        number: number.as_str().to_owned(),
        name: name.as_str().to_owned(),
        trust: shown.trust,
        proof: Proof::Upstream { two_factors: shown.two_factors },
        network: None,
        browser: here.browser.id,
    })
}

fn away(state: &str) -> Key {
    Key::new("national", state)
}
