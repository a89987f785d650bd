//! The person's own account.

pub mod close;
pub mod consents;
pub mod data;
pub mod history;

use axum::http::StatusCode;
use axum::response::Response;

use super::factors::{gate, shown};
use super::here::Here;
use super::proofs::level;
use super::view::{Account, AddPasskey, Field, Setting};
use crate::base::{Scope, Scopes};
use crate::credential::{Holder, passkey, recovery};
use crate::http::{Failure, urls};
use crate::identity;
use crate::operator::counter;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut read = &here.app.db;
    let person = identity::load(&mut read, &here.app.keys.data(), session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let passkeys = passkey::list(&mut read, Holder::Person(person.id)).await?;
    let keys = here.app.keys.data();
    let asked =
        recovery::waiting(&mut read, &keys, &here.visit, person.id).await?.map(|asked| asked.ready_at);
    let at_counter = counter::delayed(&mut read, &keys, person.id).await?;
    let waits = asked.into_iter().chain(at_counter.iter().map(|deed| deed.ready_at)).min();
    let page = Account {
        name: (!person.is_untold()).then(|| person.name.as_str().to_owned()),
        number: (!person.is_untold()).then(|| person.number.masked()),
        phone: person.phone.as_ref().map(|phone| phone.masked()),
        at_counter: asked.is_none() && waits.is_some(),
        recovery: waits.map(|at| at.shown()),
        level: level(&here, session).await?,
        passkeys: passkeys.into_iter().map(shown).collect(),
        can_add: here.app.passkeys.is_some(),
    };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

pub async fn offer_passkey(here: Here) -> Result<Response, Failure> {
    if let Err(first) = gate(&here, urls::ACCOUNT_PASSKEY).await? {
        return Ok(here.go(&first));
    }
    let page = AddPasskey { setting: Setting::Account, next: here.onward() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

/// What these scopes tell, as the keys of its words.
pub(super) fn names_of(scopes: Scopes) -> Vec<&'static str> {
    let name = |scope| match scope {
        Scope::Profile => Some(Field::Name),
        Scope::Email => Some(Field::Email),
        Scope::Phone => Some(Field::Phone),
        Scope::Address => Some(Field::Address),
        Scope::OfficialNumber => Some(Field::OfficialNumber),
        Scope::Organization => Some(Field::Organization),
        Scope::Legacy => Some(Field::LegacyAccounts),
        Scope::OpenId
        | Scope::OfflineAccess
        | Scope::Represented
        | Scope::DeviceSso
        | Scope::Approvals
        | Scope::Scim => None,
    };
    scopes.iter().filter_map(name).map(Field::key).collect()
}
