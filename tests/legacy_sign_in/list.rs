//! What an owner sees of their earlier accounts, claims, and lets go of.

use yihao::base::TrustLevel;
use yihao::db::{Read, values};
use yihao::identity::{self, PersonState, Registered};
use yihao::legacy::LinkState;

use super::{NAME, NEW, OLD, known, person_of, sets, types};
use crate::legacy_merge::{Old, house, population};
use crate::support::operator::{citizen_id, new_person};
use crate::support::{Browser, House};

const LIST: &str = "/account/earlier-accounts";

async fn registered(house: &House, number: &yihao::base::number::CitizenId, trust: TrustLevel) -> uuid::Uuid {
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number.clone(), NAME, "13812345678", trust);
    let registered = identity::register(&mut tx, &house.app.keys, &house.visit(), &new).await.unwrap();
    let Registered::New(person) = registered else { panic!("the number is taken") };
    let hash = house.app.hasher.hash(yihao::base::Secret::new(NEW)).await.unwrap();
    yihao::credential::password::set(&mut tx, &house.visit(), person, &hash).await.unwrap();
    tx.commit().await.unwrap();
    person
}

#[tokio::test]
async fn by_the_old_password_an_account_is_claimed_and_by_a_word_let_go() {
    let house = house().await;
    let (number, other) = (citizen_id(), citizen_id());
    population(&house, &[(number.as_str(), NAME, "", "0"), (other.as_str(), NAME, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let person = registered(&house, &number, TrustLevel::Matched).await;
    let account = known(&si, "zhang01", &number).await;
    let somebodys = known(&si, "li02", &other).await;

    // At level 3 nothing is told: the account may be somebody else's with the same number.
    let mut browser = Browser::new(&house);
    types(&mut browser, number.as_str(), NEW).await.is_at("/account");
    let page = browser.open(LIST).await;
    assert!(page.texts("ul.rows li").is_empty());
    let claim = |user: &str, password: &str| {
        [("source", "si".to_owned()), ("user_name", user.to_owned()), ("old_password", password.to_owned())]
    };
    async fn sends(browser: &mut Browser, fields: [(&'static str, String); 3]) -> crate::support::Page {
        browser.open(LIST).await;
        let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        browser.submit("#claim", &fields).await
    }
    for (user, password, code) in [
        ("", OLD, "user-name-missing"),
        ("zhang01", "", "old-password-missing"),
        ("zhang01", "wrong one", "claim-refused"),
        ("nobody", OLD, "claim-refused"),
    ] {
        let page = sends(&mut browser, claim(user, password)).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)), "{user} {password}");
    }
    // Another person's account is not theirs, whatever they know of it.
    sends(&mut browser, claim("li02", OLD)).await.is_at(LIST);
    assert_eq!(si.link(somebodys).await.state, LinkState::Dormant);

    let page = sends(&mut browser, claim("zhang01", OLD)).await;
    page.is_at(LIST);
    assert_eq!(page.texts("ul.rows li").len(), 1);
    assert_eq!(si.link(account).await.state, LinkState::Live);
    assert!(!si.has_password(account).await);

    let link = si.link(account).await;
    let page = browser.submit(&format!("#not-mine-{}", link.id), &[("link", &link.id.to_string())]).await;
    page.is_at(LIST);
    assert!(page.texts("ul.rows li").is_empty());
    assert_eq!(si.state(account).await.0, "unmerged");
    let mut read = &house.app.db;
    let cases = read
        .all("select kind from cases where account = $1", values![account], |row| row.get::<String>(0))
        .await
        .unwrap();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(identity::state_of(&mut read, person).await.unwrap(), Some(PersonState::Active));
}

#[tokio::test]
async fn at_level_four_what_was_linked_is_told_at_the_next_sign_in() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    registered(&house, &number, TrustLevel::Proven).await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    let (a, b) = (known(&si, "zhang01", &number).await, known(&tax, "zhang01", &number).await);
    let mut browser = Browser::new(&house);
    let page = types(&mut browser, number.as_str(), NEW).await;
    let mut told = page.is_at(LIST).texts("ul.rows strong");
    told.sort();
    assert_eq!(told, ["si", "tax"]);
    for (system, account) in [(&si, a), (&tax, b)] {
        assert_eq!(system.link(account).await.state, LinkState::Live);
        assert!(!system.has_password(account).await);
    }
    // Once.
    types(&mut Browser::new(&house), number.as_str(), NEW).await.is_at("/account");
}

/// Somebody came in by an old password of an account that carries another's number; who says "not mine" is who they
/// took it from, or they themselves: either way nothing of theirs is left.
#[tokio::test]
async fn who_has_nothing_but_the_old_password_loses_the_account_with_the_link() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let account = known(&si, "zhang01", &number).await;
    let person = person_of(&si, account).await;
    let mut browser = Browser::new(&house);
    types(&mut browser, "zhang01", OLD).await;
    sets(&mut browser, NEW).await.is_at(LIST);
    let link = si.link(account).await;
    browser
        .submit(&format!("#not-mine-{}", link.id), &[("link", &link.id.to_string())])
        .await
        .is_at("/sign-in");
    let state = identity::state_of(&mut &house.app.db, person).await.unwrap();
    assert!(matches!(state, None | Some(PersonState::Unclaimed)), "{state:?}");
    assert_eq!(types(&mut browser, number.as_str(), NEW).await.code().as_deref(), Some("sign-in-refused"));
}
