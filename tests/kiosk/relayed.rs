//! Codes that were photographed, passed on, or shown by nobody.

use std::time::Duration;

use serde_json::json;
use yihao::base::AuthenticationLevel;
use yihao::http::urls;

use super::{Kiosk, allow};
use crate::support::machine::Pair;
use crate::support::{Browser, House, claims_of};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn by_phone_at_this_machine_and_bound_to_it() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &person).await;
    let shown = kiosk.device.asks("openid profile").await;
    // The code has stood there for a minute; the picture of it is new.
    house.pass(60 * SECOND);
    let page = phone.open(&kiosk.qr(&house, &shown)).await;
    assert_eq!(page.is_at(urls::DEVICE_CONFIRM).text(".place"), "天河区政务服务中心1号机");
    allow(&mut phone, &shown).await.is_at(urls::DEVICE_DONE);
    let tokens = kiosk.device.waits_and_polls(&house, &shown).await.good();
    assert_eq!((&tokens["token_type"], &tokens["refresh_token"]), (&json!("DPoP"), &json!(null)));
    assert_eq!(tokens["expires_in"], 300);
    let claims = claims_of(tokens.text("access_token"));
    assert_eq!(
        (&claims["channel"], &claims["cnf"]["jkt"]),
        (&json!("kiosk"), &json!(kiosk.proofs.thumbprint()))
    );
    let token = tokens.text("access_token");
    assert_eq!(kiosk.userinfo(token).await.good()["name"], person.name.as_str());
    // Taken out of the machine it opens nothing.
    let party = &kiosk.device.party;
    assert_eq!(party.userinfo(token).await.status, 401);
    let stolen = crate::support::ProofKey::new(&house).proof("GET", "/userinfo", Some(token));
    assert_eq!(party.userinfo_by("DPoP", token, &[stolen]).await.status, 401);
    // And once redeemed it is used.
    assert_eq!(kiosk.device.waits_and_polls(&house, &shown).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_photograph_is_worth_nothing_a_moment_later() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let other = Kiosk::enrolled(&house).await;
    let mut phone =
        Browser::signed_in_at(&house, &house.person().await, AuthenticationLevel::TwoFactors).await;
    let shown = kiosk.device.asks("openid").await;
    let photograph = kiosk.qr(&house, &shown);
    house.pass(41 * SECOND);
    let forged = kiosk.qr_signed(&house, &shown, &Pair::new());
    let elsewhere = other.qr(&house, &shown);
    for (name, address) in [
        ("an old picture", photograph.as_str()),
        ("the code by itself", &shown.address),
        ("signed by nobody we know", &forged),
        ("signed by another terminal", &elsewhere),
    ] {
        let page = phone.open(address).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("user-code-old")), "{name}");
    }
    phone.open(urls::DEVICE).await;
    let page = phone.submit("#device", &[("user_code", &shown.user_code)]).await;
    assert_eq!(page.code().as_deref(), Some("user-code-old"), "typed late");
    // The machine itself still shows it.
    phone.open(&kiosk.qr(&house, &shown)).await.is_at(urls::DEVICE_CONFIRM);
}

#[tokio::test]
async fn a_wrong_number_and_a_second_phone_end_it() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &house.person().await).await;
    let shown = kiosk.device.asks("openid").await;
    let page = phone.open(&kiosk.qr(&house, &shown)).await;
    let mut second = Browser::signed_in(&house, &house.person().await).await;
    assert_eq!(second.open(&kiosk.qr(&house, &shown)).await.status.as_u16(), 409, "it is opened already");
    let wrong = shown.wrong_number(&page);
    phone.submit("#device-confirm", &[("decision", "allow"), ("match", &wrong)]).await;
    assert_eq!(kiosk.device.waits_and_polls(&house, &shown).await.refusal(), (400, "access_denied"));
}
