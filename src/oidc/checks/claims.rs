//! `claims` is a JSON object (OpenID Connect Core section 5.5). Claims that we do not have are left out.
//! An essential `acr` or `trust_level` names values that will do: the lowest of them is demanded, since a
//! higher level satisfies a lower. Values none of which we know cannot be met.

use serde_json::{Map, Value};

use super::{Draft, Request};
use crate::base::{AuthenticationLevel, TrustLevel};
use crate::grant::Claim;
use crate::oidc::OAuthError;
use crate::oidc::error::Code;

pub fn check(request: &Request<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(text) = request.params.get("claims") else { return Ok(()) };
    let malformed = || OAuthError::invalid_request("claims must be a JSON object of objects");
    let claims: Map<String, Value> = serde_json::from_str(text).map_err(|_| malformed())?;
    let part = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(part)) => Ok(part.clone()),
        Some(_) => Err(malformed()),
    };
    let (userinfo, id_token) = (part("userinfo")?, part("id_token")?);
    let allowed = super::scope::allowed(request);
    let known = |part: &Map<String, Value>| -> Vec<Claim> {
        Claim::ALL
            .into_iter()
            .filter(|claim| part.contains_key(claim.as_str()) && allowed.contains(claim.scope()))
            .collect()
    };
    draft.claims.userinfo = known(&userinfo);
    draft.claims.id_token = known(&id_token).into_iter().filter(|claim| claim.may_travel()).collect();
    draft.min_aal = demanded(id_token.get("acr"), |v| AuthenticationLevel::from_acr(v.as_str()?))?;
    draft.min_trust = demanded(id_token.get("trust_level"), |v| {
        TrustLevel::try_from(u8::try_from(v.as_u64()?).ok()?).ok()
    })?;
    Ok(())
}

fn demanded<L: Ord>(claim: Option<&Value>, level: fn(&Value) -> Option<L>) -> Result<Option<L>, OAuthError> {
    let Some(claim) = claim else { return Ok(None) };
    if claim.get("essential").and_then(Value::as_bool) != Some(true) {
        return Ok(None);
    }
    let values: Vec<&Value> = match (claim.get("values"), claim.get("value")) {
        (Some(Value::Array(values)), _) => values.iter().collect(),
        (_, Some(value)) => vec![value],
        // Essential without a value: any level will do, and there always is one.
        _ => return Ok(None),
    };
    match values.into_iter().filter_map(level).min() {
        Some(lowest) => Ok(Some(lowest)),
        None => Err(OAuthError::new(
            Code::UnmetAuthenticationRequirements,
            "none of the demanded values is a level of this server",
        )),
    }
}
