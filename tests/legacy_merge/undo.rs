//! What was merged is taken back, and it is as if it had never been.

use serde_json::json;
use uuid::Uuid;
use yihao::base::{Secret, TrustLevel};
use yihao::credential::password;
use yihao::db::values;
use yihao::identity::{self, NewEvidence, PersonState, Registered};
use yihao::legacy::merge::Batch;
use yihao::legacy::undo::{self, Asked, Deciding, PASSWORD_EVIDENCE, Undone};
use yihao::legacy::{self, Shown, SubjectKind};

use super::{HISTORY, Old, house, organization, population};
use crate::support::home::rows;
use crate::support::operator::{citizen_id, credit_code, new_person};
use crate::support::{Browser, House, Person};

/// One operator is enough.
const ALONE: Deciding<'static> = Deciding { reason: "a test", two_operators: false, go_on: false };

async fn undoes(house: &House, batch: &Batch) -> Undone {
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    let Asked::Begun(mut batch) = undo::ask_batch(&mut tx, &keys, &visit, batch.id, ALONE).await.unwrap()
    else {
        panic!("not begun")
    };
    let (undone, done) = undo::step_batch(&mut tx, &keys, &visit, &mut batch).await.unwrap();
    tx.commit().await.unwrap();
    assert!(done);
    undone
}

#[tokio::test]
async fn merged_and_undone_nothing_is_left() {
    let house = house().await;
    let here = house.person().await;
    let numbers = [citizen_id(), citizen_id()];
    let [one, two] = &numbers;
    population(
        &house,
        &[
            (&here.number, &here.name, "", "0"),
            (one.as_str(), "张伟", "", "0"),
            (two.as_str(), "李娜", "", "0"),
        ],
    )
    .await;
    let code = credit_code();
    organization(&house, &code, "广州恒达科技有限公司", "存续").await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    for (id, number, name) in [
        ("1", here.number.as_str(), here.name.as_str()),
        ("2", one.as_str(), "张伟"),
        ("3", one.as_str(), "张伟"),
    ] {
        si.person(id, number, name).await;
    }
    tax.person("1", one.as_str(), "张伟").await;
    tax.person("2", two.as_str(), "李娜").await;
    tax.account(SubjectKind::Organization, "credit-code", "3", code.as_str(), "广州恒达科技有限公司").await;
    si.matches().await;
    tax.matches().await;
    let before = rows(&house.home.storage, &HISTORY).await;
    // In whichever order they are undone, the last that rests on an account takes it with it.
    for first in [0, 1] {
        let batches = [si.merges().await.unwrap(), tax.merges().await.unwrap()];
        assert_ne!(before, rows(&house.home.storage, &HISTORY).await);
        let mut removed = 0;
        for at in [first, 1 - first] {
            removed += undoes(&house, &batches[at]).await.removed;
        }
        assert_eq!(removed, 3);
        let after = rows(&house.home.storage, &HISTORY).await;
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{table}");
        }
        let mut tx = house.app.db.begin().await.unwrap();
        let (visit, keys) = (house.visit(), house.app.keys.data());
        let again = undo::ask_batch(&mut tx, &keys, &visit, batches[0].id, ALONE).await;
        assert!(matches!(again, Err(legacy::Error::Undone)));
    }
}

/// Claims the account of a link by the old password alone, as a sign-in does.
async fn claims(house: &House, number: &yihao::base::number::CitizenId, link: Uuid) -> Person {
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let (phone, secret) = ("13899990000", "燕子-0815-lantern");
    let mut new = new_person(number.clone(), "张伟", phone, TrustLevel::Asserted);
    new.evidence = NewEvidence {
        method: PASSWORD_EVIDENCE,
        source: "si".to_owned(),
        reference: link.to_string(),
        trust: TrustLevel::Asserted,
    };
    let hash = house.app.hasher.hash(Secret::new(secret)).await.unwrap();
    let mut tx = house.app.db.begin().await.unwrap();
    let Registered::New(id) = identity::register(&mut tx, &house.app.keys, &visit, &new).await.unwrap()
    else {
        panic!("taken")
    };
    password::set(&mut tx, &visit, id, &hash).await.unwrap();
    legacy::wake(&mut tx, &keys, &visit, link, Shown::Password).await.unwrap();
    tx.commit().await.unwrap();
    let (number, phone) = (number.as_str().to_owned(), format!("+86{phone}"));
    Person { id, number, name: "张伟".to_owned(), phone, password: secret.to_owned() }
}

#[tokio::test]
async fn who_came_in_by_a_link_alone_goes_with_it() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let own = house.relying_party(json!({})).await;
    let si = Old::system(&house, "si", Some(&own.id)).await;
    let old = si.person("1", number.as_str(), "张伟").await;
    si.matches().await;
    let batch = si.merges().await.unwrap();
    let person = claims(&house, &number, si.link(old).await.id).await;
    assert_eq!(Some(person.id), si.state(old).await.2);
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = own.tokens(&mut browser, "openid legacy").await;
    assert_eq!(own.userinfo(tokens.text("access_token")).await.good()["legacy_accounts"][0]["id"], "1");
    let undone = undoes(&house, &batch).await;
    assert_eq!((undone.links, undone.unclaimed, undone.sessions_ended), (1, 1, 1));
    // Who learnt what meanwhile.
    assert_eq!(undone.disclosed.len(), 1);
    assert_eq!(
        (&undone.disclosed[0].client, undone.disclosed[0].scopes.as_str()),
        (&own.id, "openid legacy")
    );
    assert_eq!(own.userinfo(tokens.text("access_token")).await.status, 401);
    browser.open("/account").await.is_at("/sign-in");
    let mut again = Browser::new(&house);
    again.open("/sign-in").await;
    for identifier in [&person.number, &person.phone] {
        let fields = [("identifier", identifier.as_str()), ("password", person.password.as_str())];
        assert_eq!(again.submit("#sign-in", &fields).await.code().as_deref(), Some("sign-in-refused"));
    }
    let state = identity::state_of(&mut &house.app.db, person.id).await.unwrap();
    assert_eq!(state, Some(PersonState::Unclaimed));
}

#[tokio::test]
async fn who_has_proof_of_their_own_keeps_the_account() {
    let house = house().await;
    let person = house.person().await;
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let own = house.relying_party(json!({})).await;
    let other = house.relying_party(json!({})).await;
    let si = Old::system(&house, "si", Some(&own.id)).await;
    let old = si.person("1", &person.number, &person.name).await;
    si.matches().await;
    si.merges().await.unwrap();
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    legacy::wake(&mut tx, &keys, &visit, si.link(old).await.id, Shown::Password).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = own.tokens(&mut browser, "openid legacy").await;
    let others = other.tokens(&mut browser, "openid profile").await;
    let mut tx = house.app.db.begin().await.unwrap();
    let undone = undo::account(&mut tx, &keys, &visit, person.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((undone.links, undone.removed, undone.unclaimed, undone.sessions_ended), (1, 0, 0, 0));
    assert_eq!(own.userinfo(tokens.text("access_token")).await.status, 401);
    other.userinfo(others.text("access_token")).await.good();
    browser.open("/account").await.is_at("/account");
    assert_eq!(si.state(old).await.0, "unmerged");
    let mut tx = house.app.db.begin().await.unwrap();
    let nothing = undo::account(&mut tx, &keys, &visit, person.id).await;
    assert!(matches!(nothing, Err(legacy::Error::NoLink)));
}

#[tokio::test]
async fn what_has_changed_since_is_refused_by_name_and_the_rest_is_undone() {
    let house = house().await;
    let numbers = [citizen_id(), citizen_id(), citizen_id()];
    let rows: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &rows).await;
    let si = Old::system(&house, "si", None).await;
    let mut accounts = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        accounts.push(si.person(&at.to_string(), number.as_str(), "张伟").await);
    }
    si.matches().await;
    let batch = si.merges().await.unwrap();
    let forged = si.link(accounts[1]).await.id;
    let mut tx = house.app.db.begin().await.unwrap();
    let moved = "update legacy_account set account = $2 where id = $1";
    tx.execute(moved, values![accounts[0], Uuid::from_u128(7)]).await.unwrap();
    let widened = "update legacy_link set state = 'live' where id = $1";
    tx.execute(widened, values![forged]).await.unwrap();
    tx.commit().await.unwrap();
    let undone = undoes(&house, &batch).await;
    assert_eq!(undone.links, 1);
    let mut reasons: Vec<_> =
        undone.refused.iter().map(|one| (one.legacy_account, one.reason.as_ref())).collect();
    reasons.sort_by_key(|(_, reason)| *reason);
    assert_eq!(reasons, [(accounts[0], "ACCOUNT_CHANGED"), (accounts[1], "SEAL_BROKEN")]);
    assert_eq!(si.state(accounts[2]).await.0, "matched");
}
