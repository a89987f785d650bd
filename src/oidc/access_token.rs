//! Access tokens: signed JWTs (RFC 9068), so that a resource server can read them alone, which name their
//! grant, so that here a revocation is always seen.

use std::sync::Arc;

use super::OAuthError;
use crate::app::App;
use crate::base::{Channel, Scopes, Visit};
use crate::client::Client;
use crate::crypto::{Algorithm, Unopenable, jws, sha256};
use crate::grant::{AccessClaims, ActingClaims, Confirmation, Grant};

/// A token for a person's grant.
pub fn of_grant(app: &App, visit: &Visit, grant: &Grant) -> Result<String, Unopenable> {
    let claims = claims(app, visit, &grant.sub, &grant.client, grant.scopes, grant.channel);
    let life = app.config.access_life(grant.channel);
    sign(
        app,
        &AccessClaims {
            exp: grant.at_most(visit.now.plus(life)).seconds(),
            grant: Some(grant.id),
            trust_level: Some(grant.trust),
            acr: Some(grant.aal.acr().to_owned()),
            auth_time: Some(grant.authenticated_at.seconds()),
            cnf: grant.jkt.clone().map(|jkt| Confirmation { jkt }),
            acting: ActingClaims::of(grant),
            ..claims
        },
    )
}

/// A client's own token (RFC 9068 section 2.2: `sub` is the client), bound to the key of `jkt`.
pub fn of_client(
    app: &App,
    visit: &Visit,
    client: &Client,
    scopes: Scopes,
    jkt: Option<String>,
) -> Result<String, Unopenable> {
    let claims = claims(app, visit, &client.id, &client.id, scopes, Channel::System);
    sign(app, &AccessClaims { cnf: jkt.map(|jkt| Confirmation { jkt }), ..claims })
}

fn claims(
    app: &App,
    visit: &Visit,
    sub: &str,
    client: &str,
    scope: Scopes,
    channel: Channel,
) -> AccessClaims {
    let life = app.config.access_life(channel);
    AccessClaims {
        iss: app.config.issuer().to_owned(),
        sub: sub.to_owned(),
        aud: app.config.issuer().to_owned(),
        client_id: client.to_owned(),
        scope,
        iat: visit.now.seconds(),
        exp: visit.now.plus(life).seconds(),
        jti: visit.chance.id(),
        channel,
        grant: None,
        trust_level: None,
        acr: None,
        auth_time: None,
        cnf: None,
        acting: ActingClaims::default(),
    }
}

fn sign(app: &App, claims: &AccessClaims) -> Result<String, Unopenable> {
    jws::sign(app.keys.signing().active(Algorithm::ES256)?, "at+jwt", claims)
}

/// The claims of a token of ours that has not expired; its grant may still be revoked.
pub fn verify(app: &App, visit: &Visit, token: &str) -> Result<Arc<AccessClaims>, OAuthError> {
    let digest = sha256(token.as_bytes());
    let known = app.verified_tokens.get(&digest);
    let claims = match known {
        Some(claims) => claims,
        None => {
            let claims = Arc::new(read(app, token).ok_or_else(OAuthError::invalid_token)?);
            app.verified_tokens.insert(digest, claims.clone());
            claims
        }
    };
    if claims.exp <= visit.now.seconds() {
        return Err(OAuthError::invalid_token());
    }
    Ok(claims)
}

fn read(app: &App, token: &str) -> Option<AccessClaims> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    // An ID token has another `typ`: one is never taken for the other (RFC 9068 section 4).
    if header.typ.as_deref() != Some("at+jwt") {
        return None;
    }
    let ring = app.keys.signing();
    let (algorithm, key) = ring.public().decoding(header.kid.as_deref()?)?;
    let mut validation = jsonwebtoken::Validation::new(algorithm.jsonwebtoken());
    validation.set_issuer(&[app.config.issuer()]);
    validation.set_audience(&[app.config.issuer()]);
    // Against the visit's moment, by the caller.
    validation.validate_exp = false;
    Some(jsonwebtoken::decode::<AccessClaims>(token, key, &validation).ok()?.claims)
}
