//! The person's own account.

use axum::http::StatusCode;
use axum::response::Response;

use super::factors::{gate, shown};
use super::here::Here;
use super::proofs::level;
use super::view::{Account, AddPasskey, Setting};
use crate::credential::passkey;
use crate::http::{Failure, urls};
use crate::identity;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let mut read = &here.app.db;
    let person = identity::load(&mut read, &here.app.keys.data(), session.person).await?;
    let person = person.ok_or_else(|| Failure::internal(&"a session without its person"))?;
    let passkeys = passkey::list(&mut read, person.id).await?;
    let page = Account {
        name: person.name.as_str().to_owned(),
        number: person.number.masked(),
        phone: person.phone.as_ref().map(|phone| phone.masked()),
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
