//! Two proofs, or one in a browser that is known: at once.

use yihao::base::{AuthenticationLevel, TrustLevel};

use super::*;
use crate::factors::{add_passkey, by_passkey, person_with_app, recovery_codes};

#[tokio::test]
async fn by_sms_and_app_from_a_known_browser() {
    let house = House::open().await;
    let (mut person, app) = person_with_app(&house).await;
    let mut browser = known_browser(&house, &person).await;
    let mut elsewhere = Browser::signed_in(&house, &person).await;
    elsewhere.open(urls::ACCOUNT).await.is_at(urls::ACCOUNT);

    browser.open(urls::SIGN_OUT).await;
    browser.submit("#sign-out", &[]).await;
    browser.open(urls::SIGN_IN).await;
    browser.open_link_to(urls::RECOVER).await.is_at(urls::RECOVER);
    let number = person.number.clone();
    shows_phone(&house, &mut browser, &person, &number).await.is_at(urls::RECOVER_SECOND);
    let page = browser.submit("#recover-second", &[("code", &app.wrong_code(&house))]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("app-code-wrong")));
    let page = browser.submit("#recover-second", &[("code", &app.code(&house))]).await;
    page.is_at(urls::RECOVER_PASSWORD);
    for (bad, code) in [("", "password-missing"), ("5201314a", "password-common")] {
        let page = browser.submit("#recover-password", &[("password", bad), ("again", bad)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(code)));
    }
    sets(&house, &mut browser, &mut person).await;
    elsewhere.open(urls::ACCOUNT).await.is_at(urls::SIGN_IN);
    // The app stays.
    browser.open(urls::FACTORS).await.sees("已添加");
}

#[tokio::test]
async fn by_sms_alone_from_a_known_browser_where_there_is_nothing_else() {
    let house = House::open().await;
    let mut person = house.person().await;
    let mut browser = known_browser(&house, &person).await;
    let phone = person.phone.clone();
    shows_phone(&house, &mut browser, &person, &phone).await.is_at(urls::RECOVER_PASSWORD);
    sets(&house, &mut browser, &mut person).await;

    // An account worth more waits all the same.
    let person = house.person_at(TrustLevel::Attended).await;
    let mut browser = known_browser(&house, &person).await;
    shows_phone(&house, &mut browser, &person, &person.number).await.sees("24 小时后");
}

#[tokio::test]
async fn by_sms_and_a_recovery_code_which_is_then_gone() {
    let house = House::open().await;
    let mut person = house.person().await;
    let mut owner = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let codes = recovery_codes(&mut owner).await;
    let mut browser = Browser::new(&house);
    let number = person.number.clone();
    shows_phone(&house, &mut browser, &person, &number).await.is_at(urls::RECOVER_SECOND);
    browser.submit("#recover-second", &[("code", &codes[2])]).await.is_at(urls::RECOVER_PASSWORD);
    is_told(&house, &person, "用掉了一个恢复码").await;
    sets(&house, &mut browser, &mut person).await;
    browser.open(urls::FACTORS_RECOVERY).await.sees("还剩 9 个");

    let mut again = Browser::new(&house);
    shows_phone(&house, &mut again, &person, &person.number).await.is_at(urls::RECOVER_SECOND);
    let page = again.submit("#recover-second", &[("code", &codes[2])]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recovery-code-wrong")));
}

#[tokio::test]
async fn by_a_passkey_from_another_device() {
    let house = House::open().await;
    let mut person = house.person().await;
    let mut owner = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let mut device = add_passkey(&house, &mut owner, "手机").await;
    let mut browser = Browser::new(&house);
    let page = browser.open(urls::RECOVER).await;
    let next = page.attribute("[data-next]", "data-next").expect("where the script goes on");
    by_passkey(&mut browser, &mut device, None).await;
    let page = browser.open(&next).await;
    assert!(!page.is_at(urls::FACTORS_PASSWORD).has("[name=current]"));
    browser.submit("#change-password", &[("password", NEW), ("again", NEW)]).await.is_at(urls::FACTORS);
    owner.open(urls::ACCOUNT).await.is_at(urls::SIGN_IN);
    person.password = NEW.to_owned();
    known_browser(&house, &person).await;
}
