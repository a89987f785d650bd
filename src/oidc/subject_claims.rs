//! What a relying system learns of the subject: the claims its scopes and single requests cover.

use serde_json::{Map, Value, json};

use super::OAuthError;
use crate::app::App;
use crate::base::TrustLevel;
use crate::grant::{Acting, Claim, Grant};
use crate::identity::{self, Organization, Person};
use crate::legacy;
use crate::mandate::{Party, Role};

/// For userinfo, and for introspection by `asking`: everything that was allowed.
pub async fn for_userinfo(app: &App, grant: &Grant, asking: &str) -> Result<Map<String, Value>, OAuthError> {
    let claims: Vec<Claim> =
        Claim::of_scopes(grant.scopes).chain(grant.claims.userinfo.iter().copied()).collect();
    let legacy = claims.contains(&Claim::LegacyAccounts);
    let mut told = of(app, grant, claims).await?;
    if legacy {
        told.insert(
            Claim::LegacyAccounts.as_str().to_owned(),
            json!(old_accounts(app, grant, asking).await?),
        );
    }
    Ok(told)
}

/// The accounts that the subject had in the sources of who asks: a relying system learns its own user ids only.
async fn old_accounts(
    app: &App,
    grant: &Grant,
    asking: &str,
) -> Result<Vec<legacy::LegacyAccount>, legacy::Error> {
    let (account, proven) = match &grant.acting {
        None => (grant.person, false),
        // The one whom the register names, proven to be that one, owns the organization's accounts.
        Some(Acting { mandate, .. }) => {
            let owns = mandate.role == Role::LegalRepresentative && grant.trust >= TrustLevel::Proven;
            (mandate.grantor, owns)
        }
    };
    legacy::legacy_accounts(&mut &app.db, &app.keys.data(), account, asking, proven).await
}

/// For an ID token: only what was asked for there by name (OpenID Connect Core section 5.4).
pub async fn for_id_token(app: &App, grant: &Grant) -> Result<Map<String, Value>, identity::Error> {
    of(app, grant, grant.claims.id_token.clone()).await
}

/// All claims are the subject's, whoever acts for it: of a represented person only who it is, since how to
/// reach them is not the other's to give away.
async fn of(app: &App, grant: &Grant, claims: Vec<Claim>) -> Result<Map<String, Value>, identity::Error> {
    if claims.is_empty() {
        return Ok(Map::new());
    }
    let (mut read, keys) = (&app.db, app.keys.data());
    let value: Box<dyn Fn(Claim) -> Option<Value> + Send> = match grant
        .acting
        .as_ref()
        .map(|acting| (acting.mandate.grantor_kind, acting.mandate.grantor))
    {
        None => match identity::load(&mut read, &keys, grant.person).await? {
            Some(person) => Box::new(move |claim| of_person(&person, claim)),
            None => return Ok(Map::new()),
        },
        Some((Party::Person, represented)) => match identity::load(&mut read, &keys, represented).await? {
            Some(person) => Box::new(move |claim| of_represented(&person, claim)),
            None => return Ok(Map::new()),
        },
        Some((Party::Organization, id)) => match identity::load_organization(&mut read, &keys, id).await? {
            Some(organization) => Box::new(move |claim| of_organization(&organization, claim)),
            None => return Ok(Map::new()),
        },
    };
    Ok(claims
        .into_iter()
        .filter_map(|claim| value(claim).map(|value| (claim.as_str().to_owned(), value)))
        .collect())
}

fn of_person(person: &Person, claim: Claim) -> Option<Value> {
    // Of who is known by network identity alone neither is known, and the network number is between them and us.
    match claim {
        Claim::OfficialNumber | Claim::OfficialNumberKind if !person.has_number_to_tell() => return None,
        Claim::Name if person.is_untold() => return None,
        _ => {}
    }
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
        Claim::CreditCode | Claim::OrganizationName | Claim::LegacyAccounts => return None,
    })
}

fn of_represented(person: &Person, claim: Claim) -> Option<Value> {
    let who_it_is =
        matches!(claim, Claim::Name | Claim::UpdatedAt | Claim::OfficialNumber | Claim::OfficialNumberKind);
    if who_it_is { of_person(person, claim) } else { None }
}

fn of_organization(organization: &Organization, claim: Claim) -> Option<Value> {
    Some(match claim {
        Claim::Name | Claim::OrganizationName => json!(organization.name.as_str()),
        Claim::OfficialNumber | Claim::CreditCode => json!(organization.code.as_str()),
        Claim::OfficialNumberKind => json!("credit-code"),
        Claim::UpdatedAt => json!(organization.checked_at.seconds()),
        Claim::PhoneNumber
        | Claim::PhoneNumberVerified
        | Claim::Email
        | Claim::EmailVerified
        | Claim::Address
        | Claim::LegacyAccounts => return None,
    })
}
