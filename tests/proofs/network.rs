//! Network identity: whoever uses it is never asked for the plain number, gets the same, and can tell it if they wish.

use serde_json::{Value, json};
use yihao::base::TrustLevel;
use yihao::db::{Read, values};
use yihao::identity;

use crate::support::network::{Fault, NetworkIdentities};
use crate::support::operator::citizen_id;
use crate::support::{Browser, HOUR, House, Page, Person, claims_of};

const PAGE: &str = "/sign-in/network-identity";
const RETURN: &str = "/sign-in/network-identity/return";

async fn house() -> (House, NetworkIdentities) {
    let network = NetworkIdentities::start().await;
    let house = House::open_with(|config| network.configure(config)).await;
    (house, network)
}

/// A network number that means nobody else.
fn network_number(house: &House) -> String {
    format!("Wz{}", house.app.chance.id().simple())
}

async fn leaves(browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
    browser.open(PAGE).await.is_at(PAGE);
    browser.submit("#network-identity", fields).await
}

/// Confirms with this number in this browser, and tells no more.
async fn confirms(browser: &mut Browser, network: &NetworkIdentities, number: &str) -> Page {
    leaves(browser, &[]).await.left_for();
    browser.open(&network.confirms(number)).await
}

async fn level(house: &House, person: &Person) -> u8 {
    let keys = house.app.keys.data();
    let person = identity::load(&mut &house.app.db, &keys, person.id).await.unwrap().unwrap();
    person.binding.trust(house.clock.now(), &house.app.config.trust).into()
}

fn plaintext(network_number: &str, number: &str, name: &str) -> Value {
    let plaintext = json!({ "number_kind": "citizen-id", "number": number, "name": name });
    json!({ "result": "PASSED", "network_number": network_number, "age": "ADULT", "plaintext": plaintext })
}

#[tokio::test]
async fn who_keeps_their_number_to_themselves_gets_an_account_and_the_same_service() {
    let (house, network) = house().await;
    let number = network_number(&house);
    let hall = house.relying_party(json!({ "min_trust": 4 })).await;
    let mut browser = Browser::new(&house);
    let attempt = hall.attempt("openid profile official_number");
    browser.open(&attempt.url()).await.is_at("/sign-in");
    browser.open_link_to(PAGE).await.is_at(PAGE);
    let page = browser.submit("#network-identity", &[]).await;
    page.left_for();
    let asked = &network.asked()[0];
    assert_eq!(asked["want"], "result");
    assert!(asked.get("number").is_none() && asked.get("name").is_none());
    let page = browser.open(&network.confirms(&number)).await;
    assert!(page.has("#newcomer") && !page.has("input[name=number]"));
    browser.submit("#newcomer", &[]).await.is_at("/register/passkey");
    // Nothing more is asked on the way to the service.
    let page = browser.open(&attempt.url()).await;
    let tokens = hall.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["amr"]), (&json!(4), &json!(["fed"])));
    let info = hall.userinfo(tokens.text("access_token")).await.good();
    for claim in ["official_number", "official_number_kind", "name"] {
        assert!(info[claim].is_null(), "{claim}");
    }
    assert!(!info.json.to_string().contains(&number), "the network number is between them and us");
    browser.open("/account").await.sees("您没有告诉我们").sees_not(&number);

    // Again, elsewhere: the same person to the same service.
    let mut other = Browser::new(&house);
    confirms(&mut other, &network, &number).await.is_at("/account");
    let again = hall.tokens(&mut other, "openid").await;
    assert_eq!(claims_of(again.text("id_token"))["sub"], claims["sub"]);
    // And somebody else is somebody else.
    let mut third = Browser::new(&house);
    assert!(confirms(&mut third, &network, &network_number(&house)).await.has("#newcomer"));
}

#[tokio::test]
async fn consent_lists_no_number_of_who_keeps_it() {
    let (house, network) = house().await;
    let third_party = house.relying_party(json!({ "first_party": false })).await;
    let mut browser = Browser::new(&house);
    confirms(&mut browser, &network, &network_number(&house)).await;
    browser.submit("#newcomer", &[]).await;
    let attempt = third_party.attempt("openid profile official_number");
    let page = browser.open(&attempt.url()).await;
    page.is_at("/consent");
    assert!(!page.has("input[name=agreed]"), "there is no number to agree to");
    let page = browser.submit("#consent", &[("decision", "allow")]).await;
    third_party.redeem(&page.authorization_code(), &attempt).await.good();
}

#[tokio::test]
async fn whose_number_we_have_is_matched_raised_and_afterwards_known() {
    let (house, network) = house().await;
    let number = network_number(&house);
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let demanding = house.relying_party(json!({ "min_trust": 4 })).await;
    let attempt = demanding.attempt("openid");
    browser.open(&attempt.url()).await.is_at("/raise").sees("Network Identity");
    let page = browser.open_link_to(PAGE).await;
    assert!(!page.has("input[name=tell]"), "there is nothing to tell that we have not");
    browser.submit("#network-identity", &[("tell", "on")]).await.left_for();
    let asked = &network.asked()[0];
    assert_eq!((&asked["want"], &asked["number"]), (&json!("match"), &json!(person.number)));
    let back = network
        .ends(json!({ "result": "PASSED", "network_number": number, "age": "ADULT", "matches": true }));
    let page = browser.open(&back).await;
    let tokens = demanding.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    // Surer who it is; not surer of the sign-in.
    assert_eq!((&claims["trust_level"], &claims["amr"]), (&json!(4), &json!(["pwd"])));
    // From now on it is a way in to the same account.
    let mut other = Browser::new(&house);
    confirms(&mut other, &network, &number).await.is_at("/account");
    let again = demanding.tokens(&mut other, "openid").await;
    assert_eq!(claims_of(again.text("id_token"))["sub"], claims["sub"]);
    // Nobody else has it any more, and theirs does not become another's.
    let stranger = house.person().await;
    let mut theirs = Browser::signed_in(&house, &stranger).await;
    leaves(&mut theirs, &[]).await.left_for();
    let back = network
        .ends(json!({ "result": "PASSED", "network_number": number, "age": "ADULT", "matches": true }));
    assert_eq!(theirs.open(&back).await.code().as_deref(), Some("network-elsewhere"));
    assert_eq!(level(&house, &stranger).await, 3);
}

#[tokio::test]
async fn another_person_proves_nothing_and_what_was_not_asked_is_not_looked_at() {
    let (house, network) = house().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let page = confirms(&mut browser, &network, &network_number(&house)).await;
    assert_eq!(page.code().as_deref(), Some("other-person"));
    assert_eq!(level(&house, &person).await, 3);
    // A service that tells more than it was asked for tells nobody.
    let number = network_number(&house);
    let mut nobody = Browser::new(&house);
    leaves(&mut nobody, &[]).await.left_for();
    let page = nobody.open(&network.ends(plaintext(&number, &person.number, &person.name))).await;
    assert!(page.has("#newcomer"), "not the owner of that number");
    // Nor is the box believed where we did not show it.
    browser.open(PAGE).await;
    browser.submit("#network-identity", &[("tell", "on")]).await.left_for();
    assert_eq!(network.asked().last().unwrap()["want"], "match");
}

#[tokio::test]
async fn who_wants_their_number_told_has_an_account_by_it() {
    let (house, network) = house().await;
    let (number, citizen) = (network_number(&house), citizen_id());
    let hall = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    leaves(&mut browser, &[("tell", "on")]).await.left_for();
    assert_eq!(network.asked()[0]["want"], "plaintext");
    let back = network.ends(plaintext(&number, citizen.as_str(), "司马光"));
    browser.open(&back).await.is_at("/register/passkey");
    let tokens = hall.tokens(&mut browser, "openid profile official_number").await;
    let info = hall.userinfo(tokens.text("access_token")).await.good();
    assert_eq!((&info["official_number"], &info["name"]), (&json!(citizen.as_str()), &json!("司马光")));
    // The next time the network number is enough.
    let mut other = Browser::new(&house);
    confirms(&mut other, &network, &number).await.is_at("/account");
    let again = hall.tokens(&mut other, "openid").await;
    assert_eq!(claims_of(again.text("id_token"))["sub"], claims_of(tokens.text("id_token"))["sub"]);
    // An account on weaker proof is asked about before it gives way.
    let squatter = house.person().await;
    let mut owner = Browser::new(&house);
    leaves(&mut owner, &[("tell", "on")]).await.left_for();
    let back = network.ends(plaintext(&network_number(&house), &squatter.number, "欧阳靖宇"));
    assert!(owner.open(&back).await.has("#anew"));
    assert_eq!(level(&house, &squatter).await, 3);
}

#[tokio::test]
async fn a_number_can_be_told_later_and_not_where_another_account_has_it() {
    let (house, network) = house().await;
    let (number, citizen, taken) = (network_number(&house), citizen_id(), house.person().await);
    let hall = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    confirms(&mut browser, &network, &number).await;
    browser.submit("#newcomer", &[]).await;
    let before = hall.tokens(&mut browser, "openid official_number").await;
    for (told, code) in [(taken.number.as_str(), Some("number-elsewhere")), (citizen.as_str(), None)] {
        leaves(&mut browser, &[("tell", "on")]).await.left_for();
        let page = browser.open(&network.ends(plaintext(&number, told, "司马光"))).await;
        assert_eq!(page.code().as_deref(), code);
    }
    let info = hall.userinfo(before.text("access_token")).await.good();
    assert_eq!(info["official_number"], citizen.as_str());
    assert_eq!(info["sub"], claims_of(before.text("id_token"))["sub"], "it is the same account");
    let mut other = Browser::new(&house);
    confirms(&mut other, &network, &number).await.is_at("/account");
}

#[tokio::test]
async fn an_answer_is_good_once_in_its_browser_and_in_time() {
    let (house, network) = house().await;
    let number = network_number(&house);
    let expired = |page: &Page| assert_eq!(page.code().as_deref(), Some("ask_expired"), "{}", page.url);
    let mut browser = Browser::new(&house);
    leaves(&mut browser, &[]).await.left_for();
    let back = network.confirms(&number);
    let mut thief = Browser::new(&house);
    thief.open("/sign-in").await;
    expired(&thief.open(&back).await);
    expired(&browser.open(&back).await);
    for forged in [format!("{RETURN}?check={}", house.app.chance.id()), RETURN.to_owned()] {
        expired(&browser.open(&forged).await);
    }
    // An account is made once, by who has confirmed.
    let page = confirms(&mut browser, &network, &number).await;
    let handle = page.attribute("#newcomer input[name=proof]", "value").unwrap();
    let csrf = thief.open("/sign-in").await.attribute("input[name=csrf]", "value").unwrap();
    let fields = [("csrf".to_owned(), csrf), ("proof".to_owned(), handle)];
    assert_eq!(thief.post("/sign-in/network-identity/new", &fields).await.status, 410);
    let page = confirms(&mut browser, &network, &number).await;
    assert!(page.has("#newcomer"));
    browser.submit_again("#newcomer", &[]).await.is_at("/register/passkey");
    assert_eq!(browser.submit("#newcomer", &[]).await.status, 410);
    // Late.
    let mut late = Browser::new(&house);
    leaves(&mut late, &[]).await.left_for();
    let back = network.confirms(&number);
    house.pass(HOUR / 2);
    expired(&late.open(&back).await);
}

#[tokio::test]
async fn who_is_not_done_asks_again_and_a_child_comes_with_its_guardian() {
    let (house, network) = house().await;
    let number = network_number(&house);
    let mut browser = Browser::new(&house);
    leaves(&mut browser, &[]).await.left_for();
    let back = network.ends(json!({ "result": "PENDING" }));
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("network-unfinished"));
    network.fail(Some(Fault::Down));
    assert_eq!(browser.open_link_to(RETURN).await.code().as_deref(), Some("network-silent"));
    network.fail(None);
    network.confirms(&number);
    assert!(browser.open_link_to(RETURN).await.has("#newcomer"));
    leaves(&mut browser, &[]).await.left_for();
    let back = network.ends(json!({ "result": "FAILED" }));
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("network-refused"));
    leaves(&mut browser, &[]).await.left_for();
    let child = json!({ "result": "PASSED", "network_number": network_number(&house), "age": "UNDER14" });
    assert_eq!(browser.open(&network.ends(child)).await.code().as_deref(), Some("guardian-needed"));
}

#[tokio::test]
async fn a_service_that_breaks_the_contract_opens_nothing() {
    let (house, network) = house().await;
    let mut browser = Browser::new(&house);
    leaves(&mut browser, &[]).await.left_for();
    let back = network.confirms(&network_number(&house));
    for fault in [Fault::Down, Fault::Garbled, Fault::OtherQuestion, Fault::Nameless] {
        network.fail(Some(fault));
        assert_eq!(browser.open(&back).await.code().as_deref(), Some("network-silent"), "{fault:?}");
    }
    for fault in [Fault::Down, Fault::Garbled, Fault::Elsewhere] {
        network.fail(Some(fault));
        assert_eq!(leaves(&mut browser, &[]).await.code().as_deref(), Some("network-silent"), "{fault:?}");
    }
    let simulated = House::open_with(|config| {
        network.configure(config);
        config.danger.simulate_proofs = false;
    })
    .await;
    network.fail(None);
    let mut browser = Browser::new(&simulated);
    assert_eq!(leaves(&mut browser, &[]).await.code().as_deref(), Some("network-silent"));
    // Where there is none nobody is sent anywhere.
    let without = House::open().await;
    let mut browser = Browser::new(&without);
    assert!(!browser.open("/sign-in").await.has("#by-network-identity"));
    assert_eq!(browser.open(PAGE).await.status, 404);
    let person = without.person_at(TrustLevel::Matched).await;
    assert!(!Browser::signed_in(&without, &person).await.open("/raise").await.html.contains(PAGE));
}

/// Who can write the database cannot open somebody's account with a network number of their own.
#[tokio::test]
async fn a_way_in_that_was_written_by_hand_opens_nothing() {
    let (house, network) = house().await;
    let (victim, number) = (house.person_at(TrustLevel::Proven).await, network_number(&house));
    let mut browser = Browser::new(&house);
    confirms(&mut browser, &network, &number).await;
    browser.submit("#newcomer", &[]).await;
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("update number_index set account = $1 where kind = 'network-id'", values![victim.id])
        .await
        .unwrap();
    tx.execute("update network_identity set person = $1", values![victim.id]).await.unwrap();
    tx.commit().await.unwrap();
    let mut thief = Browser::new(&house);
    let page = confirms(&mut thief, &network, &number).await;
    assert_eq!(page.status, 500);
    thief.open("/account").await.is_at("/sign-in");
}

/// The key of the index turns, and the network number is still found.
#[tokio::test]
async fn a_network_number_is_re_keyed_beside_the_persons_own() {
    let (house, network) = house().await;
    let (person, number) = (house.person().await, network_number(&house));
    let mut browser = Browser::signed_in(&house, &person).await;
    leaves(&mut browser, &[]).await.left_for();
    let back = network
        .ends(json!({ "result": "PASSED", "network_number": number, "age": "ADULT", "matches": true }));
    browser.open(&back).await.is_at("/account");
    let (app, purpose) = (&house.app, yihao::crypto::Purpose::Index);
    let mut tx = app.db.begin().await.unwrap();
    app.keys.rotate_data_key(&mut tx, purpose, house.clock.now(), &app.chance).await.unwrap();
    tx.commit().await.unwrap();
    app.keys.reload(&app.db).await.unwrap();
    house.pass(HOUR);
    assert_eq!(yihao::duties::rekey(app).await.unwrap(), 1);
    let rows = "select count(*) from number_index where account = $1";
    let rows = (&mut &app.db).optional(rows, values![person.id], |row| row.get::<i64>(0)).await.unwrap();
    assert_eq!(rows, Some(2), "one of each kind, under the newest key");
    let mut other = Browser::new(&house);
    confirms(&mut other, &network, &number).await.is_at("/account");
}
