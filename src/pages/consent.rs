//! Consent and notice: what a relying system gets to know, asked for or told, by its legal basis.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::here::{Here, Posted};
use super::view::{Apart, Consent, Disclosure, Field, Notice, Requester};
use crate::ask::{Capacity, Step};
use crate::audit::{self, About, Event};
use crate::base::{Scope, Scopes};
use crate::client::LegalBasis;
use crate::grant;
use crate::http::Failure;
use crate::identity::{self, Organization, Person};
use crate::mandate::Party;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let Some((way, session)) = here.way.as_ref().zip(here.session.as_ref()) else {
        return Ok(here.go(&here.onward()));
    };
    let Some((step, Some(facts))) = here.decided().await? else { return Ok(here.go(&here.onward())) };
    let subject = Subject::load(&here, session.person, &facts.capacity()).await?;
    let metadata = &way.client.metadata;
    let requester = Requester {
        name: metadata.client_name.clone(),
        department: metadata.department.clone(),
        matter: metadata.purpose.clone(),
    };
    let frame = here.frame()?;
    let html = match step {
        Step::Consent(scopes) => {
            let (apart, usual): (Vec<Scope>, Vec<Scope>) =
                scopes.iter().partition(|scope| scope.is_sensitive());
            let page = Consent {
                requester,
                fields: usual.into_iter().flat_map(|scope| subject.disclosed(scope)).collect(),
                apart: apart
                    .into_iter()
                    .map(|scope| Apart { scope, fields: subject.disclosed(scope), agreed: false })
                    .filter(|apart| !apart.fields.is_empty())
                    .collect(),
                offline: scopes.contains(Scope::OfflineAccess),
                approvals: scopes.contains(Scope::Approvals),
            };
            page.render(&frame)
        }
        Step::Notice(scopes) => {
            let fields = scopes.iter().flat_map(|scope| subject.disclosed(scope)).collect();
            Notice { requester, fields, basis: None, approvals: scopes.contains(Scope::Approvals) }
                .render(&frame)
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
    let Some((step, Some(facts))) = here.decided().await? else { return Ok(here.go(&here.onward())) };
    let (scopes, basis) = match step {
        Step::Consent(scopes) => (scopes, LegalBasis::Consent),
        Step::Notice(scopes) => (scopes, LegalBasis::Statutory),
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
    let whose = (person, facts.capacity().account(person));
    let mut tx = here.app.db.begin().await?;
    match agreed {
        Some(allowed) => {
            let answer = grant::Consent { asked: scopes, allowed };
            grant::record_consent(&mut tx, &keys, &here.visit, whose, &client, answer, basis).await?;
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

/// Whom the fields are about: the person, or whom they act for.
enum Subject {
    Person(Person),
    /// Of whom only who it is is told.
    Represented(Person),
    Organization(Organization),
}

impl Subject {
    async fn load(here: &Here, person: Uuid, capacity: &Capacity) -> Result<Self, Failure> {
        let (mut read, keys) = (&here.app.db, here.app.keys.data());
        let missing = || Failure::internal(&"an account is not there");
        Ok(match capacity {
            Capacity::Oneself => {
                Self::Person(identity::load(&mut read, &keys, person).await?.ok_or_else(missing)?)
            }
            Capacity::Under(mandate) => match mandate.grantor_kind {
                Party::Person => Self::Represented(
                    identity::load(&mut read, &keys, mandate.grantor).await?.ok_or_else(missing)?,
                ),
                Party::Organization => Self::Organization(
                    identity::load_organization(&mut read, &keys, mandate.grantor)
                        .await?
                        .ok_or_else(missing)?,
                ),
            },
        })
    }

    /// The fields of a scope, with their values as they may be shown to whoever looks over a shoulder.
    fn disclosed(&self, scope: Scope) -> Vec<Disclosure> {
        let one = |field, value| vec![Disclosure { field, value }];
        if let Self::Person(person) | Self::Represented(person) = self
            && ((scope == Scope::OfficialNumber && !person.has_number_to_tell())
                || (scope == Scope::Profile && person.is_untold()))
        {
            return Vec::new();
        }
        match (self, scope) {
            (
                _,
                Scope::OpenId
                | Scope::OfflineAccess
                | Scope::Represented
                | Scope::DeviceSso
                | Scope::Approvals
                | Scope::Scim,
            ) => Vec::new(),
            // Whether there are any, only their owner's proof tells.
            (_, Scope::Legacy) => one(Field::LegacyAccounts, Some("******".to_owned())),
            (Self::Organization(organization), Scope::Organization) => {
                let code = one(Field::CreditCode, Some(organization.code.masked()));
                one(Field::Organization, Some(organization.name.as_str().to_owned()))
                    .into_iter()
                    .chain(code)
                    .collect()
            }
            (Self::Organization(organization), Scope::Profile) => {
                one(Field::Organization, Some(organization.name.as_str().to_owned()))
            }
            (Self::Organization(organization), Scope::OfficialNumber) => {
                one(Field::CreditCode, Some(organization.code.masked()))
            }
            (Self::Person(person) | Self::Represented(person), Scope::Profile) => {
                one(Field::Name, Some(person.name.masked()))
            }
            (Self::Person(person) | Self::Represented(person), Scope::OfficialNumber) => {
                one(Field::OfficialNumber, Some(person.number.masked()))
            }
            (Self::Person(person), Scope::Phone) => {
                one(Field::Phone, person.phone.as_ref().map(|phone| phone.masked()))
            }
            (Self::Person(person), Scope::Email) => {
                one(Field::Email, person.email.as_ref().map(|email| masked_email(email.reveal())))
            }
            (Self::Person(person), Scope::Address) => {
                one(Field::Address, person.address.as_ref().map(|_| "******".to_owned()))
            }
            (Self::Represented(_) | Self::Organization(_), Scope::Phone | Scope::Email | Scope::Address)
            | (Self::Person(_) | Self::Represented(_), Scope::Organization) => Vec::new(),
        }
    }
}

fn masked_email(email: &str) -> String {
    let (user, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = user.chars().take(1).collect();
    format!("{first}***@{host}")
}
