//! A register that is down at registration and back later: the check finishes by itself, and the person is told.

use std::time::Duration;

use yihao::base::number::CitizenId;
use yihao::base::{Phone, TrustLevel};
use yihao::db::{Read, values};
use yihao::duties::finish_verifications;
use yihao::http::urls;

use crate::register::{PASSWORD, names, proves};
use crate::support::operator::citizen_id;
use crate::support::registers::Fault;
use crate::support::{Browser, HOUR, House, MINUTE, Page};

const PHONE: &str = "13900000021";
const NAME: &str = "买买提·艾力";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A browser that has proven the phone and said name and number, and what it was shown then.
async fn tries(house: &House, name: &str, number: &CitizenId) -> (Browser, Page) {
    let mut browser = Browser::new(house);
    browser.open(urls::REGISTER).await;
    proves(house, &mut browser, PHONE).await;
    let page = names(&mut browser, name, number.as_str()).await;
    (browser, page)
}

fn messages(house: &House) -> Vec<String> {
    let phone = Phone::parse(PHONE).unwrap();
    house.app.sms.outbox(Some(&phone)).into_iter().map(|sms| sms.text).collect()
}

async fn told(house: &House, words: &str) {
    crate::support::soon(words, || messages(house)[0].contains(words)).await;
}

async fn kept(house: &House) -> usize {
    let ids = (&mut &house.app.db)
        .all("select id from pending_verification", values![], |row| row.get::<uuid::Uuid>(0))
        .await;
    ids.unwrap().len()
}

/// A house whose register is down, where somebody whom it knows has tried to register.
async fn left_waiting(name: &str) -> (House, CitizenId) {
    let house = House::open().await;
    let number = citizen_id();
    house.registers.know(number.as_str(), NAME, PHONE);
    house.registers.fail(Some(Fault::Down));
    let (browser, page) = tries(&house, name, &number).await;
    assert_eq!(page.status, 200);
    page.is_at(urls::REGISTER_NAME);
    assert!(!browser.cookies.contains_key("yihao_session"));
    told(&house, "继续为您核对").await;
    assert_eq!(kept(&house).await, 1);
    (house, number)
}

#[tokio::test]
async fn who_registers_while_the_register_is_down_goes_on_when_it_is_back() {
    let (house, number) = left_waiting(NAME).await;
    // A second try is the same verification.
    house.pass(HOUR);
    let (_, _) = tries(&house, NAME, &number).await;
    assert_eq!(kept(&house).await, 1);
    let before = messages(&house).len();
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 0, "still down");
    house.registers.fail(None);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 0, "not due again yet");
    house.pass(2 * MINUTE);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
    told(&house, "核对已通过").await;
    assert_eq!(messages(&house).len(), before + 1, "told once");
    // The register is down again, for longer than a match is kept otherwise: nobody depends on it twice.
    house.registers.fail(Some(Fault::Down));
    house.pass(20 * HOUR);
    let (_, page) = tries(&house, "艾力", &number).await;
    page.is_at(urls::REGISTER_NAME);
    let (mut browser, page) = tries(&house, "买买提•艾力", &number).await;
    page.is_at(urls::REGISTER_PASSWORD);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    browser.submit("#register-password", &fields).await.is_at(urls::REGISTER_PASSKEY);
    let evidence = (&mut &house.app.db)
        .all("select method, trust from evidence", values![], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
        })
        .await;
    assert_eq!(evidence.unwrap(), [("three-elements".to_owned(), TrustLevel::Matched as i64)]);
    assert_eq!(kept(&house).await, 1, "only the one under the other name waits");
}

#[tokio::test]
async fn what_differs_is_told_when_the_register_is_back() {
    let (house, _) = left_waiting("艾力").await;
    house.registers.fail(None);
    house.pass(2 * MINUTE);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
    told(&house, "不一致").await;
    assert_eq!(kept(&house).await, 0);
}

#[tokio::test]
async fn an_account_that_came_meanwhile_is_told_and_nothing_else() {
    let house = House::open().await;
    let person = house.person_at(TrustLevel::Matched).await;
    let number = CitizenId::parse(&person.number, house.clock.now().day()).unwrap();
    house.registers.know(&person.number, NAME, PHONE);
    house.registers.fail(Some(Fault::Down));
    let (_, down) = tries(&house, NAME, &number).await;
    house.registers.fail(None);
    house.pass(2 * MINUTE);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
    told(&house, "您已有账号").await;
    assert_eq!(kept(&house).await, 0);
    let (_, up) = tries(&house, NAME, &number).await;
    assert_eq!(down.status, up.status);
    up.is_at(urls::REGISTER_NAME);
}

#[tokio::test]
async fn a_register_has_seven_days_and_the_person_one() {
    let (house, number) = left_waiting(NAME).await;
    for _ in 0..6 {
        house.pass(DAY);
        assert_eq!(finish_verifications(&house.app).await.unwrap(), 0);
    }
    house.pass(DAY);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
    told(&house, "七天").await;
    assert_eq!(kept(&house).await, 0);
    // Once more, and this time it is the person who does not come back.
    tries(&house, NAME, &number).await;
    house.registers.fail(None);
    for left in [1, 0] {
        house.pass(2 * MINUTE);
        assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
        told(&house, "核对已通过").await;
        house.pass(DAY);
        // The first time it is the duty that sees it, the second time the person.
        if left == 1 {
            assert_eq!(finish_verifications(&house.app).await.unwrap(), 1);
            assert_eq!(kept(&house).await, 0);
            house.registers.fail(Some(Fault::Down));
            tries(&house, NAME, &number).await;
            house.registers.fail(None);
        }
    }
    house.registers.fail(Some(Fault::Down));
    let (_, page) = tries(&house, NAME, &number).await;
    page.is_at(urls::REGISTER_NAME);
    assert_eq!(finish_verifications(&house.app).await.unwrap(), 0, "it has begun anew");
    assert_eq!(kept(&house).await, 1);
}

#[tokio::test]
async fn what_waits_is_in_the_dump_of_nobody() {
    let (house, number) = left_waiting(NAME).await;
    let dump = house.home.dump().await;
    for secret in [number.as_str(), NAME, PHONE] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}
