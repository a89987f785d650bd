//! A counter's ticket.

use yihao::credential::recovery;

use super::*;

async fn ticket(house: &House, person: &Person) -> String {
    let mut tx = house.app.db.begin().await.expect("a transaction");
    let keys = house.app.keys.data();
    let ticket = recovery::issue(&mut tx, &keys, &house.visit(), person.id, "card shown").await;
    tx.commit().await.expect("it is kept");
    ticket.expect("a ticket").reveal().to_owned()
}

async fn brings(browser: &mut Browser, person: &Person, ticket: &str) -> Page {
    asks(browser, &person.number).await.is_at(urls::RECOVER_CODE);
    browser.submit("#recover-code", &[("code", ticket)]).await
}

#[tokio::test]
async fn it_sets_a_password_once() {
    let house = House::open().await;
    let mut person = house.person_without_phone().await;
    let mut elsewhere = Browser::signed_in(&house, &person).await;
    let ticket = ticket(&house, &person).await;
    let (mut browser, mut twice) = (Browser::new(&house), Browser::new(&house));
    brings(&mut browser, &person, &ticket.to_uppercase()).await.is_at(urls::RECOVER_PASSWORD);
    brings(&mut twice, &person, &ticket).await.is_at(urls::RECOVER_PASSWORD);
    let fields = [("password", NEW), ("again", NEW)];
    browser.submit("#recover-password", &fields).await.sees("新密码已设置");
    assert_eq!(twice.submit("#recover-password", &fields).await.status, 410);
    elsewhere.open(urls::ACCOUNT).await.is_at(urls::SIGN_IN);
    person.password = NEW.to_owned();
    known_browser(&house, &person).await;
    let page = brings(&mut twice, &person, &ticket).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recover-code-wrong")));
}

#[tokio::test]
async fn it_is_its_owners_for_half_an_hour() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let ticket = ticket(&house, &person).await;
    let mut browser = Browser::new(&house);
    let page = brings(&mut browser, &other, &ticket).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recover-code-wrong")));
    // Begun in time, finished too late.
    brings(&mut browser, &person, &ticket).await.is_at(urls::RECOVER_PASSWORD);
    house.pass(MINUTE * 31);
    assert!(!browser.submit("#recover-password", &[("password", NEW)]).await.status.is_success());
    let page = brings(&mut Browser::new(&house), &person, &ticket).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recover-code-wrong")));
    known_browser(&house, &person).await;
}
