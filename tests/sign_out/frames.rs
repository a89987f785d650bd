//! Front-channel logout in a real browser: the policy lets the frames in, and the person goes on by itself.

use serde_json::json;

use crate::support::House;
use crate::support::claims_of;
use crate::support::listener::Listener;
use crate::support::soon;
use crate::support::webdriver::{Chromium, Settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_without_script_tells_the_relying_system_and_goes_back_to_it() {
    let system = Listener::start().await;
    let house = House::open().await;
    let person = house.person().await;
    let back = format!("{}/bye", system.origin);
    let party = house
        .relying_party(json!({
            "redirect_uris": [format!("{}/cb", system.origin)],
            "frontchannel_logout_uri": format!("{}/out", system.origin),
            "post_logout_redirect_uris": [&back],
        }))
        .await;
    let browser = Chromium::open(Settings { script: false, window: (390, 844) }).await;
    let attempt = party.attempt("openid");
    browser.go(&attempt.url()).await;
    browser.type_into("#identifier", &person.number).await;
    browser.type_into("#password", &person.password).await;
    browser.click("form#sign-in .actions button").await;
    browser.arrive(&format!("{}/cb?", system.origin)).await;
    let answer: url::Url = browser.url().await.parse().expect("a URL");
    let code = answer.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let tokens = party.redeem(&code, &attempt).await.good();

    // Asked for without a hint, so there is a page; its form leads to the page with the frame.
    browser
        .go(&house.at(&format!("/end-session?client_id={}&post_logout_redirect_uri={back}", party.id)))
        .await;
    browser.see("#sign-out #service").await;
    browser.picture("sign-out").await;
    browser.click("#everywhere").await;
    browser.see("#back").await;
    browser.picture("signed-out").await;
    let sid = claims_of(tokens.text("id_token"))["sid"].as_str().expect("a sid").to_owned();
    soon("the frame", || system.opened().iter().any(|a| a.starts_with("/out?iss=") && a.ends_with(&sid)))
        .await;
    browser.arrive(&back).await;
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
}
