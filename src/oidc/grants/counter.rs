//! `urn:yihao:params:oauth:grant-type:counter`: the person's ID card was read at a window and a clerk has looked. The tokens are
//! bound to the window's key, end with the matter, and say who assisted where and for what. No refresh token.

use crate::app::App;
use crate::base::{Scope, Scopes, Visit};
use crate::client::{Client, LegalBasis};
use crate::grant::{self, ClaimsRequest, Grant, How};
use crate::http::Params;
use crate::identity;
use crate::oidc::OAuthError;
use crate::oidc::counter::{OpenMatter, id, over};
use crate::oidc::error::Code;
use crate::oidc::issue::{TokenResponse, issue};
use crate::oidc::token::required;
use crate::operator::counter;
use crate::session;
use crate::terminal;

pub async fn redeem(
    app: &App,
    visit: &Visit,
    client: &Client,
    params: &Params,
    jkt: Option<String>,
) -> Result<TokenResponse, OAuthError> {
    let keys = app.keys.data();
    let mut read = &app.db;
    let named = id(params, "shift")?;
    let OpenMatter { window, shift, matter } =
        OpenMatter::of(app, visit, jkt.as_deref(), id(params, "matter")?).await?;
    if shift.id != named {
        return Err(over());
    }
    let identified = matter.identified.filter(|identified| identified.how == How::Chip);
    let identified =
        identified.ok_or_else(|| OAuthError::invalid_grant("nobody's ID card was read in this matter"))?;
    let assisted = counter::assisted(&shift, &matter, &window, identified.how);
    // The card says who it is, and no more: what needs the person's agreement is agreed to on the phone.
    if client.metadata.legal_basis == LegalBasis::Consent && !client.metadata.first_party {
        return Err(OAuthError::new(Code::ConsentRequired, "the person agrees to this on their phone"));
    }
    // Nothing outlives the matter, and for whom else somebody acts a card does not say.
    let elsewhere = [Scope::OfflineAccess, Scope::Organization, Scope::Represented].into_iter().collect();
    let scopes = Scopes::parse(required(params, "scope")?).and(client.metadata.scope).without(elsewhere);
    if !scopes.contains(Scope::OpenId) {
        return Err(OAuthError::new(Code::InvalidScope, "scope must have openid"));
    }
    let found = session::find(&mut read, &keys, visit, identified.session, &app.config).await?;
    let session = found.ok_or_else(over)?;
    let person = identity::load(&mut read, &keys, identified.person).await?.ok_or_else(over)?;
    if shift.operator.is(&person.number) {
        return Err(crate::operator::Refused::OwnMatter.into());
    }
    let mut tx = app.db.begin().await?;
    if !session::hold(&mut tx, session.id).await? {
        return Err(over());
    }
    if !terminal::hold(&mut tx, window.id).await? {
        return Err(OAuthError::invalid_client("the terminal has been suspended in the meantime"));
    }
    // Who fetches a token is at work with the person: idle time counts from here.
    session::touch(&mut tx, visit, session.id).await?;
    let sub = grant::sub_or_new(&mut tx, visit, person.id, &client.sector()).await?;
    let claims = ClaimsRequest::default();
    let grant = Grant {
        id: visit.id(),
        client: client.id.clone(),
        person: person.id,
        session: session.id,
        sub,
        acting: None,
        assisted: Some(assisted),
        jkt,
        scopes,
        claims: claims.clone(),
        channel: client.metadata.channel,
        aal: session.aal,
        amr: session.amr.clone(),
        authenticated_at: session.authenticated_at,
        generation: 0,
        expires_at: matter.ends_at,
        trust: session.trust,
    };
    if !grant::issue(&mut tx, &keys, visit, &grant, client.metadata.legal_basis).await? {
        return Err(OAuthError::internal(&"a grant of a new id is there already"));
    }
    tx.commit().await?;
    issue(app, visit, client, &grant, None).await
}
