//! Somebody has shown by another's word who they are: proof for who is signed in, a way in for who is not.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page as raise_page;
use crate::audit::{self, About, Event};
use crate::base::number::{NetworkNumber, NumberKind, OfficialNumber};
use crate::base::{PersonName, TrustLevel};
use crate::credential::Proof;
use crate::crypto::Place;
use crate::http::{Failure, urls};
use crate::identity::{self, Arrival, NewEvidence, NewPerson};
use crate::mandate::Minor;
use crate::pages::here::{Here, Posted};
use crate::pages::sign_in::{self, begin_session};
use crate::pages::view::{Fault, NumberHeld};
use crate::session::{Before, Session};
use crate::transient::Key;

/// How long somebody may think about an account that they find here.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// How it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    National,
    Certificate,
    NetworkIdentity,
}

/// Who has shown their number at level 4 or 5.
#[derive(Clone, Serialize, Deserialize)]
pub struct Arriving {
    pub method: Method,
    /// Whose word it is.
    pub source: String,
    pub reference: String,
    pub kind: NumberKind,
    pub number: String,
    pub name: String,
    pub trust: TrustLevel,
    /// What it is worth as a sign-in.
    pub proof: Proof,
    /// The network number that comes along, to be bound to the account as well.
    pub network: Option<String>,
    pub browser: Uuid,
}

impl Method {
    /// As evidence and the audit log name it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Certificate => "certificate",
            Self::NetworkIdentity => "network-identity",
        }
    }
}

impl Arriving {
    /// On with it, for who is signed in or not.
    pub async fn go_on(self, here: &Here) -> Result<Response, Failure> {
        match &here.session {
            Some(session) => prove(here, session, &self).await,
            None => arrive(here, self).await,
        }
    }

    fn number(&self) -> Result<OfficialNumber, Failure> {
        OfficialNumber::from_stored(self.kind, &self.number)
            .map_err(|_| Failure::internal(&"a kept number does not parse"))
    }

    fn evidence(&self) -> NewEvidence {
        NewEvidence {
            method: self.method.as_str(),
            source: self.source.clone(),
            reference: self.reference.clone(),
            trust: self.trust,
        }
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

/// Who is signed in shows that they are who the account says.
async fn prove(here: &Here, session: &Session, arriving: &Arriving) -> Result<Response, Failure> {
    let (app, visit, keys) = (&here.app, &here.visit, here.app.keys.data());
    let person = identity::load(&mut &app.db, &keys, session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let mut tx = app.db.begin().await?;
    let other = person.number != arriving.number()?
        || (person.provisional && person.name.folded() != folded(&arriving.name));
    if other {
        let about = About { person: Some(person.id), client: None };
        let event = Event::ProofRefused { method: arriving.method.as_str(), reason: "another person" };
        audit::record(&mut tx, &keys, visit, event, about).await?;
        tx.commit().await?;
        return refuse(here, Fault::OtherPerson).await;
    }
    identity::prove(&mut tx, &keys, visit, person.id, &arriving.evidence(), &app.config.trust).await?;
    tx.commit().await?;
    Ok(here.go(&here.onward()))
}

fn folded(name: &str) -> String {
    PersonName::parse(name).map(|name| name.folded()).unwrap_or_default()
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
        evidence: arriving.evidence(),
    };
    let arrival = account(here, &new, arriving.network.as_deref()).await?;
    let cookies = begin_session(here, arrival.person(), Before::Dropped, &[arriving.proof]).await?;
    let known = matches!(arrival, Arrival::Known(_)) || here.app.passkeys.is_none();
    let to = if known { here.onward() } else { here.along(urls::REGISTER_PASSKEY) };
    let mut response = here.go(&to);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn account(here: &Here, new: &NewPerson, network: Option<&str>) -> Result<Arrival, Failure> {
    let app = &here.app;
    let mut reloaded = false;
    loop {
        let mut tx = app.db.begin().await?;
        match identity::arrive(&mut tx, &app.keys, &here.visit, new, &app.config.trust).await {
            Ok(arrival) => {
                if let Some(number) = network.and_then(|text| NetworkNumber::parse(text).ok()) {
                    // That it is bound elsewhere was looked at before: then nobody comes here.
                    let person = arrival.person();
                    identity::bind_network(&mut tx, &app.keys, &here.visit, person, &number).await?;
                }
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
pub async fn refuse(here: &Here, fault: Fault) -> Result<Response, Failure> {
    match &here.session {
        Some(session) => raise_page(here, session, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]).await,
        None => sign_in::refused(here, fault).await,
    }
}

fn waiting(handle: Uuid) -> Key {
    Key::new("arriving", handle)
}

fn place(handle: &Uuid) -> Place<'_> {
    Place { table: "arriving", column: "person", row: handle.as_bytes() }
}
