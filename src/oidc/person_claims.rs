//! What a relying system learns of a person: the claims its scopes and single requests cover.

use serde_json::{Map, Value, json};

use crate::app::App;
use crate::grant::{Claim, Grant};
use crate::identity::{self, Person};

/// For userinfo: everything that was allowed.
pub async fn for_userinfo(app: &App, grant: &Grant) -> Result<Map<String, Value>, identity::Error> {
    let claims = Claim::of_scopes(grant.scopes).chain(grant.claims.userinfo.iter().copied()).collect();
    of(app, grant, claims).await
}

/// For an ID token: only what was asked for there by name (OpenID Connect Core section 5.4).
pub async fn for_id_token(app: &App, grant: &Grant) -> Result<Map<String, Value>, identity::Error> {
    of(app, grant, grant.claims.id_token.clone()).await
}

async fn of(app: &App, grant: &Grant, claims: Vec<Claim>) -> Result<Map<String, Value>, identity::Error> {
    if claims.is_empty() {
        return Ok(Map::new());
    }
    let person = identity::load(&mut &app.db, &app.keys.data(), grant.person).await?;
    let Some(person) = person else { return Ok(Map::new()) };
    Ok(claims
        .into_iter()
        .filter_map(|claim| value(&person, claim).map(|value| (claim.as_str().to_owned(), value)))
        .collect())
}

fn value(person: &Person, claim: Claim) -> Option<Value> {
    Some(match claim {
        Claim::Name => json!(person.name.as_str()),
        Claim::UpdatedAt => json!(person.updated_at.seconds()),
        Claim::PhoneNumber => json!(person.phone.as_ref()?.as_str()),
        Claim::PhoneNumberVerified => json!(person.phone.is_some()),
        Claim::Email => json!(person.email.as_ref()?.reveal()),
        Claim::EmailVerified => person.email.as_ref().map(|_| json!(person.email_verified))?,
        // OpenID Connect Core section 5.1.1: an object, of which we know the whole as text.
        Claim::Address => json!({ "formatted": person.address.as_ref()?.reveal() }),
        Claim::OfficialNumber => json!(person.number.as_str()),
        Claim::OfficialNumberKind => json!(person.number.kind().as_str()),
    })
}
