//! With the chip of an identity card and its PIN, at the machine itself.

use std::time::Duration;

use serde_json::{Value, json};
use yihao::base::Secret;
use yihao::credential::pin;
use yihao::crypto::Algorithm;

use super::Kiosk;
use crate::support::chip::{Reader, signed};
use crate::support::machine::Pair;
use crate::support::{Answer, Auth, House, Person, claims_of};

const GRANT: &str = "urn:yihao:params:oauth:grant-type:chip";
const PIN: &str = "702946";
const SECOND: Duration = Duration::from_secs(1);

async fn house(simulators: bool) -> (House, Reader) {
    let house = House::open_with(|config| config.danger.simulate_proofs = simulators).await;
    let reader = house.reader.clone();
    (house, reader)
}

async fn give_pin(house: &House, person: &Person) {
    let hash = house.app.hasher.hash(Secret::new(PIN)).await.unwrap();
    let mut tx = house.app.db.begin().await.unwrap();
    pin::set(&mut tx, &house.app.keys.data(), &house.visit(), person.id, &hash).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn sign_in(kiosk: &Kiosk, reading: &str, typed: (&str, &str)) -> Answer {
    let params = [("grant_type", GRANT), ("scope", "openid profile"), ("chip", reading), typed];
    kiosk.device.party.post("/token", &params).await
}

#[tokio::test]
async fn who_has_no_phone_signs_in_with_card_and_pin() {
    let (house, reader) = house(false).await;
    let person = house.person_without_phone().await;
    give_pin(&house, &person).await;
    let kiosk = Kiosk::enrolled(&house).await;
    let tokens = sign_in(&kiosk, &reader.reads(kiosk.id, &person), ("pin", PIN)).await.good();
    assert_eq!((&tokens["token_type"], &tokens["refresh_token"]), (&json!("DPoP"), &json!(null)));
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["sc", "pin", "mfa"]), &json!("urn:yihao:aal:2")));
    assert_eq!(claims["channel"], "kiosk");
    assert_eq!(kiosk.userinfo(tokens.text("access_token")).await.good()["name"], person.name.as_str());
    assert_eq!(house.suspend(kiosk.id).await, Some(1), "a session at this terminal");
}

#[tokio::test]
async fn a_wrong_pin_an_unknown_card_and_no_pin_have_one_answer() {
    let (house, reader) = house(false).await;
    let kiosk = Kiosk::enrolled(&house).await;
    let (with, without) = (house.person().await, house.person().await);
    give_pin(&house, &with).await;
    let mut nobody = with.clone();
    nobody.number = crate::support::operator::citizen_id().as_str().to_owned();
    let wrong = sign_in(&kiosk, &reader.reads(kiosk.id, &with), ("pin", "502946")).await;
    assert_eq!(wrong.refusal(), (400, "invalid_grant"));
    for (person, typed) in [(&without, ("pin", PIN)), (&nobody, ("pin", PIN)), (&with, ("code", "123456"))] {
        let answer = sign_in(&kiosk, &reader.reads(kiosk.id, person), typed).await;
        assert_eq!((answer.status, &answer.json), (wrong.status, &wrong.json));
    }
}

#[tokio::test]
async fn six_wrong_ones_and_it_is_blocked_whatever_comes_then() {
    let (house, reader) = house(false).await;
    let kiosk = Kiosk::enrolled(&house).await;
    let person = house.person().await;
    give_pin(&house, &person).await;
    for _ in 0..pin::TRIES {
        let answer = sign_in(&kiosk, &reader.reads(kiosk.id, &person), ("pin", "502946")).await;
        assert_eq!(answer.refusal(), (400, "invalid_grant"));
    }
    house.pass(24 * 3600 * SECOND);
    let answer = sign_in(&kiosk, &reader.reads(kiosk.id, &person), ("pin", PIN)).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant"));
    give_pin(&house, &person).await;
    sign_in(&kiosk, &reader.reads(kiosk.id, &person), ("pin", PIN)).await.good();
}

type Change = fn(&mut Value);

#[tokio::test]
async fn a_reading_is_a_trusted_readers_for_this_terminal_now_and_once() {
    let (house, reader) = house(false).await;
    let kiosk = Kiosk::enrolled(&house).await;
    let person = house.person().await;
    give_pin(&house, &person).await;
    let refused = async |reading: &str, why: &str| {
        assert_eq!(sign_in(&kiosk, reading, ("pin", PIN)).await.refusal(), (400, "invalid_grant"), "{why}");
    };
    let changes: [(&str, Change); 8] = [
        ("another issuer", |c| c["aud"] = "https://other.example".into()),
        ("another terminal", |c| c["terminal"] = uuid::Uuid::from_u128(1).to_string().into()),
        ("read long ago", |c| c["iat"] = (c["iat"].as_i64().unwrap() - 121).into()),
        ("read in the future", |c| c["iat"] = (c["iat"].as_i64().unwrap() + 60).into()),
        ("the card is over", |c| c["valid_until"] = "2020-01-01".into()),
        ("no citizen ID", |c| c["number"] = "123456789012345678".into()),
        ("no name", |c| c["name"] = "".into()),
        ("a simulator, not believed here", |c| c["simulated"] = true.into()),
    ];
    for (why, change) in changes {
        let mut claims = reader.claims(kiosk.id, &person);
        change(&mut claims);
        refused(&reader.sign(&claims), why).await;
    }
    let claims = reader.claims(kiosk.id, &person);
    refused(&signed(&Pair::new().named("reader"), &claims), "another key").await;
    refused(&signed(&Pair::new().named("unknown"), &claims), "an unknown reader").await;
    let id_token = yihao::crypto::jws::sign(&reader.key, "JWT", &claims).unwrap();
    refused(&id_token, "another kind of token").await;
    refused("x.y.z", "no token").await;
    let once = reader.sign(&claims);
    sign_in(&kiosk, &once, ("pin", PIN)).await.good();
    refused(&once, "used").await;
}

#[tokio::test]
async fn only_terminals_and_no_more_than_a_card_can_give() {
    let (house, reader) = house(true).await;
    let person = house.person().await;
    give_pin(&house, &person).await;
    // The same client with a key of its own is no terminal.
    let key = Auth::key(Algorithm::ES256);
    let metadata = json!({ "channel": "kiosk", "grant_types": [GRANT], "redirect_uris": [] });
    let party = house.relying_party_by(key, metadata).await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut claims = reader.claims(kiosk.id, &person);
    claims["simulated"] = true.into();
    let reading = reader.sign(&claims);
    let params = [("grant_type", GRANT), ("chip", reading.as_str()), ("pin", PIN)];
    assert_eq!(party.post("/token", &params).await.refusal(), (400, "unauthorized_client"));
    sign_in(&kiosk, &reader.sign(&claims), ("pin", PIN)).await.good();
    let strict =
        Kiosk::of(&house, json!({ "grant_types": [GRANT], "redirect_uris": [], "min_aal": 3 })).await;
    let answer = sign_in(&strict, &reader.reads(strict.id, &person), ("pin", PIN)).await;
    assert_eq!(answer.refusal(), (400, "unmet_authentication_requirements"));
    assert_eq!(house.suspend(strict.id).await, Some(0), "no session is left of it");
}
