//! Sign-out, asked for here or by a relying system that could not show whom it meant.

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::here::{Here, Posted};
use super::view::{SignOut, SignedOut};
use crate::http::{Failure, Params, cookies, urls};
use crate::session;

/// What a relying system's request for logout may bring along, to be kept until the person has answered.
const KEPT: [&str; 3] = ["client_id", "post_logout_redirect_uri", "state"];

pub async fn show(here: Here) -> Result<Response, Failure> {
    if here.session.is_none() {
        return Ok(here.go(&back(&here.query)));
    }
    let page = SignOut { kept: kept(&here.query), stay: urls::ACCOUNT.to_owned() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    if let Some(session) = &here.session {
        let mut tx = here.app.db.begin().await?;
        session::end(&mut tx, &here.app.keys.data(), &here.visit, session.id, session.person, "person")
            .await?;
        tx.commit().await?;
    }
    let mut response = here.go(&back(&form));
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_session(&here.app));
    Ok(response)
}

pub async fn done(here: Here) -> Result<Response, Failure> {
    Ok(here.page(StatusCode::OK, SignedOut.render(&here.frame()?)))
}

/// Back to the relying system by the logout endpoint, which checks the address; else to our own page.
fn back(params: &Params) -> String {
    let kept = kept(params);
    if !kept.iter().any(|(name, _)| name == "post_logout_redirect_uri") {
        return urls::SIGNED_OUT.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    format!("{}?{query}", urls::END_SESSION)
}

fn kept(params: &Params) -> Vec<(String, String)> {
    KEPT.iter().filter_map(|name| Some(((*name).to_owned(), params.get(name)?.to_owned()))).collect()
}
