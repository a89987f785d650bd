//! Recovery codes.

use super::*;

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let codes = recovery_codes(&mut browser).await;
    assert_eq!(codes.len(), 10);
    is_told(&house, &person, "恢复码").await;
    // They are shown once.
    let page = browser.open(urls::FACTORS_RECOVERY).await;
    page.sees("还剩 10 个").sees_not(&codes[0]);

    let party = house.relying_party(json!({})).await;
    let uses = async |code: &str| {
        let mut browser = Browser::new(&house);
        let attempt = demands(&party, 2);
        browser.open(&attempt.url()).await;
        signs_in(&mut browser, &person).await.is_at(urls::SECOND_FACTOR);
        browser.open_link_to("/second-factor?method=recovery").await;
        (browser.submit("#second-factor", &[("code", code)]).await, attempt)
    };
    let (page, attempt) = uses(&codes[3].to_uppercase().replace('-', " ")).await;
    let methods = ["pwd", "otp", "mfa"].map(str::to_owned).to_vec();
    assert_eq!(told(&party, &attempt, &page).await, ("2".to_owned(), methods));
    is_told(&house, &person, "用掉").await;
    let (page, _) = uses(&codes[3]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recovery-code-wrong")));
    browser.open(urls::FACTORS).await.sees("还剩 9 个");
    // A new set ends the old one.
    let fresh = recovery_codes(&mut browser).await;
    assert_eq!(uses(&codes[4]).await.0.code().as_deref(), Some("recovery-code-wrong"));
    uses(&fresh[4]).await.0.authorization_code();
}

#[tokio::test]
async fn who_guesses_recovery_codes_waits() {
    let house = House::open().await;
    let person = house.person().await;
    let mut owner = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    recovery_codes(&mut owner).await;
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    let mut thief = Browser::signed_in(&house, &person).await;
    thief.open(&party.attempt("openid").url()).await.is_at(urls::SECOND_FACTOR);
    let limit = house.app.config.limits.account_failures;
    for n in 0..limit + 1 {
        let fields = [("code", "0123-4567-89ab-cdef"), ("method", "recovery")];
        let page = thief.submit("#second-factor", &fields).await;
        assert_eq!(page.status, if n < limit { 422 } else { 429 }, "after {n}");
    }
    let mut owner = Browser::new(&house);
    owner.open(urls::SIGN_IN).await;
    signs_in(&mut owner, &person).await.is_at(urls::ACCOUNT);
}
