//! Network identity: a proof for who is signed in, and a way in for who is not. We learn yes or no and a network
//! number. Number and name are told only where the person ticks that, and their box is empty before
//! (order 173 of 2025, articles 7 and 9); nobody is asked for them afterwards.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::arriving::{Arriving, Method, refuse};
use crate::ask::AskId;
use crate::audit::{self, About, Event};
use crate::base::number::{NetworkNumber, OfficialNumber};
use crate::base::{PersonName, TrustLevel};
use crate::credential::{Proof, Rationed};
use crate::crypto::Place;
use crate::http::{Failure, urls};
use crate::identity::{self, NetworkBound, NewEvidence, Person, Registered, Renumbered};
use crate::outbound::network_identity::{Age, Check, Shown, Wanted};
use crate::pages::here::{Here, Posted};
use crate::pages::sign_in::{begin_session, enter};
use crate::pages::view::{AskNetworkIdentity, Fault, NetworkNewcomer};
use crate::session::Before;
use crate::transient::Key;

/// As evidence and the audit log name it.
const METHOD: &str = "network-identity";
/// How long a person may be over there, and may think about a new account.
const LIFE: Duration = Duration::from_secs(15 * 60);

/// Kept under the check's id while the person is over there.
#[derive(Serialize, Deserialize)]
struct Away {
    reference: String,
    browser: Uuid,
    /// Who was signed in here.
    person: Option<Uuid>,
    ask: Option<AskId>,
    /// The person wants number and name told.
    tells: bool,
}

/// Somebody with a network number that opens no account here yet.
#[derive(Serialize, Deserialize)]
struct Newcomer {
    number: String,
    reference: String,
    browser: Uuid,
}

pub async fn show(here: Here) -> Result<Response, Failure> {
    let person = whoever(&here).await?;
    page(&here, person.as_ref(), StatusCode::OK, None, None)
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (app, visit, keys) = (&here.app, &here.visit, here.app.keys.data());
    let person = whoever(&here).await?;
    let by = person.as_ref().map_or(here.browser.id, |person| person.id);
    app.quota.take(&keys, visit, Rationed::Proof { by }).await?;
    let tells = may_tell(person.as_ref()) && form.get("tell").is_some();
    let wanted = match &person {
        Some(person) if !person.is_untold() => Wanted::Match(&person.number, &person.name),
        _ if tells => Wanted::Plaintext,
        _ => Wanted::Result,
    };
    let id = app.chance.id();
    let return_to = format!("{}{}?check={id}", app.config.issuer(), urls::NETWORK_IDENTITY_RETURN);
    let Ok(begun) = app.network_identity.begin(visit, id, wanted, &return_to).await else {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return page(&here, person.as_ref(), status, None, Some(Fault::NetworkSilent));
    };
    if tells {
        let event = Event::ProofAgreed { method: "network-identity-plaintext" };
        record(&here, person.as_ref().map(|person| person.id), event).await?;
    }
    let away = Away {
        reference: begun.reference,
        browser: here.browser.id,
        person: person.map(|person| person.id),
        ask: here.way.as_ref().map(|way| way.id.clone()),
        tells,
    };
    app.transient.put_json(&over_there(id), &away, LIFE).await?;
    Ok(here.go(begun.address.as_str()))
}

/// The person comes back: in the browser they left from, once, as whoever they were here. How it ended, the service
/// tells us.
pub async fn done(mut here: Here) -> Result<Response, Failure> {
    let id = here.query.get("check").and_then(|id| id.parse::<Uuid>().ok()).ok_or_else(Failure::expired)?;
    let left: Option<Away> = here.app.transient.take_json(&over_there(id)).await?;
    let left = left.ok_or_else(Failure::expired)?;
    if left.browser != here.browser.id || left.person != here.session.as_ref().map(|s| s.person) {
        return Err(Failure::expired());
    }
    here.way = here.find_way(left.ask.clone()).await?;
    let fault = match here.app.network_identity.outcome(&here.visit, id, &left.reference).await {
        Ok(Check::Passed(shown)) => return settle(&here, &left, shown).await,
        Ok(Check::Failed) => {
            record(&here, left.person, Event::ProofRefused { method: METHOD, reason: "failed" }).await?;
            return refuse(&here, Fault::NetworkRefused).await;
        }
        Ok(Check::Pending) => Fault::NetworkUnfinished,
        Err(_) => Fault::NetworkSilent,
    };
    here.app.transient.put_json(&over_there(id), &left, LIFE).await?;
    let status = match fault {
        Fault::NetworkSilent => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let person = whoever(&here).await?;
    page(&here, person.as_ref(), status, Some(id), Some(fault))
}

/// "I have no account yet": one without number and name.
pub async fn anew(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let handle: Uuid = form.get("proof").and_then(|text| text.parse().ok()).ok_or_else(Failure::expired)?;
    let sealed = app.transient.take(&waiting(handle)).await?.ok_or_else(Failure::expired)?;
    let text = keys.decrypt(place(&handle), &sealed)?;
    let newcomer: Newcomer = serde_json::from_str(&text).map_err(|e| Failure::internal(&e))?;
    if newcomer.browser != here.browser.id || here.session.is_some() {
        return Err(Failure::expired());
    }
    let number = NetworkNumber::parse(&newcomer.number).map_err(|_| Failure::expired())?;
    let person = register(&here, &number, &newcomer.reference).await?;
    let cookies = begin_session(&here, person, Before::Dropped, &[proof(&here)]).await?;
    let offer = here.app.passkeys.is_some();
    let mut response = here.go(&if offer { here.along(urls::REGISTER_PASSKEY) } else { here.onward() });
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The service has said yes.
async fn settle(here: &Here, left: &Away, shown: Shown) -> Result<Response, Failure> {
    let keys = here.app.keys.data();
    let known = identity::find_by_network(&mut &here.app.db, &keys, &shown.number).await?;
    let told = match (&shown.plaintext, left.tells) {
        (Some(plain), true) => {
            let today = here.visit.now.day();
            let number = OfficialNumber::parse(plain.number_kind, plain.number.reveal(), today);
            let name = PersonName::parse(plain.name.reveal());
            match (number, name) {
                (Ok(number), Ok(name)) if number.kind().is_of_a_document() => Some((number, name)),
                _ => return refuse(here, Fault::NetworkRefused).await,
            }
        }
        // What was not agreed to is not looked at.
        _ => None,
    };
    let person = match (whoever(here).await?, known) {
        (Some(person), _) if !person.is_untold() && shown.matches => person,
        (Some(person), Some(known)) if person.is_untold() && known == person.id => person,
        (Some(person), _) => {
            let event = Event::ProofRefused { method: METHOD, reason: "another person" };
            record(here, Some(person.id), event).await?;
            return refuse(here, Fault::OtherPerson).await;
        }
        (None, Some(known)) => {
            let person = identity::load(&mut &here.app.db, &keys, known).await?;
            person.ok_or_else(|| Failure::internal(&"a network number without its account"))?
        }
        (None, None) => return newcomer(here, left, &shown, told).await,
    };
    if let Some(fault) = prove(here, left, &person, &shown, told).await? {
        return refuse(here, fault).await;
    }
    match &here.session {
        Some(_) => Ok(here.go(&here.onward())),
        None => enter(here, person.id, &[proof(here)]).await,
    }
}

/// The evidence, and what the person wants told, for an account that is there.
async fn prove(
    here: &Here,
    left: &Away,
    person: &Person,
    shown: &Shown,
    told: Option<(OfficialNumber, PersonName)>,
) -> Result<Option<Fault>, Failure> {
    let (app, visit) = (&here.app, &here.visit);
    let mut tx = app.db.begin().await?;
    if let Some((number, name)) = told.filter(|_| person.is_untold()) {
        let told = (&number, &name);
        let tell = identity::tell(&mut tx, &app.keys, visit, person, told, &left.reference).await?;
        if let Renumbered::Held(_) = tell {
            return Ok(Some(Fault::NumberElsewhere));
        }
    }
    let evidence = evidence(here, &left.reference);
    let bound = identity::prove_by_network(
        &mut tx,
        &app.keys,
        visit,
        person.id,
        &shown.number,
        &evidence,
        &app.config.trust,
    );
    if let NetworkBound::Elsewhere(_) = bound.await? {
        return Ok(Some(Fault::NetworkElsewhere));
    }
    tx.commit().await?;
    Ok(None)
}

/// Nobody is signed in, and the network number opens no account. Who wants their number told comes in as by any
/// other proof; who does not is asked whether they have an account.
async fn newcomer(
    here: &Here,
    left: &Away,
    shown: &Shown,
    told: Option<(OfficialNumber, PersonName)>,
) -> Result<Response, Failure> {
    let reference = left.reference.clone();
    if shown.age == Age::Under14 {
        return refuse(here, Fault::GuardianNeeded).await;
    }
    if let Some((number, name)) = told {
        let arriving = Arriving {
            method: Method::NetworkIdentity,
            source: here.app.config.network_identity.name.clone(),
            reference,
            kind: number.kind(),
            number: number.as_str().to_owned(),
            name: name.as_str().to_owned(),
            trust: trust(here),
            proof: proof(here),
            network: Some(shown.number.as_str().to_owned()),
            browser: here.browser.id,
        };
        return arriving.go_on(here).await;
    }
    let (app, keys, handle) = (&here.app, here.app.keys.data(), here.app.chance.id());
    let newcomer = Newcomer { number: shown.number.as_str().to_owned(), reference, browser: here.browser.id };
    let text = serde_json::to_string(&newcomer).map_err(|e| Failure::internal(&e))?;
    app.transient.put(&waiting(handle), &keys.encrypt(&app.chance, place(&handle), &text)?, LIFE).await?;
    let mut frame = here.frame()?;
    frame.path = here.along(urls::SIGN_IN);
    let page = NetworkNewcomer { handle: handle.to_string() };
    Ok(here.page(StatusCode::OK, page.render(&frame)))
}

/// A new account of this network number, or the one that was made a moment ago.
async fn register(here: &Here, number: &NetworkNumber, reference: &str) -> Result<Uuid, Failure> {
    let (app, visit) = (&here.app, &here.visit);
    let mut reloaded = false;
    loop {
        let mut tx = app.db.begin().await?;
        let evidence = evidence(here, reference);
        match identity::register_by_network(&mut tx, &app.keys, visit, number, evidence).await {
            Ok(Registered::New(person)) => {
                tx.commit().await?;
                return Ok(person);
            }
            Ok(Registered::Taken) => {
                drop(tx);
                let known = identity::find_by_network(&mut &app.db, &app.keys.data(), number).await?;
                return known.ok_or_else(Failure::expired);
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

fn page(
    here: &Here,
    person: Option<&Person>,
    status: StatusCode,
    unfinished: Option<Uuid>,
    fault: Option<Fault>,
) -> Result<Response, Failure> {
    let app = &here.app;
    if !app.network_identity.configured() {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not_found"));
    }
    let page = AskNetworkIdentity {
        name: app.config.network_identity.name.clone(),
        may_tell: may_tell(person),
        again: unfinished.map(|id| format!("{}?check={id}", urls::NETWORK_IDENTITY_RETURN)),
        back: here.along(if person.is_some() { urls::RAISE } else { urls::SIGN_IN }),
        faults: fault.into_iter().collect(),
    };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::NETWORK_IDENTITY);
    // The form's answer leads to the service.
    Ok(here.page_leading_to(status, page.render(&frame), app.network_identity.pages()))
}

/// Who is signed in, if anybody is.
async fn whoever(here: &Here) -> Result<Option<Person>, Failure> {
    let Some(session) = &here.session else { return Ok(None) };
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    Ok(Some(person.ok_or_else(|| Failure::internal(&"a session without its person"))?))
}

/// Whose number we have is not asked whether they tell it.
fn may_tell(person: Option<&Person>) -> bool {
    person.is_none_or(Person::is_untold)
}

fn trust(here: &Here) -> TrustLevel {
    TrustLevel::try_from(here.app.config.network_identity.trust).unwrap_or(TrustLevel::Proven)
}

fn proof(here: &Here) -> Proof {
    Proof::Upstream { two_factors: here.app.config.network_identity.two_factors }
}

fn evidence(here: &Here, reference: &str) -> NewEvidence {
    NewEvidence {
        method: METHOD,
        source: here.app.config.network_identity.name.clone(),
        reference: reference.to_owned(),
        trust: trust(here),
    }
}

async fn record(here: &Here, person: Option<Uuid>, event: Event<'_>) -> Result<(), Failure> {
    let mut tx = here.app.db.begin().await?;
    let about = About { person, client: None };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, about).await?;
    tx.commit().await?;
    Ok(())
}

fn over_there(check: Uuid) -> Key {
    Key::new("network-identity", check)
}

fn waiting(handle: Uuid) -> Key {
    Key::new("network-newcomer", handle)
}

fn place(handle: &Uuid) -> Place<'_> {
    Place { table: "network-newcomer", column: "person", row: handle.as_bytes() }
}
