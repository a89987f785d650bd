//! The face check: agreed to, passed, failed, not finished, forged, replayed, taken back.

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::base::number::CitizenId;
use yihao::identity::{self, Registered};

use crate::support::face::{Faces, Fault};
use crate::support::operator::new_person;
use crate::support::{Browser, HOUR, House, Page, Person, claims_of};

const FACE: &str = "/account/proof/face";
const DONE: &str = "/account/proof/face/done";

async fn house() -> (House, Faces) {
    let faces = Faces::start().await;
    let house = House::open_with(|config| faces.configure(config)).await;
    (house, faces)
}

/// A person at level 3 who has agreed to a check and is on the way to it.
async fn on_the_way(house: &House) -> (Person, Browser) {
    let person = house.person().await;
    let mut browser = Browser::signed_in(house, &person).await;
    agrees(&mut browser).await.left_for();
    (person, browser)
}

async fn agrees(browser: &mut Browser) -> Page {
    browser.open(FACE).await.is_at(FACE);
    browser.submit("#face", &[("decision", "allow")]).await
}

async fn level(house: &House, person: &Person) -> u8 {
    let keys = house.app.keys.data();
    let person = identity::load(&mut &house.app.db, &keys, person.id).await.unwrap().unwrap();
    person.binding.trust(house.clock.now(), &house.app.config.trust).into()
}

#[tokio::test]
async fn a_service_that_needs_level_four_gets_it_by_a_face_check_that_can_be_taken_back() {
    let (house, faces) = house().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let demanding = house.relying_party(json!({ "min_trust": 4 })).await;
    let attempt = demanding.attempt("openid");
    browser.open(&attempt.url()).await.is_at("/raise");
    let page = browser.open_link_to(FACE).await;
    assert!(page.has("#face #allow") && page.has("#face #deny"));
    // Sent there by the form: the policy must allow it.
    let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
    let page = browser.submit("#face", &[("decision", "allow")]).await;
    let origin = page.left_for().origin().ascii_serialization();
    assert!(policy.contains(&origin), "{policy}");
    let asked = &faces.asked()[0];
    assert_eq!((&asked["number"], &asked["name"]), (&json!(person.number), &json!(person.name)));
    let page = browser.open(&faces.ends("PASSED")).await;
    let tokens = demanding.redeem(&page.authorization_code(), &attempt).await.good();
    assert_eq!(claims_of(tokens.text("id_token"))["trust_level"], 4);

    // Taken back: running sessions and tokens feel it at once.
    browser.open(FACE).await;
    browser.submit("#face-withdraw", &[]).await.is_at("/raise");
    assert_eq!(level(&house, &person).await, 3);
    let userinfo = demanding.userinfo(tokens.text("access_token")).await;
    assert_ne!(userinfo["trust_level"], 4);
    browser.open(&demanding.attempt("openid").url()).await.is_at("/raise");
    assert!(!browser.open(FACE).await.has("#face-withdraw"));
}

#[tokio::test]
async fn no_is_as_good_an_answer() {
    let (house, faces) = house().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(FACE).await;
    browser.submit("#face", &[("decision", "deny")]).await.is_at("/raise");
    assert!(faces.asked().is_empty());
}

#[tokio::test]
async fn only_a_passed_check_raises() {
    let (house, faces) = house().await;
    let (person, mut browser) = on_the_way(&house).await;
    let back = faces.ends("PENDING");
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("face-unfinished"));
    // It is finished after all, and asked for again.
    faces.ends("FAILED");
    assert_eq!(browser.open_link_to(DONE).await.code().as_deref(), Some("face-failed"));
    assert_eq!(level(&house, &person).await, 3);
    // Over: a result that changes its mind is not looked at.
    faces.ends("PASSED");
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("ask_expired"));
    assert_eq!(level(&house, &person).await, 3);
}

#[tokio::test]
async fn a_result_counts_once_for_its_person_and_for_half_an_hour() {
    let (house, faces) = house().await;
    let (owner, mut browser) = on_the_way(&house).await;
    let back = faces.ends("PASSED");
    // Somebody else's browser, a made-up check, none.
    let (stranger, mut other) = (house.person().await, Browser::new(&house));
    other.change_to(&house, &stranger).await;
    let forged = format!("{DONE}?check={}", house.app.chance.id());
    for address in [back.as_str(), &forged, DONE] {
        assert_eq!(other.open(address).await.code().as_deref(), Some("ask_expired"), "{address}");
    }
    browser.open(&back).await.is_at("/account");
    assert_eq!((level(&house, &owner).await, level(&house, &stranger).await), (4, 3));
    // Taken back and shown again: it was used.
    browser.open(FACE).await;
    browser.submit("#face-withdraw", &[]).await;
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("ask_expired"));
    assert_eq!(level(&house, &owner).await, 3);

    let (late, mut browser) = on_the_way(&house).await;
    let back = faces.ends("PASSED");
    house.pass(HOUR / 2);
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("ask_expired"));
    assert_eq!(level(&house, &late).await, 3);
}

#[tokio::test]
async fn a_consent_taken_back_on_the_way_stops_the_check() {
    let (house, faces) = house().await;
    let (person, mut browser) = on_the_way(&house).await;
    agrees(&mut browser).await;
    let back = faces.ends("PASSED");
    let fields =
        [("csrf".to_owned(), browser.open(FACE).await.attribute("input[name=csrf]", "value").unwrap())];
    browser.post("/account/proof/face/withdraw", &fields).await;
    assert_eq!(browser.open(&back).await.code().as_deref(), Some("ask_expired"));
    assert_eq!(level(&house, &person).await, 3);
}

#[tokio::test]
async fn a_service_that_breaks_the_contract_raises_nobody() {
    let (house, faces) = house().await;
    let (person, mut browser) = on_the_way(&house).await;
    let back = faces.ends("PASSED");
    for fault in [Fault::Down, Fault::Garbled, Fault::OtherQuestion] {
        faces.fail(Some(fault));
        assert_eq!(browser.open(&back).await.code().as_deref(), Some("face-silent"), "{fault:?}");
    }
    for fault in [Fault::Down, Fault::Garbled, Fault::Elsewhere, Fault::SameReference] {
        faces.fail(Some(fault));
        assert_eq!(agrees(&mut browser).await.code().as_deref(), Some("face-silent"), "{fault:?}");
    }
    assert_eq!(level(&house, &person).await, 3);
    faces.fail(None);
    agrees(&mut browser).await.left_for();
}

#[tokio::test]
async fn a_simulator_is_believed_only_where_that_is_allowed() {
    let faces = Faces::start().await;
    let house = House::open_with(|config| {
        faces.configure(config);
        config.danger.simulate_proofs = false;
    })
    .await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    assert_eq!(agrees(&mut browser).await.code().as_deref(), Some("face-silent"));
}

#[tokio::test]
async fn a_person_may_try_so_often_a_day() {
    let faces = Faces::start().await;
    let house = House::open_with(|config| {
        faces.configure(config);
        config.limits.proofs_per_person = 2;
    })
    .await;
    let (_, mut browser) = on_the_way(&house).await;
    agrees(&mut browser).await.left_for();
    assert_eq!(agrees(&mut browser).await.status, 429);
    on_the_way(&house).await;
}

#[tokio::test]
async fn below_fourteen_a_guardian_is_needed() {
    let (house, faces) = house().await;
    let today = house.clock.now().day();
    let body = "44010620180101001";
    let number = "0123456789X".chars().find_map(|c| CitizenId::parse(&format!("{body}{c}"), today).ok());
    let child = new_person(number.unwrap(), "欧阳小宇", "13912345678", TrustLevel::Matched);
    let mut tx = house.app.db.begin().await.unwrap();
    let registered = identity::register(&mut tx, &house.app.keys, &house.visit(), &child).await.unwrap();
    tx.commit().await.unwrap();
    let Registered::New(id) = registered else { panic!("taken") };
    let mut browser = Browser::signed_in(&house, &Person { id, ..house.person().await }).await;
    let page = browser.open(FACE).await;
    assert_eq!(page.code().as_deref(), Some("guardian-needed"));
    assert!(!page.has("#face"));
    let csrf = browser.open("/raise").await.attribute("input[name=csrf]", "value");
    let csrf = csrf.or(browser.open("/sign-out").await.attribute("input[name=csrf]", "value")).unwrap();
    let fields = [("csrf".to_owned(), csrf), ("decision".to_owned(), "allow".to_owned())];
    assert_eq!(browser.post(FACE, &fields).await.code().as_deref(), Some("guardian-needed"));
    assert!(faces.asked().is_empty());
}

/// The database has no face and no picture, and a withdrawal cannot be undone in it.
#[tokio::test]
async fn a_withdrawal_is_sealed() {
    let (house, faces) = house().await;
    let (person, mut browser) = on_the_way(&house).await;
    browser.open(&faces.ends("PASSED")).await;
    browser.open(FACE).await;
    browser.submit("#face-withdraw", &[]).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let again = "update evidence set withdrawn_at = null where person = $1 and method = 'face'";
    assert_eq!(tx.execute(again, yihao::db::values![person.id]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let evidence = identity::evidence_of(&mut &house.app.db, &house.app.keys.data(), person.id).await;
    assert!(matches!(evidence, Err(identity::Error::Sealed(_))));
}
