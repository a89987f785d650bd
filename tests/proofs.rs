//! Proofs of who somebody is that come from elsewhere, and how people are led to them.

pub mod certificate;
mod face;
mod national;
mod network;

use serde_json::json;
use yihao::base::TrustLevel;

use crate::support::{Browser, House};

/// A level is explained where it is asked for.
#[tokio::test]
async fn who_is_below_the_level_learns_why_and_what_would_raise_it() {
    let house = House::open_with(|config| config.server.counter_hours = Some("9:00–17:00".to_owned())).await;
    let person = house.person_at(TrustLevel::Matched).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.header("accept-language", "en");
    let demanding = house.relying_party(json!({ "min_trust": 4 })).await;
    let page = browser.open(&demanding.attempt("openid").url()).await;
    page.is_at("/raise").sees("Level 4: You and your document have been matched");
    page.sees("Level 3: Name and number agree with the register").sees("Entered by an official on");
    // Nothing is configured: the counter is always there.
    page.sees("9:00–17:00").sees_not("Check my face");
    let page = browser.submit("#raise-leave", &[]).await;
    assert_eq!(page.error(), "unmet_authentication_requirements");
    let silent = demanding.attempt("openid").with("prompt", "none");
    assert_eq!(browser.open(&silent.url()).await.error(), "interaction_required");
    // The same at home, where nobody waits.
    browser.open("/account").await.sees("Level 3: Name and number agree with the register");
    let page = browser.open_link_to("/raise").await;
    page.is_at("/raise").sees("You can reach");
    assert!(!page.has("#raise-leave"));
}
