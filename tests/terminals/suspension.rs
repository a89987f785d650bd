//! One step ends a terminal, and with it everything that was begun there.

use serde_json::json;
use yihao::base::{Channel, Device, Visit};
use yihao::credential::Proof;
use yihao::duties::Courier;
use yihao::session::{self, SignIn};
use yihao::terminal::Kind;

use crate::support::listener::Listener;
use crate::support::machine::with_pages;
use crate::support::{Browser, House};

#[tokio::test]
async fn sessions_and_tokens_end_and_relying_systems_hear_of_it() {
    let listener = Listener::start().await;
    let allowed = vec![listener.origin.clone()];
    let house = House::open_with(|config| {
        config.outbound.allow = allowed;
        with_pages(config);
    })
    .await;
    let person = house.person().await;
    let (kiosk, id) = house.machine(Kind::Kiosk, json!({ "backchannel_logout_uri": listener.uri() })).await;
    let (other, _) = house.machine(Kind::Kiosk, json!({})).await;

    // A session that was begun at the terminal, and one of the person's own at home.
    let here = Visit { channel: Channel::Kiosk, terminal: Some(id), ..house.visit() };
    let mut tx = house.app.db.begin().await.unwrap();
    let (proofs, device) = (&[Proof::Password], Device::default());
    let sign_in = SignIn { person: person.id, browser: None, proofs, device, lent_by: None };
    let keys = house.app.keys.data();
    let begun = session::start(&mut tx, &keys, &here, sign_in, &house.app.config).await.unwrap();
    tx.commit().await.unwrap();
    let mut at_kiosk = Browser::with_session(&house, begun);
    let mut at_home = Browser::signed_in(&house, &person).await;
    let of_kiosk = kiosk.tokens(&mut at_kiosk, "openid").await;
    // Whatever was given to the machine ends, also what rests on a session elsewhere and was to outlive it.
    let lasting = kiosk.tokens(&mut at_home, "openid offline_access").await;
    let elsewhere = other.tokens(&mut at_home, "openid").await;
    let library = house.relying_party(json!({ "resource_server": true })).await;
    assert_eq!(library.introspect(of_kiosk.text("access_token")).await.good()["active"], true);

    assert_eq!(house.suspend(id).await, Some(1));
    assert_eq!(house.suspend(id).await, None, "once");
    Courier::new(house.app.clone()).deliver_due().await.unwrap();
    assert_eq!(listener.heard().len(), 1);
    for tokens in [&of_kiosk, &lasting] {
        let known = library.introspect(tokens.text("access_token")).await.good();
        assert_eq!(known["active"], false);
        let refreshed = kiosk.refresh(tokens.text("refresh_token")).await;
        assert_eq!(refreshed.refusal(), (401, "invalid_client"));
        assert!(refreshed.text("error_description").contains("suspended"));
    }
    let goes_on = other.introspect(elsewhere.text("access_token")).await.good();
    assert_eq!(goes_on["active"], true);
    at_kiosk.open("/account").await.is_at("/sign-in");
    at_home.open("/account").await.is_at("/account");
}
