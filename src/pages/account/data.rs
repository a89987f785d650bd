//! A copy of everything about a person, for themselves (个人信息保护法 45: 查阅、复制、转移).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::http::{Failure, urls};
use crate::mandate::Party;
use crate::pages::factors::gate;
use crate::pages::here::Here;
use crate::session::Session;
use crate::{audit, credential, grant, identity, mandate, session};

pub async fn download(here: Here) -> Result<Response, Failure> {
    // The whole number and phone leave the house: only to who has just shown to be the owner.
    let session = match gate(&here, urls::ACCOUNT_DATA).await? {
        Ok((session, _)) => session.clone(),
        Err(first) => return Ok(here.go(&first)),
    };
    // Nor to a screen that a phone was talked into signing in.
    if session.lent_by.is_some() {
        return Err(Failure::new(StatusCode::FORBIDDEN, "not_in_this_session"));
    }
    let copy = copy(&here, &session).await?;
    let mut response = Json(copy).into_response();
    let headers = response.headers_mut();
    let name = HeaderValue::from_static("attachment; filename=\"yihao-data.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn copy(here: &Here, own: &Session) -> Result<Value, Failure> {
    let (mut read, keys, visit) = (&here.app.db, here.app.keys.data(), &here.visit);
    let person = identity::load(&mut read, &keys, own.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let evidence = identity::evidence_of(&mut read, &keys, person.id).await?;
    let passkeys = credential::passkey::list(&mut read, credential::Holder::Person(person.id)).await?;
    let sessions = session::list(&mut read, visit, person.id, &here.app.config).await?;
    let consents = grant::consents_of(&mut read, person.id).await?;
    let disclosures = audit::disclosures(&mut read, person.id, None).await?;
    let mut held = Vec::new();
    for party in [Party::Organization, Party::Person] {
        held.extend(mandate::of_person(&mut read, &keys, visit, person.id, party).await?);
    }
    Ok(json!({
        "made_at": visit.now.shown(),
        "person": {
            "name": person.name.as_str(),
            "official_number": person.number.as_str(),
            "official_number_kind": person.number.kind().as_str(),
            "phone": person.phone.as_ref().map(|phone| phone.as_str()),
            "email": person.email.as_ref().map(|email| email.reveal()),
            "address": person.address.as_ref().map(|address| address.reveal()),
            "trust_level": own.trust,
        },
        "evidence": evidence.iter().map(|one| json!({
            "method": one.method, "source": one.source, "reference": one.reference, "trust_level": one.trust,
            "recorded_at": one.recorded_at.shown(),
        })).collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(|one| json!({
            "name": one.label, "added_at": one.created_at.shown(), "used_at": one.used_at.map(|at| at.shown()),
        })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|one| json!({
            "device": one.device.to_string(), "since": one.started_at.shown(), "last_used": one.seen_at.shown(),
        })).collect::<Vec<_>>(),
        "mandates": held.iter().map(|one| json!({
            "id": one.id, "role": one.role.as_str(), "scope": one.scope.words(),
            "until": one.ends_at.map(|end| end.shown()),
        })).collect::<Vec<_>>(),
        "consents": consents.iter().map(|one| json!({
            "client": one.client, "scopes": one.allowed, "basis": one.basis.as_str(),
            "given_at": one.given_at.shown(),
        })).collect::<Vec<_>>(),
        "disclosures": disclosures.iter().map(|one| json!({
            "client": one.client, "at": one.at().shown(), "scopes": one.detail["scopes"],
            "basis": one.detail["basis"],
        })).collect::<Vec<_>>(),
    }))
}
