//! Where the risk is high a day passes, and the owner can object.

use super::*;
use crate::factors::person_with_app;

#[tokio::test]
async fn the_owner_stops_it_from_another_device() {
    let house = House::open().await;
    let person = house.person().await;
    let mut owner = Browser::signed_in(&house, &person).await;
    owner.open(urls::ACCOUNT).await.sees_not("有人申请");
    let mut thief = Browser::new(&house);
    shows_phone(&house, &mut thief, &person, &person.number).await.sees("24 小时后");
    is_told(&house, &person, "有人申请重设您账号的密码").await;

    owner.open(urls::ACCOUNT).await.sees("有人申请重设您的密码");
    let page = owner.submit("#recover-cancel", &[]).await;
    page.is_at(urls::ACCOUNT).sees_not("有人申请");
    is_told(&house, &person, "已取消").await;
    house.pass(24 * HOUR);
    shows_phone(&house, &mut thief, &person, &person.number).await.sees("24 小时后");
}

#[tokio::test]
async fn nobody_objects_and_the_person_comes_back() {
    let house = House::open().await;
    let mut person = house.person().await;
    let number = person.number.clone();
    let mut browser = Browser::new(&house);
    shows_phone(&house, &mut browser, &person, &number).await.sees("24 小时后");
    house.pass(23 * HOUR);
    shows_phone(&house, &mut browser, &person, &number).await.sees("24 小时后");
    house.pass(HOUR);
    // From wherever they are now, with the same proof.
    let mut another = Browser::new(&house);
    shows_phone(&house, &mut another, &person, &number).await.is_at(urls::RECOVER_PASSWORD);
    sets(&house, &mut another, &mut person).await;
    // It was good once.
    shows_phone(&house, &mut browser, &person, &number).await.sees("24 小时后");
    house.pass(9 * 24 * HOUR);
    shows_phone(&house, &mut browser, &person, &number).await.sees("24 小时后");
}

/// Stopped while the page for the new password was open already.
#[tokio::test]
async fn what_was_stopped_sets_nothing() {
    let house = House::open().await;
    let person = house.person().await;
    let mut thief = Browser::new(&house);
    shows_phone(&house, &mut thief, &person, &person.number).await.sees("24 小时后");
    house.pass(24 * HOUR);
    shows_phone(&house, &mut thief, &person, &person.number).await.is_at(urls::RECOVER_PASSWORD);
    let mut owner = known_browser(&house, &person).await;
    owner.submit("#recover-cancel", &[]).await.is_at(urls::ACCOUNT);
    let page = thief.submit("#recover-password", &[("password", NEW), ("again", NEW)]).await;
    assert_eq!(page.status, 410);
    owner.open(urls::ACCOUNT).await.is_at(urls::ACCOUNT);
    known_browser(&house, &person).await;
}

/// A phone number that was given to somebody else.
#[tokio::test]
async fn the_next_owner_of_the_phone_gets_nothing_at_once() {
    let house = House::open().await;
    let (person, app) = person_with_app(&house).await;
    let mut owner = known_browser(&house, &person).await;
    let mut stranger = Browser::new(&house);
    let page = shows_phone(&house, &mut stranger, &person, &person.phone).await;
    page.is_at(urls::RECOVER_SECOND).sees_not(&person.name).sees_not(&person.number);
    let page = stranger.submit("#recover-second", &[("code", &app.wrong_code(&house))]).await;
    assert_eq!(page.code().as_deref(), Some("app-code-wrong"));
    let handle = page.url.query().unwrap_or_default().to_owned();
    stranger.submit("#recover-without", &[]).await.sees("24 小时后").sees_not(&person.name);
    // Past the page: there is none for a password yet.
    stranger.open(&format!("{}?{handle}", urls::RECOVER_PASSWORD)).await;
    house.pass(MINUTE * 30);
    owner.open(urls::ACCOUNT).await.sees("有人申请");
    owner.submit("#recover-cancel", &[]).await.is_at(urls::ACCOUNT);
    house.pass(24 * HOUR);
    shows_phone(&house, &mut stranger, &person, &person.phone).await.is_at(urls::RECOVER_SECOND);
}
