//! A person's matter: identified by card and look, served by tokens that end with it.

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::db::{Read, values};

use crate::support::chip::signed;
use crate::support::dpop::ProofKey;
use crate::support::machine::Pair;
use crate::support::{House, MINUTE, Person, claims_of};

#[tokio::test]
async fn the_token_says_who_assisted_where_for_what_and_ends_with_the_matter() {
    let house = House::open().await;
    let person = house.person_at(TrustLevel::Proven).await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    let matter = window.matter(&shift).await;
    // Nothing of a person before the card was read.
    assert_eq!(window.token(&shift, &matter).await.refusal(), (400, "invalid_grant"));
    let seen = window.identify(&shift, &matter, &person).await.good();
    assert_eq!((&seen["account"], &seen["trust_level"]), (&json!(true), &json!(4)));
    assert_eq!(seen["name"], "***宇");
    for whole in [&person.number, &person.name, &person.phone] {
        assert!(!seen.json.to_string().contains(whole.as_str()), "{seen:?}");
    }
    let tokens = window.token(&shift, &matter).await.good();
    assert_eq!((&tokens["token_type"], &tokens["refresh_token"]), (&json!("DPoP"), &json!(null)));
    assert_eq!(tokens["scope"], "openid profile");
    let id_token = claims_of(tokens.text("id_token"));
    let assisted = json!({
        "clerk": clerk.staff.id, "window": window.terminal, "place": "天河区政务服务中心1号机",
        "matter": { "id": matter, "code": "licence.copy" }, "how": "chip", "present": true,
    });
    assert_eq!(id_token["assisted"], assisted);
    assert_eq!((&id_token["acr"], &id_token["channel"]), (&json!("urn:yihao:aal:3"), &json!("counter")));
    assert_eq!(id_token["amr"], json!(["sc", "mfa"]));
    let access = tokens.text("access_token");
    assert_eq!(claims_of(access)["assisted"], assisted);
    assert_eq!(window.userinfo(access).await.good()["name"], person.name);
    assert_eq!(window.program.introspect(access).await.good()["assisted"], assisted);

    // Not from another key, not as a bearer's.
    let strange = ProofKey::new(&house);
    let proof = strange.proof("GET", "/userinfo", Some(access));
    assert_eq!(window.program.userinfo_by("DPoP", access, &[proof]).await.status, 401);
    assert_eq!(window.program.userinfo(access).await.status, 401);
    assert_eq!(window.token_by(&shift, &matter, &strange).await.refusal(), (400, "invalid_dpop_proof"));

    window.program.post("/counter/matter/end", &[("shift", &shift), ("matter", &matter)]).await.good();
    assert_eq!(window.userinfo(access).await.status, 401);
    assert_eq!(window.program.introspect(access).await.good()["active"], false);
    assert_eq!(window.token(&shift, &matter).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_matter_ends_with_the_next_one_and_by_itself() {
    let house = House::open().await;
    let person = house.person().await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    let first = window.matter(&shift).await;
    window.identify(&shift, &first, &person).await.good();
    let token = window.token(&shift, &first).await.good().text("access_token").to_owned();
    let second = window.matter(&shift).await;
    assert_eq!(window.userinfo(&token).await.status, 401);
    assert_eq!(window.identify(&shift, &first, &person).await.refusal(), (400, "invalid_grant"));
    window.identify(&shift, &second, &person).await.good();
    // Another person's card in the same matter.
    let other = house.person().await;
    assert_eq!(window.identify(&shift, &second, &other).await.refusal(), (400, "invalid_grant"));
    house.pass(20 * MINUTE);
    window.program.post("/counter/shift/end", &[("shift", &shift)]).await.good();
    assert_eq!(window.token(&shift, &second).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_bad_reading_and_a_clerk_who_did_not_look_are_refused() {
    let house = House::open().await;
    let person = house.person().await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    let matter = window.matter(&shift).await;
    let identify = async |chip: &str, looked: &str| {
        let answer = window.identify_by(&shift, &matter, chip, looked).await;
        assert!(!answer.json.to_string().contains(&person.number));
        (answer.status, answer.json["error"].as_str().unwrap_or_default().to_owned())
    };
    let refused = |code: &str| (400, code.to_owned());
    let changed = |name: &str, value: serde_json::Value| {
        let mut claims = window.reader.claims(window.terminal, &person);
        claims[name] = value;
        window.reader.sign(&claims)
    };
    for (why, chip) in [
        ("what is not signed", "{}".to_owned()),
        ("the card is over", changed("valid_until", "2020-01-01".into())),
        ("read at another window", changed("terminal", json!(uuid::Uuid::from_u128(1)))),
        ("read long ago", changed("iat", json!(house.clock.now().seconds() - 121))),
        ("a simulator, not believed here", changed("simulated", json!(true))),
        (
            "another reader",
            signed(&Pair::new().named("reader"), &window.reader.claims(window.terminal, &person)),
        ),
    ] {
        assert_eq!(identify(&chip, "yes").await, refused("invalid_grant"), "{why}");
    }
    for looked in ["no", ""] {
        let good = window.reader.reads(window.terminal, &person);
        assert_eq!(identify(&good, looked).await, refused("invalid_request"), "{looked}");
    }
    // Of somebody without an account nothing is told but that there is none.
    let number = crate::support::operator::citizen_id().as_str().to_owned();
    let nobody = Person { number, ..person.clone() };
    let once = window.reader.reads(window.terminal, &nobody);
    assert_eq!(identify(&once, "yes").await.0, 200);
    assert_eq!(identify(&once, "yes").await, refused("invalid_grant"), "used");
    let seen = window.identify(&shift, &matter, &nobody).await.good();
    assert_eq!((&seen["account"], &seen["trust_level"]), (&json!(false), &json!(null)));
    assert_eq!(window.token(&shift, &matter).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn nobody_serves_themselves() {
    let house = House::open().await;
    let person = house.person().await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    let matter = window.matter(&shift).await;
    let own = Person { number: clerk.staff.number.clone(), ..person };
    let answer = window.identify(&shift, &matter, &own).await;
    assert_eq!(answer.refusal(), (400, "access_denied"));
    let mut db = &house.app.db;
    let noted = db
        .all("select detail from audit where event = 'matter.refused'", values![], |row| row.get::<String>(0))
        .await
        .expect("a look");
    assert_eq!(noted.len(), 1);
    assert!(noted[0].contains("nobody serves themselves"), "{noted:?}");
}

#[tokio::test]
async fn a_clerk_who_looks_up_many_raises_an_alarm_once_without_a_word_of_whom() {
    let house = House::open_with(|config| config.operator.usual_per_hour = 2).await;
    let person = house.person().await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    for _ in 0..5 {
        let matter = window.matter(&shift).await;
        window.identify(&shift, &matter, &person).await.good();
    }
    let mut db = &house.app.db;
    let raised = db
        .all("select detail, person from audit where event = 'clerk.unusual'", values![], |row| {
            Ok((row.get::<String>(0)?, row.get::<Option<uuid::Uuid>>(1)?))
        })
        .await
        .expect("a look");
    assert_eq!(raised.len(), 1, "{raised:?}");
    assert_eq!(raised[0].1, None);
}
