//! Acting for another: who may, how they choose it, what the relying system learns of it, and how it ends.

mod capacity;
mod life;
mod licence;
mod persons;
mod refusals;
mod representative;

use serde_json::Value;
use yihao::base::AuthenticationLevel;

use crate::support::{Browser, House, Page, Person, RelyingParty, claims_of};

/// A scope that lets the person choose as whom they act.
const SCOPE: &str = "openid profile official_number organization";
/// A day on which no test runs any more.
const UNTIL: &str = "2099-12-31";

/// A browser in which `person` has just shown two factors, as changes of mandates want it.
async fn proven(house: &House, person: &Person) -> Browser {
    Browser::signed_in_at(house, person, AuthenticationLevel::TwoFactors).await
}

/// Invites `to` as a handler on the organization's page, as `grantor`.
async fn invite(
    grantor: &mut Browser,
    organization: uuid::Uuid,
    to: &Person,
    fields: &[(&str, &str)],
) -> Page {
    grantor.open(&format!("/account/organizations/{organization}/grant")).await;
    let mut all = vec![("name", to.name.as_str()), ("number", to.number.as_str()), ("until", UNTIL)];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend(fields);
    grantor.submit("#mandate", &all).await
}

/// Says yes to the only invitation there is.
async fn accept(handler: &mut Browser) -> Page {
    let page = handler.open("/account/organizations").await;
    let form = page.first_id("form[id^=invitation-]").expect("an invitation");
    handler.submit(&format!("#{form}"), &[("decision", "allow")]).await
}

/// A person who has been made a handler of the organization, in a browser where they are signed in.
async fn handler_of(house: &House, representative: &Person, organization: uuid::Uuid) -> (Person, Browser) {
    let handler = house.person().await;
    let mut grantor = proven(house, representative).await;
    invite(&mut grantor, organization, &handler, &[("role", "handler")]).await.sees("等待对方确认");
    let mut browser = proven(house, &handler).await;
    accept(&mut browser).await.is_at("/account/organizations");
    (handler, browser)
}

/// Signs in at `party` for the only organization there is to choose; the tokens.
async fn sign_in_for(browser: &mut Browser, party: &RelyingParty, scope: &str) -> Value {
    let attempt = party.attempt(scope);
    let page = browser.open(&attempt.url()).await;
    page.is_at("/capacity");
    let choice = page.attribute("#capacity input[name=capacity]:not([value=self])", "value");
    let page = browser.submit("#capacity", &[("capacity", &choice.expect("somebody to act for"))]).await;
    party.redeem(&page.authorization_code(), &attempt).await.good().json
}

fn id_claims(tokens: &Value) -> Value {
    claims_of(tokens["id_token"].as_str().expect("an ID token"))
}
