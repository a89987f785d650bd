//! Sign-in with the user name and the password of an earlier system.

mod decisions;
mod doubt;
mod hook;
mod later;
mod list;
mod owners;
mod refusals;

use serde_json::json;
use uuid::Uuid;
use yihao::base::TrustLevel;
use yihao::base::number::CitizenId;
use yihao::crypto::{Place, index};
use yihao::db::{Read, values};
use yihao::identity::{self, PersonState};
use yihao::legacy::LinkState;

use crate::legacy_merge::{Old, house, population};
use crate::support::operator::citizen_id;
use crate::support::{Browser, House, Page, claims_of};

pub const NAME: &str = "欧阳靖宇";
pub const OLD: &str = "123456";
pub const NEW: &str = "山高月小 水落石出";
/// MD5 of [`OLD`].
pub const OLD_MD5: &str = "e10adc3949ba59abbe56e057f20f883e";

impl Old<'_> {
    /// Gives an account the user name and the password hash that its system had.
    pub async fn had(&self, account: Uuid, user_name: &str, scheme: &str, hash: &str, salt: &str) {
        let (visit, keys) = (self.house.visit(), self.house.app.keys.data());
        let mut read = &self.house.app.db;
        let digest = "select local_digest from legacy_account where id = $1";
        let local: Vec<u8> =
            read.optional(digest, values![account], |row| row.get(0)).await.unwrap().expect("it is there");
        let password = json!({ "s": [scheme], "h": hash, "t": salt }).to_string();
        let place = Place { table: "legacy_account", column: "password", row: &local };
        let sealed = keys.encrypt(&visit.chance, place, &password).unwrap();
        let user = index::blind(keys.index.newest().unwrap(), "legacy/user-name", &user_name.to_lowercase());
        let mut tx = self.house.app.db.begin().await.unwrap();
        let set = "update legacy_account set user_digest = $2, password = $3 where id = $1";
        tx.execute(set, values![account, &user.digest, &sealed]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Whether the old password can still be shown.
    pub async fn has_password(&self, account: Uuid) -> bool {
        let mut read = &self.house.app.db;
        let left = "select password is not null from legacy_account where id = $1";
        read.optional(left, values![account], |row| row.get(0)).await.unwrap().expect("it is there")
    }
}

/// Somebody known to the register, with an account in a system: linked, and nobody has come for it.
pub async fn known(old: &Old<'_>, local_id: &str, number: &CitizenId) -> Uuid {
    let account = old.person(local_id, number.as_str(), NAME).await;
    old.had(account, local_id, "md5", OLD_MD5, "").await;
    old.matches().await;
    old.merges().await.expect("it is linked");
    account
}

pub async fn types(browser: &mut Browser, identifier: &str, password: &str) -> Page {
    browser.open("/sign-in").await;
    browser.submit("#sign-in", &[("identifier", identifier), ("password", password)]).await
}

pub async fn sets(browser: &mut Browser, password: &str) -> Page {
    browser.submit("#new-password", &[("password", password), ("again", password)]).await
}

pub async fn person_of(old: &Old<'_>, account: Uuid) -> Uuid {
    old.state(account).await.2.expect("it is linked")
}

pub async fn trust_of(house: &House, person: Uuid) -> TrustLevel {
    let loaded = identity::load(&mut &house.app.db, &house.app.keys.data(), person).await.unwrap();
    loaded.expect("a person").binding.trust(house.clock.now(), &house.app.config.trust)
}

#[tokio::test]
async fn from_the_old_system_with_the_old_password_to_a_new_one_and_on() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let party = house.relying_party(json!({ "client_name": "社保网厅" })).await;
    let si = Old::system(&house, "si", Some(&party.id)).await;
    let tax = Old::system(&house, "tax", None).await;
    let at_si = known(&si, "zhang01", &number).await;
    let at_tax = known(&tax, "zhang01", &number).await;
    let person = person_of(&si, at_si).await;
    assert_eq!(person_of(&tax, at_tax).await, person);

    let mut browser = Browser::new(&house);
    let attempt = party.attempt("openid profile");
    browser.open(&attempt.url()).await.is_at("/sign-in");
    // The name is in two systems: on the way to one of them, that one is meant.
    let page = browser.submit("#sign-in", &[("identifier", "Zhang01"), ("password", OLD)]).await;
    page.is_at("/sign-in/new-password").sees_not(number.as_str()).sees_not(NAME);
    assert!(!browser.cookies.contains_key("yihao_session"), "the old password opens no session");
    // And no Ask goes on before there is a new one.
    let mut waiting = browser.clone();
    waiting.open(&attempt.url()).await.is_at("/sign-in");
    assert_eq!(identity::state_of(&mut &house.app.db, person).await.unwrap(), Some(PersonState::Unclaimed));

    for (weak, code) in [
        ("123456", "password-short"),
        (number.as_str(), "password-personal"),
        ("password1", "password-common"),
    ] {
        assert_eq!(sets(&mut browser, weak).await.code().as_deref(), Some(code), "{weak}");
    }
    // What they have now is told, and "not mine" is near; then it goes on.
    let page = sets(&mut browser, NEW).await;
    page.is_at("/account/earlier-accounts");
    assert_eq!(page.texts("ul.rows strong"), ["si"]);
    let onward = browser.last_page().attribute("#onward", "href").expect("a way on");
    let page = browser.open(&onward).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["amr"]), (&json!(2), &json!(["pwd"])));

    // This link is awake, the other sleeps on, and no old password is left.
    assert_eq!(si.link(at_si).await.state, LinkState::Live);
    assert_eq!(tax.link(at_tax).await.state, LinkState::Dormant);
    assert!(!si.has_password(at_si).await && !tax.has_password(at_tax).await);
    let hash = yihao::credential::password::of(&mut &house.app.db, person).await.unwrap();
    assert!(hash.is_some_and(|phc| phc.starts_with("$argon2id$")));

    let mut another = Browser::new(&house);
    for identifier in ["zhang01@si", "zhang01@tax"] {
        assert_eq!(types(&mut another, identifier, OLD).await.code().as_deref(), Some("sign-in-refused"));
    }
    // The number and the old user name both mean the person now.
    for identifier in [number.as_str(), "zhang01@si", "zhang01＠SI"] {
        types(&mut Browser::new(&house), identifier, NEW).await.is_at("/account");
    }
    // Of a link that sleeps the user name means nobody.
    assert_eq!(types(&mut another, "zhang01@tax", NEW).await.code().as_deref(), Some("sign-in-refused"));
}

/// Every scheme of DOMAIN's list, each in a system of its own kind.
#[tokio::test]
async fn by_every_scheme() {
    let vectors: &[(&str, [&str; 3])] = include!("../src/credential/legacy_hash/vectors.in");
    let bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let spring_bcrypt = format!("{{bcrypt}}{bcrypt}");
    let house = house().await;
    let argon2id = house.app.hasher.hash(yihao::base::Secret::new("U*U")).await.unwrap();
    let mut all = vec![
        ("bcrypt", bcrypt, "U*U"),
        ("spring_bcrypt", spring_bcrypt.as_str(), "U*U"),
        ("spring_noop", "{noop}U*U", "U*U"),
        ("argon2id", argon2id.as_str(), "U*U"),
        ("md5_upper", "E10ADC3949BA59ABBE56E057F20F883E", OLD),
    ];
    for (scheme, [ascii, utf8, gbk]) in vectors {
        all.extend([
            (*scheme, *ascii, "a password 1"),
            (*scheme, *utf8, "旧口令2008"),
            (*scheme, *gbk, "旧口令2008"),
        ]);
    }
    let numbers: Vec<_> = all.iter().map(|_| citizen_id()).collect();
    let people: Vec<_> = numbers.iter().map(|number| (number.as_str(), NAME, "", "0")).collect();
    population(&house, &people).await;
    let si = Old::system(&house, "si", None).await;
    for (n, ((scheme, hash, _), number)) in all.iter().zip(&numbers).enumerate() {
        let account = si.person(&n.to_string(), number.as_str(), NAME).await;
        si.had(account, &format!("user-{n}"), scheme, hash, "5f3a9c01").await;
    }
    si.matches().await;
    si.merges().await.expect("all are linked");
    for (n, (scheme, _, password)) in all.iter().enumerate() {
        let mut browser = Browser::new(&house);
        let user = format!("user-{n}@si");
        let wrong = types(&mut browser, &user, &format!("{password}!")).await;
        assert_eq!(wrong.code().as_deref(), Some("sign-in-refused"), "{scheme}");
        let page = types(&mut browser, &user, password).await;
        assert_eq!(page.url.path(), "/sign-in/new-password", "{scheme} {n}");
    }
}

#[tokio::test]
async fn an_operator_may_believe_old_passwords_where_the_register_has_confirmed_the_name() {
    let house = House::open_with(|config| {
        config.trust.old_password = 3;
        config.registers.source = "extract".to_owned();
    });
    let house = house.await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let account = known(&si, "zhang01", &number).await;
    let mut browser = Browser::new(&house);
    types(&mut browser, "zhang01", OLD).await.is_at("/sign-in/new-password");
    sets(&mut browser, NEW).await.is_at("/account/earlier-accounts");
    assert_eq!(trust_of(&house, person_of(&si, account).await).await, TrustLevel::Matched);
}
