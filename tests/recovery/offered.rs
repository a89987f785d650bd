//! What the channel does not offer is neither asked for nor worth anything on the way to a new password.

use yihao::base::{AuthenticationLevel, Method};
use yihao::credential::recovery;

use super::*;
use crate::factors::{person_with_app, recovery_codes};

async fn house_without(left_out: &'static [Method]) -> House {
    House::open_with(|config| config.channel.hall.methods.retain(|method| !left_out.contains(method))).await
}

#[tokio::test]
async fn an_app_that_is_not_offered_is_no_second_proof() {
    let house = house_without(&[Method::App]).await;
    let (person, app) = person_with_app(&house).await;
    // Nothing else: the day passes, since there is something stronger that could not be shown.
    let mut browser = known_browser(&house, &person).await;
    let page = shows_phone(&house, &mut browser, &person, &person.number).await;
    page.is_at(urls::RECOVER_CODE).sees("24 小时后");
    // With codes beside it those are asked for, and the app is no choice, asked for or not.
    let mut owner = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let codes = recovery_codes(&mut owner).await;
    let mut browser = Browser::new(&house);
    let page = shows_phone(&house, &mut browser, &person, &person.number).await;
    page.is_at(urls::RECOVER_SECOND);
    assert!(!page.links_to(urls::RECOVER_SECOND).iter().any(|link| link.contains("method=app")));
    let chosen = format!("{}&method=app", page.url);
    let page = browser.open(&chosen).await;
    assert_eq!(page.attribute("#code", "maxlength").as_deref(), Some("40"), "a recovery code is asked for");
    let page = browser.submit("#recover-second", &[("code", &app.code(&house)), ("method", "app")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recovery-code-wrong")));
    browser.submit("#recover-second", &[("code", &codes[0])]).await.is_at(urls::RECOVER_PASSWORD);
}

#[tokio::test]
async fn recovery_codes_that_are_not_offered_are_no_second_proof() {
    let house = house_without(&[Method::RecoveryCode]).await;
    let (person, app) = person_with_app(&house).await;
    let mut owner = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let codes = recovery_codes(&mut owner).await;
    let mut browser = Browser::new(&house);
    let page = shows_phone(&house, &mut browser, &person, &person.number).await;
    page.is_at(urls::RECOVER_SECOND);
    let fields = [("code", codes[0].as_str()), ("method", "recovery")];
    let page = browser.submit("#recover-second", &fields).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("app-code-wrong")));
    browser.submit("#recover-second", &[("code", &app.code(&house))]).await.is_at(urls::RECOVER_PASSWORD);
}

#[tokio::test]
async fn where_no_codes_are_sent_a_counters_ticket_is_the_way_and_where_no_password_is_taken_there_is_none() {
    let house = house_without(&[Method::Sms, Method::Passkey]).await;
    let person = house.person().await;
    let mut browser = Browser::new(&house);
    let page = browser.open(urls::RECOVER).await;
    page.sees_not("验证码").sees_not("通行密钥");
    let page = asks(&mut browser, &person.number).await;
    page.is_at(urls::RECOVER_CODE).sees("重设码").sees_not("已发送");
    let page = browser.submit("#recover-code", &[("code", "123456")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recover-code-wrong")));
    assert_eq!(codes(&house, &person).len(), 0, "nothing was sent");
    let mut tx = house.app.db.begin().await.expect("a transaction");
    let ticket = recovery::issue(&mut tx, &house.app.keys.data(), &house.visit(), person.id, "card").await;
    tx.commit().await.expect("it is kept");
    let ticket = ticket.expect("a ticket");
    browser.submit("#recover-code", &[("code", ticket.reveal())]).await.is_at(urls::RECOVER_PASSWORD);
    let fields = [("password", NEW), ("again", NEW)];
    browser.submit("#recover-password", &fields).await.sees("新密码已设置");

    let house = house_without(&[Method::Password]).await;
    let mut browser = Browser::new(&house);
    let page = browser.open(urls::RECOVER).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("not_offered_here")));
}
