//! What a link gives, and to whom: nothing to who only knows a number and a name.

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::db::values;
use yihao::http::urls;
use yihao::identity::{self, Arrival, PersonState, Registered};
use yihao::legacy::{self, LinkState, Shown};

use super::{Old, forge_target, house, population};
use crate::register::{names, proves};
use crate::support::home::rows;
use crate::support::operator::{citizen_id, new_person};
use crate::support::{Browser, House};

const PHONE: &str = "13812345678";

#[tokio::test]
async fn an_account_that_nobody_has_claimed_is_nobodys() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "欧阳靖宇", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", number.as_str(), "欧阳靖宇").await;
    si.matches().await;
    si.merges().await.unwrap();
    let account = si.state(old).await.2.unwrap();
    let mut read = &house.app.db;
    assert_eq!(identity::state_of(&mut read, account).await.unwrap(), Some(PersonState::Unclaimed));
    // Who looks for an account finds none, and is answered as ever.
    let found = identity::find_by_number(&mut read, &house.app.keys.data(), &number.clone().into()).await;
    assert_eq!(found.unwrap(), None);
    let mut browser = Browser::new(&house);
    browser.open("/sign-in").await;
    let fields = [("identifier", number.as_str()), ("password", "123456")];
    assert_eq!(browser.submit("#sign-in", &fields).await.code().as_deref(), Some("sign-in-refused"));
    // Who registers gets it; the link sleeps on.
    let person = registers(&house, &number, TrustLevel::Matched).await;
    assert_eq!(person, account);
    let link = si.link(old).await;
    assert_eq!((link.account, link.state), (person, LinkState::Dormant));
    let loaded = identity::load(&mut read, &house.app.keys.data(), person).await.unwrap().unwrap();
    assert_eq!((loaded.state, loaded.number), (PersonState::Active, number.clone().into()));
    // It is theirs now, and nobody else's.
    let keys = &house.app.keys;
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number, "欧阳靖宇", "13912345678", TrustLevel::Matched);
    let again = identity::register(&mut tx, keys, &house.visit(), &new).await.unwrap();
    assert_eq!(again, Registered::Taken);
}

async fn registers(house: &House, number: &yihao::base::number::CitizenId, trust: TrustLevel) -> uuid::Uuid {
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number.clone(), "欧阳靖宇", PHONE, trust);
    let registered = identity::register(&mut tx, &house.app.keys, &house.visit(), &new).await.unwrap();
    tx.commit().await.unwrap();
    let Registered::New(person) = registered else { panic!("the number is taken") };
    person
}

#[tokio::test]
async fn a_squatter_inherits_nothing() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "欧阳靖宇", "", "0")]).await;
    let squatter = registers(&house, &number, TrustLevel::Asserted).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", number.as_str(), "欧阳靖宇").await;
    si.matches().await;
    assert!(si.merges().await.is_none());
    let cases = si.cases().await;
    assert_eq!((cases.len(), cases[0].reason.as_str()), (1, "ACCOUNT_UNPROVEN"));
    // The owner comes with proof, and gets what was theirs.
    let keys = &house.app.keys;
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number, "欧阳靖宇", PHONE, TrustLevel::Proven);
    let arrival = identity::arrive(&mut tx, keys, &house.visit(), &new, &house.app.config.trust).await;
    tx.commit().await.unwrap();
    let Arrival::Displaced { old: displaced, new: owner } = arrival.unwrap() else {
        panic!("no displacement")
    };
    assert_eq!(displaced, squatter);
    si.merges().await.unwrap();
    assert_eq!(si.state(old).await.2, Some(owner));
    assert!(legacy::links_of(&mut &house.app.db, &keys.data(), squatter).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_relying_system_learns_its_own_ids_of_who_has_woken_them() {
    let house = house().await;
    let person = house.person().await;
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let own = house.relying_party(json!({})).await;
    let other = house.relying_party(json!({})).await;
    let server = house.relying_party(json!({ "resource_server": true })).await;
    let si = Old::system(&house, "si", Some(&own.id)).await;
    let gjj = Old::system(&house, "gjj", None).await;
    let old = si.person("0000000007", &person.number, &person.name).await;
    gjj.person("42", &person.number, &person.name).await;
    for system in [&si, &gjj] {
        system.matches().await;
        system.merges().await.unwrap();
    }
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = own.tokens(&mut browser, "openid legacy").await;
    let asleep = own.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(asleep["legacy_accounts"], json!([]));
    wakes(&house, si.link(old).await.id).await;
    let awake = own.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(awake["legacy_accounts"], json!([{ "source": "si", "id": "0000000007" }]));
    // Nobody else's system, no token that travels, no scope that was not given.
    let others = other.tokens(&mut browser, "openid legacy").await;
    assert_eq!(other.userinfo(others.text("access_token")).await.good()["legacy_accounts"], json!([]));
    let told = server.introspect(tokens.text("access_token")).await.good();
    assert_eq!((&told["active"], &told["legacy_accounts"]), (&json!(true), &json!([])));
    for token in ["id_token", "access_token"] {
        let claims = crate::support::claims_of(tokens.text(token));
        assert!(!claims.to_string().contains("0000000007"), "{claims}");
    }
    let plain = own.tokens(&mut browser, "openid profile").await;
    assert!(own.userinfo(plain.text("access_token")).await.good()["legacy_accounts"].is_null());
}

async fn wakes(house: &House, link: uuid::Uuid) {
    let mut tx = house.app.db.begin().await.unwrap();
    let keys = house.app.keys.data();
    assert!(legacy::wake(&mut tx, &keys, &house.visit(), link, Shown::Password).await.unwrap());
    assert!(!legacy::wake(&mut tx, &keys, &house.visit(), link, Shown::Password).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn level_4_wakes_what_is_the_owners() {
    let house = house().await;
    let person = house.person_at(TrustLevel::Proven).await;
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let own = house.relying_party(json!({})).await;
    let si = Old::system(&house, "si", Some(&own.id)).await;
    let old = si.person("7", &person.number, &person.name).await;
    si.matches().await;
    si.merges().await.unwrap();
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = own.tokens(&mut browser, "openid legacy").await;
    let info = own.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(info["legacy_accounts"][0]["id"], "7");
    let (keys, visit) = (house.app.keys.data(), house.visit());
    let mut tx = house.app.db.begin().await.unwrap();
    assert_eq!(legacy::wake_by_level(&mut tx, &keys, &visit, person.id).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(si.link(old).await.state, LinkState::Live);
}

#[tokio::test]
async fn who_says_not_mine_is_rid_of_it_at_once() {
    let house = house().await;
    let (person, stranger) = (house.person().await, house.person().await);
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("7", &person.number, &person.name).await;
    si.matches().await;
    si.merges().await.unwrap();
    let link = si.link(old).await.id;
    let (keys, visit) = (house.app.keys.data(), house.visit());
    let mut tx = house.app.db.begin().await.unwrap();
    assert_eq!(legacy::unannounced(&mut tx, &keys, person.id).await.unwrap().len(), 1);
    legacy::announced(&mut tx, &visit, person.id).await.unwrap();
    // Nobody has been told of what sleeps.
    assert_eq!(legacy::unannounced(&mut tx, &keys, person.id).await.unwrap().len(), 1);
    // It is nobody else's to say so.
    let refused = legacy::not_mine(&mut tx, &keys, &visit, stranger.id, link).await;
    assert!(matches!(refused, Err(legacy::Error::NoLink)));
    legacy::not_mine(&mut tx, &keys, &visit, person.id, link).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((si.state(old).await.0.as_str(), si.state(old).await.2), ("unmerged", None));
    let cases = si.cases().await;
    assert_eq!((cases[0].kind.as_str(), cases[0].other), ("legacy-not-mine", Some(person.id)));
    // No rule brings it back.
    si.matches().await;
    assert!(si.merges().await.is_none());
    let mut tx = house.app.db.begin().await.unwrap();
    let woken = legacy::wake(&mut tx, &keys, &visit, link, Shown::Password).await;
    assert!(matches!(woken, Err(legacy::Error::NoLink)));
}

#[tokio::test]
async fn a_digest_that_was_written_into_the_table_leads_nowhere() {
    let house = house().await;
    let (own, victim) = (citizen_id(), citizen_id());
    population(&house, &[(own.as_str(), "张伟", "", "0"), (victim.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", own.as_str(), "张伟").await;
    si.matches().await;
    forge_target(&house, old, victim.as_str()).await;
    assert!(si.merges().await.is_none());
    assert_eq!(si.cases().await[0].reason, "EVIDENCE_BROKEN");
}

/// The register says in its sealed record how somebody stands.
#[tokio::test]
async fn a_class_that_was_written_into_the_table_merges_nobody_who_has_died() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "9")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", number.as_str(), "张伟").await;
    si.matches().await;
    let mut tx = house.app.db.begin().await.unwrap();
    for sql in [
        "update legacy_account set class = 'AUTO' where class = 'DECEASED'",
        "update register_record set status = 'valid'",
    ] {
        assert_eq!(tx.execute(sql, values![]).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();
    assert!(si.merges().await.is_none());
    assert_eq!(si.cases().await[0].reason, "EVIDENCE_BROKEN");
}

/// What says who is who, and who has what.
const STANDING: [&str; 6] =
    ["person", "number_index", "handle_index", "binding", "password", "legacy_account"];

#[tokio::test]
async fn who_knows_every_name_and_number_takes_over_nothing() {
    let house = house().await;
    let numbers: Vec<_> = (0..4).map(|_| citizen_id()).collect();
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "欧阳靖宇", "", "0")).collect();
    population(&house, &persons).await;
    let si = Old::system(&house, "si", None).await;
    for (at, number) in numbers.iter().enumerate() {
        si.person(&at.to_string(), number.as_str(), "欧阳靖宇").await;
    }
    si.matches().await;
    si.merges().await.unwrap();
    let standing = async || {
        let mut rows = rows(&house.home.storage, &[]).await;
        rows.retain(|table, _| STANDING.contains(&table.as_str()) || table == "legacy_link");
        rows
    };
    let before = standing().await;
    for (at, number) in numbers.iter().enumerate() {
        let mut browser = Browser::new(&house);
        browser.open(urls::SIGN_IN).await;
        for password in ["123456", &number.as_str()[12..]] {
            let fields = [("identifier", number.as_str()), ("password", password)];
            let page = browser.submit("#sign-in", &fields).await;
            assert_eq!(page.code().as_deref(), Some("sign-in-refused"));
        }
        // With a phone of their own, which the registers do not have for this number.
        let mut browser = Browser::new(&house);
        browser.open(urls::REGISTER).await;
        proves(&house, &mut browser, &format!("1390000000{at}")).await;
        let page = names(&mut browser, "欧阳靖宇", number.as_str()).await;
        assert!(!page.has("#register-password"), "{}", page.html);
        // Nobody can be reached there, so nothing can be recovered.
        let mut browser = Browser::new(&house);
        browser.open(urls::RECOVER).await;
        browser.submit("#recover", &[("identifier", number.as_str())]).await;
    }
    assert!(before == standing().await);
}
