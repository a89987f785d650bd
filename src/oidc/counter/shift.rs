//! Shifts: asked for by the window, begun by the clerk in its browser, taken up by the window.

use axum::response::Response;
use serde_json::json;

use super::{AtWindow, answer, phone};
use crate::http::urls;
use crate::oidc::OAuthError;
use crate::oidc::token::required;
use crate::operator::ceremony::{self, Asked, Begun};
use crate::operator::counter;

/// Asks for a shift: answers with the address at which the clerk signs in.
pub async fn ask(window: AtWindow) -> Result<Response, OAuthError> {
    let back = window.back().await?;
    let asked = Asked { terminal: window.terminal.id, place: window.terminal.place.clone(), back };
    let id = ceremony::keep(&window.app.transient, &window.app.chance, &asked).await?;
    let sign_in_uri = format!("{}{}?ask={id}", window.app.config.issuer(), urls::CONSOLE_SHIFT);
    Ok(answer(json!({ "sign_in_uri": sign_in_uri, "expires_in": ceremony::LIFE.as_secs() })))
}

impl AtWindow {
    /// Where the window's browser comes back to: an address that its client has registered.
    pub async fn back(&self) -> Result<String, OAuthError> {
        let redirect_uri = required(&self.params, "redirect_uri")?;
        let client = self.app.client(&self.terminal.client).await?;
        let known = client.is_some_and(|client| {
            client.metadata.redirect_uris.iter().any(|uri| uri.as_str() == redirect_uri)
        });
        if !known {
            return Err(OAuthError::invalid_request("redirect_uri is not registered"));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(state) = self.params.get("state") {
            query.append_pair("state", state);
        }
        let (query, sign) = (query.finish(), if redirect_uri.contains('?') { '&' } else { '?' });
        Ok(if query.is_empty() { redirect_uri.to_owned() } else { format!("{redirect_uri}{sign}{query}") })
    }
}

/// Takes up the shift that the clerk has begun: the code is good once, at the window it was begun for.
pub async fn begin(window: AtWindow) -> Result<Response, OAuthError> {
    let code = required(&window.params, "code")?;
    let unusable = || OAuthError::invalid_grant("the code is expired, used or not from here");
    let begun: Begun = ceremony::take(&window.app.transient, code).await?.ok_or_else(unusable)?;
    let (keys, policy) = (window.app.keys.data(), &window.app.config.operator);
    let found = counter::find_shift(&mut &window.app.db, &keys, &window.visit, begun.shift, policy).await?;
    let shift = found.ok_or_else(unusable)?;
    Ok(answer(json!({
        "shift": shift.id, "clerk": shift.operator.id, "name": shift.operator.name.reveal(),
        "place": window.terminal.place,
    })))
}

pub async fn end(window: AtWindow) -> Result<Response, OAuthError> {
    let shift = window.shift().await?;
    phone::withdraw(&window.app, &window.visit, shift.id).await?;
    let mut tx = window.app.db.begin().await?;
    counter::end_shift(&mut tx, &window.app.keys.data(), &window.visit, shift.id, "clerk").await?;
    tx.commit().await?;
    Ok(answer(json!({ "ended": true })))
}
