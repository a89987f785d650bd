//! Whatever ends a turn ends all of it.

use std::time::Duration;

use yihao::duties;

use super::{Kiosk, allow, signs_in};
use crate::support::{Browser, House};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn nobody_is_there_any_more() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &person).await;
    let tokens = signs_in(&house, &kiosk, &mut phone).await;
    let token = tokens.text("access_token");
    // Each use says that the person is there.
    for _ in 0..3 {
        house.pass(45 * SECOND);
        assert_eq!(duties::end_idle(&house.app).await.unwrap(), 0);
        kiosk.userinfo(token).await.good();
    }
    house.pass(59 * SECOND);
    assert_eq!(duties::end_idle(&house.app).await.unwrap(), 0);
    // To ask whether it goes on is not a use.
    assert_eq!(kiosk.device.party.introspect(token).await.good()["active"], true);
    house.pass(SECOND);
    assert_eq!(duties::end_idle(&house.app).await.unwrap(), 1);
    assert_eq!(kiosk.userinfo(token).await.status, 401);
    assert_eq!(kiosk.device.party.introspect(token).await.good()["active"], false);
    // The phone's own session goes on.
    phone.open("/account").await.is_at("/account");
}

#[tokio::test]
async fn the_person_leaves() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &person).await;
    let tokens = signs_in(&house, &kiosk, &mut phone).await;
    phone.open("/account/sessions").await.sees("自助终端");
    assert_eq!(kiosk.device.party.revoke(tokens.text("access_token")).await.status, 200);
    assert_eq!(kiosk.userinfo(tokens.text("access_token")).await.status, 401);
    assert!(!phone.open("/account/sessions").await.text("#sessions").contains("自助终端"));
}

#[tokio::test]
async fn a_suspended_machine() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &person).await;
    let tokens = signs_in(&house, &kiosk, &mut phone).await;
    let shown = kiosk.device.asks("openid").await;
    phone.open(&kiosk.qr(&house, &shown)).await;
    allow(&mut phone, &shown).await.is_at("/device/done");
    assert_eq!(house.suspend(kiosk.id).await, Some(1));
    // What was issued is over, what was allowed is not given, and nothing new begins.
    assert_eq!(kiosk.userinfo(tokens.text("access_token")).await.status, 401);
    assert_eq!(kiosk.device.waits_and_polls(&house, &shown).await.refusal(), (401, "invalid_client"));
    let asked = kiosk.device.party.post("/device_authorization", &[("scope", "openid")]).await;
    assert_eq!(asked.refusal(), (401, "invalid_client"));
    assert!(!phone.open("/account/sessions").await.text("#sessions").contains("自助终端"));
}

#[tokio::test]
async fn a_scanned_session_changes_nothing_of_the_account() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &person).await;
    signs_in(&house, &kiosk, &mut phone).await;
    let found = yihao::session::list(&mut &house.app.db, &house.visit(), person.id, &house.app.config).await;
    let own = found.unwrap().into_iter().find(|own| own.channel == yihao::base::Channel::Kiosk).unwrap();
    let mut taken_over = Browser::with_session(&house, own.id);
    for address in ["/account/factors/password", "/account/close"] {
        let page = taken_over.open(address).await;
        assert_eq!(page.code().as_deref(), Some("not_in_this_session"), "{address}");
    }
}
