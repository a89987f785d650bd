//! A code by SMS beside the password, and a second factor that is always wanted.

use super::*;

#[tokio::test]
async fn a_code_by_sms_is_a_second_factor() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    let attempt = demands(&party, 2);
    browser.open(&attempt.url()).await;
    let page = signs_in(&mut browser, &person).await;
    page.is_at(urls::SECOND_FACTOR).sees_not(&person.phone);
    let first = sms_code(&house, &person);
    // Looking again sends nothing again; asking does, and the first code is then worth nothing.
    browser.open(page.url.as_str()).await;
    assert_eq!(sms_code(&house, &person), first);
    browser.submit("#second-factor-send", &[]).await.is_at(urls::SECOND_FACTOR_SEND);
    let second = sms_code(&house, &person);
    if first != second {
        let page = browser.submit("#second-factor", &[("code", &first)]).await;
        assert_eq!(page.code().as_deref(), Some("code-wrong"));
    }
    let page = browser.submit("#second-factor", &[("code", &second)]).await;
    let methods = ["pwd", "sms", "mfa"].map(str::to_owned).to_vec();
    assert_eq!(told(&party, &attempt, &page).await, ("2".to_owned(), methods));
}

/// A sign-in that was wanted fresh stands on what was shown in it, not on what was shown hours ago.
#[tokio::test]
async fn a_fresh_sign_in_by_password_alone_is_one_factor_again() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    house.pass(MINUTE);
    let fresh = party.attempt("openid").with("prompt", "login");
    browser.open(&fresh.url()).await.is_at(urls::SIGN_IN);
    let page = signs_in(&mut browser, &person).await;
    assert_eq!(told(&party, &fresh, &page).await, ("1".to_owned(), vec!["pwd".to_owned()]));
    browser.open(&demands(&party, 2).url()).await.is_at(urls::SECOND_FACTOR);
}

#[tokio::test]
async fn who_wants_it_is_always_asked() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    browser.open(urls::FACTORS).await;
    browser.submit("#always", &[("always", "on")]).await.is_at(urls::FACTORS).sees("已开启");
    is_told(&house, &person, "再确认").await;

    // At a relying system that does not demand it, and at the account.
    let party = house.relying_party(json!({})).await;
    let mut other = Browser::new(&house);
    let attempt = party.attempt("openid");
    other.open(&attempt.url()).await;
    signs_in(&mut other, &person).await.is_at(urls::SECOND_FACTOR);
    let silent = other.open(&party.attempt("openid").with("prompt", "none").url()).await;
    assert_eq!(silent.error(), "interaction_required");
    for page in [urls::ACCOUNT, urls::FACTORS] {
        other.open(page).await.is_at(urls::SECOND_FACTOR).sees_not(&person.name);
    }
    confirms_by_sms(&house, &mut other, &person).await.is_at(urls::ACCOUNT).sees(&person.name);
    let page = other.open(&attempt.url()).await;
    assert_eq!(told(&party, &attempt, &page).await.0, "2");

    // Off again, from the session that proved two factors a moment ago.
    browser.open(urls::FACTORS).await;
    browser.submit("#always", &[("always", "off")]).await.is_at(urls::FACTORS).sees("未开启");
    let mut third = Browser::new(&house);
    third.open(urls::SIGN_IN).await;
    signs_in(&mut third, &person).await.is_at(urls::ACCOUNT);
}

#[tokio::test]
async fn who_cannot_or_will_not_goes_back_and_the_relying_system_is_told() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(&demands(&party, 2).url()).await.is_at(urls::SECOND_FACTOR);
    let page = browser.submit("#second-factor-leave", &[]).await;
    assert_eq!(page.error(), "unmet_authentication_requirements");
    // Nothing strong enough, but it can be added: that is offered first.
    let page = browser.open(&demands(&party, 3).url()).await;
    page.is_at(urls::SECOND_FACTOR).sees("通行密钥");
    let page = browser.submit("#second-factor-leave", &[]).await;
    assert_eq!(page.error(), "unmet_authentication_requirements");
    // Nor can it be added without anything to prove it by.
    let mut bare = Browser::signed_in(&house, &house.person_without_phone().await).await;
    for aal in [2, 3] {
        let page = bare.open(&demands(&party, aal).url()).await;
        assert_eq!(page.error(), "unmet_authentication_requirements");
    }
    let page = bare.open(urls::FACTORS_APP).await;
    page.is_at(urls::SECOND_FACTOR).sees("窗口");
    assert!(!page.has("#second-factor"));
}
