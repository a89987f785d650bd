//! The new password of who has shown the old one of an account that was taken over.

use axum::http::{StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use super::sign_in::Shown;
use super::title_of;
use crate::base::number::OfficialNumber;
use crate::base::{Actor, PersonName, Secret, Visit};
use crate::credential::{Proof, password};
use crate::http::{Failure, urls};
use crate::legacy::{self, Opens};
use crate::pages::here::{Here, Posted};
use crate::pages::kept;
use crate::pages::register::password::weak;
use crate::pages::sign_in::begin_session;
use crate::pages::view::{Fault, NewPassword};
use crate::session::Before;

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, shown) = kept::find::<Shown>(&here, &here.query).await?;
    page(&here, &shown, handle, Vec::new()).await
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (handle, shown) = kept::find::<Shown>(&here, &form).await?;
    let (number, name) = owner(&here, shown.legacy_account).await?;
    let secret = Secret::new(form.get("password").unwrap_or_default());
    let faults = weak(&secret, form.get("again"), &number, &name, None);
    if !faults.is_empty() {
        return page(&here, &shown, handle, faults).await;
    }
    let phc = here.app.hasher.hash(secret).await.map_err(|_| Failure::busy())?;
    let shown: Shown = kept::take(&here, &form).await?;
    let person = replace(&here, shown.legacy_account, &phc).await?;
    let cookies = begin_session(&here, person, Before::Dropped, &[Proof::Password]).await?;
    let mut response = here.go(&super::list::onward(&here, person).await?);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn replace(here: &Here, legacy_account: Uuid, phc: &str) -> Result<Uuid, Failure> {
    let keys = here.app.keys.data();
    let Opens::NewPassword(person) = legacy::opens(&mut &here.app.db, &keys, legacy_account).await? else {
        return Err(Failure::expired());
    };
    let visit = Visit { actor: Actor::Person(person), ..here.visit.clone() };
    let mut tx = here.app.db.begin().await?;
    match legacy::replace_password(&mut tx, &keys, &visit, &here.app.config.trust, legacy_account, phc).await
    {
        Ok(person) => {
            tx.commit().await?;
            Ok(person)
        }
        Err(legacy::Error::Changed | legacy::Error::NoLink) => Err(Failure::expired()),
        Err(other) => Err(other.into()),
    }
}

/// What the new password must not give away: the number and the name that the account here was made with.
async fn owner(here: &Here, legacy_account: Uuid) -> Result<(OfficialNumber, PersonName), Failure> {
    let keys = here.app.keys.data();
    let mut read = &here.app.db;
    let Opens::NewPassword(person) = legacy::opens(&mut read, &keys, legacy_account).await? else {
        return Err(Failure::expired());
    };
    crate::identity::who(&mut read, &keys, person).await?.ok_or_else(Failure::expired)
}

async fn page(here: &Here, shown: &Shown, handle: Uuid, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = NewPassword {
        shown: handle.to_string(),
        source: title_of(here, shown.source).await?,
        shortest: password::SHORTEST as u32,
        faults,
    };
    let status = if page.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut frame = here.frame()?;
    frame.path = kept::next::<Shown>(here, urls::NEW_PASSWORD, handle);
    Ok(here.page(status, page.render(&frame)))
}
