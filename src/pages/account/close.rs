//! The end of an account, at its owner's wish (个人信息保护法 47). What the law wants kept is kept, apart.

use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::credential::factors;
use crate::http::{Failure, cookies, urls};
use crate::pages::factors::gate;
use crate::pages::here::{Here, Posted};
use crate::pages::view::CloseAccount;
use crate::{identity, logout};

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = gate(&here, urls::ACCOUNT_CLOSE).await? {
        return Ok(here.go(&first));
    }
    Ok(here.page(StatusCode::OK, CloseAccount.render(&here.frame()?)))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match gate(&here, urls::ACCOUNT_CLOSE).await? {
        Ok((session, _)) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    if form.get("sure") != Some("on") {
        return Ok(here.go(urls::ACCOUNT_CLOSE));
    }
    let (keys, visit, person) = (here.app.keys.data(), &here.visit, session.person);
    let mut tx = here.app.db.begin().await?;
    logout::end_all(&mut tx, &keys, visit, person, None, "account closed").await?;
    factors::forget(&mut tx, person).await?;
    identity::close_account(&mut tx, &keys, visit, person).await?;
    tx.commit().await?;
    here.app.logout_queued.notify_one();
    let mut response = here.go(urls::SIGNED_OUT);
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_session(&here.app));
    Ok(response)
}
