//! What a program gets back, and how an independent reader looks at tokens.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{Node, http};

/// An answer of an endpoint; indexes like its JSON, which is null where there is none.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let json =
            serde_json::from_slice(&response.bytes().await.expect("a whole answer")).unwrap_or_default();
        Self { status, headers, json }
    }

    /// Status and `error`: how a refusal is compared.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.json["error"].as_str().unwrap_or_default())
    }

    /// The text of a member that must be there.
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_else(|| panic!("{name} in {} {}", self.status, self.json))
    }

    #[track_caller]
    pub fn good(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.json);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl std::ops::Index<&str> for Answer {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.json[name]
    }
}

/// The claims of a JWT as they stand in it, unverified.
#[track_caller]
pub fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&yihao::crypto::from_base64url(part).expect("base64url")).expect("JSON")
}

/// The claims of a JWT after `jsonwebtoken` has verified it by the published key set, and its `alg`.
pub async fn verified(node: &Node, token: &str, audience: &str) -> Result<(Value, String), String> {
    signed(node, token, audience, &["exp", "iss", "aud", "sub"]).await
}

/// The same of a Security Event Token (RFC 8417), which has neither `exp` nor `sub`.
pub async fn verified_event(node: &Node, token: &str, audience: &str) -> Result<Value, String> {
    Ok(signed(node, token, audience, &["iss", "aud"]).await?.0)
}

async fn signed(
    node: &Node,
    token: &str,
    audience: &str,
    needed: &[&str],
) -> Result<(Value, String), String> {
    let keys: JwkSet =
        serde_json::from_value(Answer::of(http().get(node.at("/jwks"))).await.json).expect("a key set");
    let header = jsonwebtoken::decode_header(token).map_err(|e| e.to_string())?;
    let kid = header.kid.as_deref().ok_or("no kid")?;
    let jwk = keys.find(kid).ok_or("the key is not published")?;
    let algorithm = format!("{:?}", header.alg);
    if jwk.common.key_algorithm.map(|alg| format!("{alg:?}")).as_ref() != Some(&algorithm) {
        return Err("the key is for another algorithm".to_owned());
    }
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[node.app.config.issuer()]);
    validation.set_required_spec_claims(needed);
    validation.validate_exp = needed.contains(&"exp");
    let key = DecodingKey::from_jwk(jwk).map_err(|e| e.to_string())?;
    let read = jsonwebtoken::decode::<Value>(token, &key, &validation).map_err(|e| e.to_string())?;
    Ok((read.claims, algorithm))
}
