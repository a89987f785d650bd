//! An authenticator app: its secret is shown, and counts when a code has proven that it was taken in.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;

use super::announce::{self, News};
use super::{gate, remove};
use crate::base::Secret;
use crate::credential::factors::Removal;
use crate::credential::totp::{self, Seed};
use crate::credential::{self, Holder, Refused};
use crate::crypto::Place;
use crate::http::{Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::sign_in::masked_name;
use crate::pages::view::{AddApp, Fault};
use crate::session::Session;
use crate::transient::Key;

/// How long a secret waits for its first code.
const LIFE: Duration = Duration::from_secs(15 * 60);

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS_APP).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let seed = match waiting(&here, session).await? {
        Some(seed) => seed,
        None => begin(&here, session).await?,
    };
    page(&here, session, &seed, StatusCode::OK, Vec::new()).await
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (session, _) = match gate(&here, urls::FACTORS_APP).await? {
        Ok(allowed) => allowed,
        Err(first) => return Ok(here.go(&first)),
    };
    let Some(seed) = waiting(&here, session).await? else {
        return Ok(here.go(&here.along(urls::FACTORS_APP)));
    };
    let typed = form.get("code").unwrap_or_default();
    let code = Secret::new(typed.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    let again =
        async |fault| page(&here, session, &seed, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]).await;
    if code.is_empty() {
        return again(Fault::FactorCodeMissing).await;
    }
    let (app, keys) = (&here.app, here.app.keys.data());
    let mut tx = app.db.begin().await?;
    match totp::add(&mut tx, &keys, &here.visit, Holder::Person(session.person), &seed, &code).await {
        Ok(()) => tx.commit().await?,
        Err(credential::Error::Refused(Refused::Wrong)) => {
            drop(tx);
            return again(Fault::AppCodeWrong).await;
        }
        Err(other) => return Err(other.into()),
    }
    app.transient.take(&key(session)).await?;
    announce::tell(&here, session.person, News::AppAdded).await?;
    Ok(here.go(&here.along(urls::FACTORS)))
}

pub async fn take_away(Posted { here, .. }: Posted) -> Result<Response, Failure> {
    match gate(&here, urls::FACTORS).await? {
        Ok((session, _)) => remove(&here, session, Removal::Totp, News::AppRemoved).await,
        Err(first) => Ok(here.go(&first)),
    }
}

async fn begin(here: &Here, session: &Session) -> Result<Seed, Failure> {
    let (app, seed) = (&here.app, Seed::new(&here.app.chance));
    let sealed = app.keys.data().encrypt(&app.chance, place(session), seed.written().reveal())?;
    app.transient.put(&key(session), &sealed, LIFE).await?;
    Ok(seed)
}

/// The secret that this session was shown: the same as long as it waits, however often the page is loaded.
async fn waiting(here: &Here, session: &Session) -> Result<Option<Seed>, Failure> {
    let Some(sealed) = here.app.transient.get(&key(session)).await? else { return Ok(None) };
    Ok(Seed::read(&here.app.keys.data().decrypt(place(session), &sealed)?))
}

async fn page(
    here: &Here,
    session: &Session,
    seed: &Seed,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let secret = seed.base32();
    let address = totp::address(&here.app.config.server.name, &masked_name(here, session).await?, &secret);
    let page = AddApp { action: urls::FACTORS_APP, cancel: urls::FACTORS, secret, address, faults };
    Ok(here.page(status, page.render(&here.frame()?)))
}

fn key(session: &Session) -> Key {
    Key::new("totp-new", session.id)
}

fn place(session: &Session) -> Place<'_> {
    Place { table: "totp-new", column: "secret", row: session.id.as_bytes() }
}
