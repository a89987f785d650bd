//! Questions with one right answer each, asked before any load, so that a
//! server cannot win by leaving the work out.

use anyhow::{Result, ensure};

use crate::op::{Attempt, Provider, Vu, tokens};
use crate::scenario::Scenario;

pub struct Finding {
    pub what: &'static str,
    /// `None` where the server lacks the function.
    pub passed: Option<bool>,
    pub detail: String,
}

/// Asks everything the profile allows.
pub async fn all(provider: &Provider) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |what, scenario: Scenario, result: Result<()>| {
        findings.push(match scenario.lacking(provider) {
            Some(reason) => Finding { what, passed: None, detail: reason },
            None => Finding {
                what,
                passed: Some(result.is_ok()),
                detail: result.err().map(|e| format!("{e:#}")).unwrap_or_default(),
            },
        });
    };
    use Scenario::*;
    add("sign-in gives a valid ID token", SignIn, signs_in(provider).await);
    add("single sign-on gives a valid ID token", Sso, single_sign_on(provider).await);
    add("a code works only once", Sso, code_once(provider).await);
    add("a wrong PKCE verifier is refused", Sso, wrong_verifier(provider).await);
    add("a wrong client secret is refused", ClientCredentials, wrong_secret(provider).await);
    add("a refresh token is rotated", Refresh, rotates(provider).await);
    add("userinfo refuses a made-up token", Userinfo, made_up_token(provider).await);
    add("introspection knows live from made up", Introspection, introspects(provider).await);
    add("device polling says pending", Device, device(provider).await);
    // Last: some servers slow a client down after a failed attempt.
    add("a wrong password gives no code", SignIn, wrong_password(provider).await);
    findings
}

async fn signed_in(provider: &Provider) -> Result<(Vu, Attempt)> {
    let mut vu = provider.vu(0)?;
    let client = &provider.profile.client;
    let scope = client.refresh_scope.as_ref().unwrap_or(&client.scope);
    let attempt = provider.log_in(&mut vu, &provider.profile.sign_in, scope).await?;
    Ok((vu, attempt))
}

async fn sso_code(provider: &Provider) -> Result<(Vu, Attempt, String)> {
    let (mut vu, _) = signed_in(provider).await?;
    let attempt = Attempt::new();
    let profile = &provider.profile;
    let code = provider.authorize(&mut vu, &profile.sso, &attempt, "", &profile.client.scope).await?;
    Ok((vu, attempt, code))
}

async fn signs_in(provider: &Provider) -> Result<()> {
    let (vu, attempt) = signed_in(provider).await?;
    provider.verify_id_token(&vu.tokens.id, Some(&attempt.nonce)).map(drop)
}

async fn single_sign_on(provider: &Provider) -> Result<()> {
    let (mut vu, first) = signed_in(provider).await?;
    let before = provider.verify_id_token(&vu.tokens.id, Some(&first.nonce))?;
    let profile = &provider.profile;
    let second = provider.log_in(&mut vu, &profile.sso, &profile.client.scope).await?;
    let after = provider.verify_id_token(&vu.tokens.id, Some(&second.nonce))?;
    ensure!(before["sub"] == after["sub"], "another subject");
    Ok(())
}

async fn code_once(provider: &Provider) -> Result<()> {
    let (mut vu, attempt, code) = sso_code(provider).await?;
    tokens(&provider.redeem(&mut vu, &code, &attempt.verifier).await?)?;
    let again = provider.redeem(&mut vu, &code, &attempt.verifier).await?;
    ensure!(again.status.is_client_error(), "answered {}", again.status);
    Ok(())
}

async fn wrong_verifier(provider: &Provider) -> Result<()> {
    let (mut vu, _, code) = sso_code(provider).await?;
    let reply = provider.redeem(&mut vu, &code, &Attempt::new().verifier).await?;
    ensure!(reply.status.is_client_error(), "answered {}", reply.status);
    Ok(())
}

async fn wrong_secret(provider: &Provider) -> Result<()> {
    let mut vu = provider.vu(0)?;
    let mut client = provider.profile.service_client().clone();
    tokens(&provider.client_credentials(&mut vu, &client).await?)?;
    client.secret = client.secret.chars().rev().collect();
    let reply = provider.client_credentials(&mut vu, &client).await?;
    ensure!(reply.status.is_client_error(), "answered {}", reply.status);
    Ok(())
}

async fn rotates(provider: &Provider) -> Result<()> {
    let (mut vu, _) = signed_in(provider).await?;
    let old = vu.tokens.refresh.clone();
    let new = tokens(&provider.refresh(&mut vu, &old).await?)?;
    ensure!(!new.refresh.is_empty() && new.refresh != old, "the same token came back");
    Ok(())
}

async fn made_up_token(provider: &Provider) -> Result<()> {
    let (mut vu, _) = signed_in(provider).await?;
    let live = vu.tokens.access.clone();
    let claims = provider.userinfo(&mut vu, &live).await?.ok_json()?;
    ensure!(claims["sub"].is_string(), "no sub for a live token");
    let reply = provider.userinfo(&mut vu, &made_up(&live)).await?;
    ensure!(reply.status.is_client_error(), "answered {}", reply.status);
    Ok(())
}

async fn introspects(provider: &Provider) -> Result<()> {
    let (mut vu, _) = signed_in(provider).await?;
    let live = vu.tokens.access.clone();
    ensure!(provider.introspect(&mut vu, &live).await?["active"] == true, "live is not active");
    // Some servers answer a token they cannot read with an error instead.
    let answer = provider.introspect(&mut vu, &made_up(&live)).await;
    ensure!(answer.is_err() || answer?["active"] == false, "made up is active");
    Ok(())
}

/// The token with another character in its last third.
fn made_up(token: &str) -> String {
    let at = token.len() * 5 / 6;
    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

async fn device(provider: &Provider) -> Result<()> {
    provider.device(&mut provider.vu(0)?).await
}

async fn wrong_password(provider: &Provider) -> Result<()> {
    let mut vu = provider.vu(0)?;
    let profile = &provider.profile;
    let outcome =
        provider.authorize(&mut vu, &profile.sign_in, &Attempt::new(), "not-it", &profile.client.scope).await;
    ensure!(outcome.is_err(), "a code was given");
    // A good sign-in afterwards clears the failure where servers count them.
    signed_in(provider).await.map(drop)
}
