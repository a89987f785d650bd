//! The national platform: proof for who is signed in, and a way in for who is not.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page as raise_page;
use crate::ask::AskId;
use crate::audit::{self, About, Event};
use crate::base::number::{CitizenId, NumberKind, OfficialNumber};
use crate::base::{PersonName, TrustLevel};
use crate::credential::{Proof, Rationed};
use crate::crypto::Place;
use crate::http::{Failure, urls};
use crate::identity::{self, Arrival, NewEvidence, NewPerson};
use crate::mandate::Minor;
use crate::outbound::national::{Begun, Shown};
use crate::pages::here::{Here, Posted};
use crate::pages::sign_in::{self, begin_session};
use crate::pages::view::{Fault, NumberHeld};
use crate::session::{Before, Session};
use crate::transient::Key;

const METHOD: &str = "national";
/// How long a person may be over there, and how long they may think about an account they find here.
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

/// Who has shown their number, while an account that holds it waits for "that is mine" or "it is not".
#[derive(Clone, Serialize, Deserialize)]
struct Arriving {
    number: String,
    name: String,
    reference: String,
    trust: TrustLevel,
    two_factors: bool,
    browser: Uuid,
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
    match &here.session {
        Some(session) => prove(&here, session, &arriving).await,
        None => arrive(&here, arriving).await,
    }
}

/// "That account is not mine": it gives way.
pub async fn anew(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let handle: Uuid = form.get("proof").and_then(|text| text.parse().ok()).ok_or_else(Failure::expired)?;
    let sealed = here.app.transient.take(&waiting(handle)).await?.ok_or_else(Failure::expired)?;
    let text = here.app.keys.data().decrypt(place(&handle), &sealed)?;
    let arriving: Arriving = serde_json::from_str(&text).map_err(|e| Failure::internal(&e))?;
    if arriving.browser != here.browser.id || here.session.is_some() {
        return Err(Failure::expired());
    }
    come_in(&here, &arriving).await
}

/// What was shown, if it names a person surely enough.
fn understood(here: &Here, shown: Shown) -> Option<Arriving> {
    let number = CitizenId::parse(shown.number.reveal(), here.visit.now.day()).ok()?;
    let name = PersonName::parse(shown.name.reveal()).ok()?;
    (shown.trust >= TrustLevel::Proven).then(|| Arriving {
        number: number.as_str().to_owned(),
        name: name.as_str().to_owned(),
        reference: shown.reference,
        trust: shown.trust,
        two_factors: shown.two_factors,
        browser: here.browser.id,
    })
}

impl Arriving {
    fn number(&self) -> Result<OfficialNumber, Failure> {
        OfficialNumber::from_stored(NumberKind::CitizenId, &self.number)
            .map_err(|_| Failure::internal(&"a kept number does not parse"))
    }

    fn evidence(&self, here: &Here) -> NewEvidence {
        let source = here.app.config.national.issuer.as_ref().and_then(|issuer| issuer.host_str());
        NewEvidence {
            method: METHOD,
            source: source.unwrap_or_default().to_owned(),
            reference: self.reference.clone(),
            trust: self.trust,
        }
    }
}

/// Who is signed in shows that they are who the account says.
async fn prove(here: &Here, session: &Session, arriving: &Arriving) -> Result<Response, Failure> {
    let (app, visit, keys) = (&here.app, &here.visit, here.app.keys.data());
    let person = identity::load(&mut &app.db, &keys, session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let mut tx = app.db.begin().await?;
    if person.number != arriving.number()? {
        let about = About { person: Some(person.id), client: None };
        let event = Event::ProofRefused { method: METHOD, reason: "another person" };
        audit::record(&mut tx, &keys, visit, event, about).await?;
        tx.commit().await?;
        return refuse(here, Fault::OtherPerson).await;
    }
    identity::prove(&mut tx, &keys, visit, person.id, &arriving.evidence(here), &app.config.trust).await?;
    tx.commit().await?;
    Ok(here.go(&here.onward()))
}

/// Nobody is signed in. An account that holds the number on weaker proof may well be theirs: they are asked
/// before it gives way. That it is there, its owner may know, and only its owner can show this number.
async fn arrive(here: &Here, arriving: Arriving) -> Result<Response, Failure> {
    let (app, keys, number) = (&here.app, here.app.keys.data(), arriving.number()?);
    let mut read = &app.db;
    let holder = identity::find_by_number(&mut read, &keys, &number).await?;
    let today = here.visit.now.day();
    if holder.is_none() && Minor::of(&number, today).is_some_and(|minor| minor.needs_guardian(today)) {
        return refuse(here, Fault::GuardianNeeded).await;
    }
    let person = match holder {
        Some(holder) => identity::load(&mut read, &keys, holder).await?,
        None => None,
    };
    let trust = person.map(|person| person.binding.trust(here.visit.now, &app.config.trust));
    if trust.is_none_or(|trust| trust >= TrustLevel::Proven) {
        return come_in(here, &arriving).await;
    }
    let handle = app.chance.id();
    let text = serde_json::to_string(&arriving).map_err(|e| Failure::internal(&e))?;
    let sealed = keys.encrypt(&app.chance, place(&handle), &text)?;
    app.transient.put(&waiting(handle), &sealed, LIFE).await?;
    let mut frame = here.frame()?;
    frame.path = here.along(urls::SIGN_IN);
    Ok(here.page(StatusCode::OK, NumberHeld { handle: handle.to_string() }.render(&frame)))
}

/// Finds or makes their account, and signs them in. Who is new is offered a way in of their own.
async fn come_in(here: &Here, arriving: &Arriving) -> Result<Response, Failure> {
    let new = NewPerson {
        number: arriving.number()?,
        name: PersonName::parse(&arriving.name).map_err(|e| Failure::internal(&e))?,
        phone: None,
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence: arriving.evidence(here),
    };
    let arrival = account(here, &new).await?;
    let proof = Proof::Upstream { two_factors: arriving.two_factors };
    let cookie = begin_session(here, arrival.person(), Before::Dropped, &[proof]).await?;
    let known = matches!(arrival, Arrival::Known(_)) || here.app.passkeys.is_none();
    let to = if known { here.onward() } else { here.along(urls::REGISTER_PASSKEY) };
    let mut response = here.go(&to);
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn account(here: &Here, new: &NewPerson) -> Result<Arrival, Failure> {
    let app = &here.app;
    let mut reloaded = false;
    loop {
        let mut tx = app.db.begin().await?;
        match identity::arrive(&mut tx, &app.keys, &here.visit, new, &app.config.trust).await {
            Ok(arrival) => {
                tx.commit().await?;
                return Ok(arrival);
            }
            Err(identity::Error::KeysChanged) if !reloaded => {
                drop(tx);
                app.keys.reload(&app.db).await.map_err(|e| Failure::internal(&e))?;
                reloaded = true;
            }
            Err(other) => return Err(other.into()),
        }
    }
}

/// Back to where they came from, with what is to be said.
async fn refuse(here: &Here, fault: Fault) -> Result<Response, Failure> {
    match &here.session {
        Some(session) => raise_page(here, session, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]).await,
        None => sign_in::refused(here, fault).await,
    }
}

fn away(state: &str) -> Key {
    Key::new("national", state)
}

fn waiting(handle: Uuid) -> Key {
    Key::new("arriving", handle)
}

fn place(handle: &Uuid) -> Place<'_> {
    Place { table: "arriving", column: "person", row: handle.as_bytes() }
}
