//! Consent and notice: what a relying system gets to know, asked for or told, by its legal basis.

use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{Apart, Consent, Disclosure, Field, Notice, Requester};
use crate::ask::Step;
use crate::audit::{self, About, Event};
use crate::base::{Scope, Scopes};
use crate::client::LegalBasis;
use crate::grant;
use crate::http::Failure;
use crate::identity::{self, Person};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some((way, session)) = here.way.as_ref().zip(here.session.as_ref()) else {
        return Ok(here.go(&here.onward()));
    };
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let metadata = &way.client.metadata;
    let requester = Requester {
        name: metadata.client_name.clone(),
        department: metadata.department.clone(),
        matter: metadata.purpose.clone(),
    };
    let frame = here.frame()?;
    let html = match here.step().await? {
        Some(Step::Consent(scopes)) => {
            let (apart, usual): (Vec<Scope>, Vec<Scope>) =
                scopes.iter().partition(|scope| scope.is_sensitive());
            let page = Consent {
                requester,
                fields: usual.into_iter().flat_map(|scope| disclosed(&person, scope)).collect(),
                apart: apart
                    .into_iter()
                    .map(|scope| Apart { scope, fields: disclosed(&person, scope), agreed: false })
                    .collect(),
                offline: scopes.contains(Scope::OfflineAccess),
            };
            page.render(&frame)
        }
        Some(Step::Notice(scopes)) => {
            let fields = scopes.iter().flat_map(|scope| disclosed(&person, scope)).collect();
            Notice { requester, fields, basis: None }.render(&frame)
        }
        // Answered already, in another tab perhaps: the Ask knows where to go.
        _ => return Ok(here.go(&here.onward())),
    };
    Ok(here.page(StatusCode::OK, html))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let Some((way, session)) = here.way.as_ref().zip(here.session.as_ref()) else {
        return Ok(here.go(&here.onward()));
    };
    let (scopes, basis) = match here.step().await? {
        Some(Step::Consent(scopes)) => (scopes, LegalBasis::Consent),
        Some(Step::Notice(scopes)) => (scopes, LegalBasis::Statutory),
        _ => return Ok(here.go(&here.onward())),
    };
    let agreed = match (form.get("decision"), basis) {
        (Some("allow"), LegalBasis::Consent) => {
            let ticked = Scopes::parse(form.get("agreed").unwrap_or_default());
            Some(scopes.iter().filter(|scope| !scope.is_sensitive() || ticked.contains(*scope)).collect())
        }
        (Some("allow"), LegalBasis::Statutory) => Some(scopes),
        (Some("deny"), LegalBasis::Consent) => None,
        _ => return Err(Failure::bad_request("invalid_request")),
    };
    let (keys, person, client) = (here.app.keys.data(), session.person, way.client.id.clone());
    let mut tx = here.app.db.begin().await?;
    match agreed {
        Some(allowed) => {
            let answer = grant::Consent { asked: scopes, allowed };
            grant::record_consent(&mut tx, &keys, &here.visit, person, &client, answer, basis).await?;
        }
        None => {
            let about = About { person: Some(person), client: Some(&client) };
            audit::record(&mut tx, &keys, &here.visit, Event::ConsentDenied, about).await?;
        }
    }
    tx.commit().await?;
    here.note(|ask| ask.consented = Some(agreed.is_some())).await?;
    Ok(here.go(&here.onward()))
}

/// The fields of a scope, with their values as they may be shown to whoever looks over a shoulder.
fn disclosed(person: &Person, scope: Scope) -> Vec<Disclosure> {
    let one = |field, value| vec![Disclosure { field, value }];
    match scope {
        Scope::OpenId | Scope::OfflineAccess => Vec::new(),
        Scope::Profile => one(Field::Name, Some(person.name.masked())),
        Scope::Phone => one(Field::Phone, person.phone.as_ref().map(|phone| phone.masked())),
        Scope::Email => one(Field::Email, person.email.as_ref().map(|email| masked_email(email.reveal()))),
        Scope::Address => one(Field::Address, person.address.as_ref().map(|_| "******".to_owned())),
        Scope::OfficialNumber => one(Field::OfficialNumber, Some(person.number.masked())),
    }
}

fn masked_email(email: &str) -> String {
    let (user, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = user.chars().take(1).collect();
    format!("{first}***@{host}")
}
