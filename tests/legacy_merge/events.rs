//! What relying systems are told of the accounts of their own source.

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::duties::Courier;
use yihao::legacy::{self, Shown, undo};
use yihao::logout;

use super::{Old, population};
use crate::support::listener::Listener;
use crate::support::{Browser, House, claims_of, verified, verified_event};

async fn deliver(house: &House) {
    Courier::new(house.app.clone()).deliver_due().await.expect("storage answers");
}

#[tokio::test]
async fn a_client_that_knows_the_account_hears_of_its_own_sources_links() {
    let listener = Listener::start().await;
    let house = House::open_with(|config| {
        config.registers.source = "extract".to_owned();
        config.outbound.allow = vec![listener.origin.clone()];
    })
    .await;
    let (person, stranger) = (house.person_at(TrustLevel::Matched).await, house.person().await);
    population(
        &house,
        &[(&person.number, &person.name, "", "0"), (&stranger.number, &stranger.name, "", "0")],
    )
    .await;
    let own = house.relying_party(json!({ "security_events_uri": listener.events_uri() })).await;
    let other = house.relying_party(json!({ "security_events_uri": listener.events_uri() })).await;
    let si = Old::system(&house, "si", Some(&own.id)).await;
    let old = si.person("0000000007", &person.number, &person.name).await;
    let unknown = si.person("0000000008", &stranger.number, &stranger.name).await;
    si.matches().await;
    si.merges().await.unwrap();
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = own.tokens(&mut browser, "openid").await;
    other.tokens(&mut browser, "openid").await;
    // A link that sleeps is told to nobody.
    deliver(&house).await;
    assert!(listener.heard().is_empty());
    let keys = house.app.keys.data();
    for account in [old, unknown] {
        let link = si.link(account).await.id;
        let mut tx = house.app.db.begin().await.unwrap();
        assert!(legacy::wake(&mut tx, &keys, &house.visit(), link, Shown::Password).await.unwrap());
        tx.commit().await.unwrap();
    }
    deliver(&house).await;
    // Only the source's own client, and only of whom it knows.
    let heard = listener.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(jsonwebtoken::decode_header(&heard[0]).unwrap().typ.as_deref(), Some("secevent+jwt"));
    let claims = verified_event(&house, &heard[0], &own.id).await.expect("a good event");
    assert!(verified(&house, &heard[0], &own.id).await.is_err(), "nobody takes it for an ID token");
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!(own.id), &json!(house.app.config.issuer())));
    let sub = claims_of(tokens.text("id_token"))["sub"].clone();
    assert_eq!(claims["sub_id"], json!({ "format": "iss_sub", "iss": claims["iss"], "sub": sub }));
    assert_eq!(claims["events"], json!({ "urn:yihao:event:legacy-account-linked": {} }));
    assert!(claims.get("sub").is_none() && claims.get("exp").is_none());
    assert!(!claims.to_string().contains("0000000007"));
    // Let go, it hears that too.
    let mut tx = house.app.db.begin().await.unwrap();
    undo::account(&mut tx, &keys, &house.visit(), old).await.unwrap();
    tx.commit().await.unwrap();
    deliver(&house).await;
    let heard = listener.heard();
    let claims = verified_event(&house, &heard[1], &own.id).await.expect("a good event");
    assert_eq!(claims["events"], json!({ "urn:yihao:event:legacy-account-unlinked": {} }));
    let deliveries = logout::list(&mut &house.app.db, None, uuid::Uuid::max()).await.unwrap();
    assert!(deliveries.len() == 2 && deliveries.iter().all(|one| one.state == logout::State::Delivered));
}
