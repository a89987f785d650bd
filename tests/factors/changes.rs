//! The password and what is common to all changes.

use super::*;

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_not_to_a_known_one() {
    let house = House::open().await;
    let mut person = house.person().await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    browser.open(urls::FACTORS_PASSWORD).await.is_at(urls::FACTORS_PASSWORD);
    let current = person.password.clone();
    for (current, new, fault) in [
        (current.as_str(), "", "password-missing"),
        (&current, "5201314a", "password-common"),
        (&current, "WoAiNi1314", "password-common"),
        (&current, "Password123", "password-common"),
        (&current, &person.number, "password-personal"),
        ("not this", "燕子 lantern 8 河", "current-wrong"),
    ] {
        let page = browser
            .submit("#change-password", &[("current", current), ("password", new), ("again", new)])
            .await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(fault)), "{new}");
    }
    let new = "燕子 lantern 8 河";
    let fields = [("current", current.as_str()), ("password", new), ("again", new)];
    browser.submit("#change-password", &fields).await.is_at(urls::FACTORS);
    is_told(&house, &person, "更改了密码").await;
    let mut other = Browser::new(&house);
    other.open(urls::SIGN_IN).await;
    assert_eq!(signs_in(&mut other, &person).await.status, 422);
    person.password = new.to_owned();
    signs_in(&mut other, &person).await.is_at(urls::ACCOUNT);
}

#[tokio::test]
async fn a_common_password_is_refused_at_registration() {
    let house = House::open().await;
    let number = crate::support::operator::citizen_id();
    house.registers.know(number.as_str(), "王小明", "13900000041");
    let mut browser = Browser::new(&house);
    browser.open(urls::REGISTER).await;
    crate::register::proves(&house, &mut browser, "13900000041").await;
    browser.submit("#register-name", &[("name", "王小明"), ("number", number.as_str())]).await;
    for common in ["5201314a", "woaini1314", "P@ssw0rd"] {
        let page = browser.submit("#register-password", &[("password", common), ("again", common)]).await;
        assert_eq!(
            (page.status.as_u16(), page.code().as_deref()),
            (422, Some("password-common")),
            "{common}"
        );
    }
}

/// Every change asks for a recent proof, by its page and by its form.
#[tokio::test]
async fn nothing_is_changed_by_a_session_that_was_left_open() {
    let house = House::open().await;
    let (person, _) = person_with_app(&house).await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    browser.open(urls::FACTORS).await.is_at(urls::FACTORS);
    house.pass(MINUTE * 6);
    for form in ["#always", "#remove-app"] {
        let page = browser.submit_again(form, &[("always", "on")]).await;
        page.is_at(urls::SECOND_FACTOR);
    }
    for page in [urls::FACTORS_APP, urls::FACTORS_RECOVERY, urls::FACTORS_PASSWORD, urls::ACCOUNT_PASSKEY] {
        browser.open(page).await.is_at(urls::SECOND_FACTOR);
    }
    browser.open(urls::FACTORS).await.is_at(urls::FACTORS).sees("未开启").sees("已添加");
    // A stranger's address is not gone to.
    let page = browser.open(&format!("{}?to=https://evil.example/", urls::SECOND_FACTOR)).await;
    page.is_at(urls::ACCOUNT);
    // Nor is anything shown to nobody.
    let mut nobody = Browser::new(&house);
    for page in [urls::FACTORS, urls::FACTORS_APP, urls::FACTORS_RECOVERY, urls::SECOND_FACTOR] {
        nobody.open(page).await.is_at(urls::SIGN_IN);
    }
}

#[tokio::test]
async fn an_app_that_is_wanted_always_stays_where_nothing_else_is() {
    let house = House::open().await;
    let (person, app) = person_with_app(&house).await;
    let mut browser = Browser::new(&house);
    browser.open(urls::SIGN_IN).await;
    signs_in(&mut browser, &person).await;
    browser.open(&format!("{}?to={}&method=app", urls::SECOND_FACTOR, urls::FACTORS)).await;
    browser.submit("#second-factor", &[("code", &app.code(&house))]).await.is_at(urls::FACTORS);
    // It is removed, and then no longer offered.
    browser.submit("#remove-app", &[]).await.is_at(urls::FACTORS).sees_not("已添加");
    is_told(&house, &person, "移除了验证器").await;
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    let mut other = Browser::signed_in(&house, &person).await;
    let page = other.open(&party.attempt("openid").url()).await;
    assert!(!page.has("a[href*='method=app']"));
}
