//! Codes of an authenticator app.

use super::*;

#[tokio::test]
async fn an_app_is_added_and_then_only_its_code_is_missing() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::new(&house);
    browser.open(urls::SIGN_IN).await;
    signs_in(&mut browser, &person).await.is_at(urls::ACCOUNT);
    // A password alone adds nothing: the phone that is known must be there, too.
    browser.open(urls::FACTORS_APP).await.is_at(urls::SECOND_FACTOR).sees("更改登录方式之前");
    let page = confirms_by_sms(&house, &mut browser, &person).await;
    let app = PhoneApp::reads(page.is_at(urls::FACTORS_APP));
    assert!(page.has("svg path") && page.has("a[href^='otpauth://totp/']"));
    page.sees_not(&person.name).sees_not(&person.number).sees_not(&person.phone);
    // It counts only once a code has shown that it was taken in, and a reload does not change it.
    let wrong = browser.submit("#add-app", &[("code", &app.wrong_code(&house))]).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_deref()), (422, Some("app-code-wrong")));
    let again = browser.open(urls::FACTORS_APP).await;
    assert_eq!(again.text("code.secret"), page.text("code.secret"));
    let first = app.code(&house);
    browser.submit("#add-app", &[("code", &first)]).await.is_at(urls::FACTORS).sees("已添加");
    is_told(&house, &person, "验证器").await;

    // Another browser, a relying system that wants two factors: only the code is asked for.
    let party = house.relying_party(json!({ "client_name": "公积金中心" })).await;
    let mut other = Browser::new(&house);
    let attempt = demands(&party, 2);
    other.open(&attempt.url()).await.is_at(urls::SIGN_IN);
    let page = signs_in(&mut other, &person).await;
    page.is_at(urls::SECOND_FACTOR).sees("公积金中心");
    assert!(page.has("#second-factor input[name=code]") && !page.has("#sign-in"));
    // The code that added the app was used up by that.
    let page = other.submit("#second-factor", &[("code", &first), ("method", "app")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("app-code-wrong")));
    house.pass(MINUTE);
    let page = other.submit("#second-factor", &[("code", &app.code(&house))]).await;
    assert_eq!(
        told(&party, &attempt, &page).await,
        ("2".into(), vec!["pwd".into(), "otp".into(), "mfa".into()])
    );

    // The session has it: nobody is asked again, not even without a page.
    let silent = demands(&party, 2).with("prompt", "none");
    assert_eq!(told(&party, &silent, &other.open(&silent.url()).await).await.0, "2");
}

#[tokio::test]
async fn a_code_opens_one_door_also_of_two_at_once() {
    let house = House::open().await;
    let (person, app) = person_with_app(&house).await;
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    let mut browsers = Vec::new();
    for _ in 0..2 {
        let mut browser = Browser::signed_in(&house, &person).await;
        browser.open(&party.attempt("openid").url()).await.is_at(urls::SECOND_FACTOR);
        browsers.push(browser);
    }
    let code = app.code(&house);
    let fields = [("code", code.as_str()), ("method", "app")];
    let [one, other] = &mut browsers[..] else { panic!("two") };
    let answers =
        tokio::join!(one.submit("#second-factor", &fields), other.submit("#second-factor", &fields));
    let refused =
        [answers.0.status.as_u16(), answers.1.status.as_u16()].iter().filter(|s| **s == 422).count();
    assert_eq!(refused, 1, "{} {}", answers.0.status, answers.1.status);
    // And afterwards none.
    let mut third = Browser::signed_in(&house, &person).await;
    third.open(&party.attempt("openid").url()).await;
    let page = third.submit("#second-factor", &fields).await;
    assert_eq!(page.code().as_deref(), Some("app-code-wrong"));
}

#[tokio::test]
async fn who_guesses_waits_and_the_owner_does_not() {
    let house = House::open().await;
    let (person, app) = person_with_app(&house).await;
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    // The owner has been here before, with both factors.
    let mut owner = Browser::new(&house);
    owner.open(&party.attempt("openid").url()).await;
    signs_in(&mut owner, &person).await.is_at(urls::SECOND_FACTOR);
    owner
        .submit("#second-factor", &[("code", &app.code(&house)), ("method", "app")])
        .await
        .authorization_code();
    owner.open(urls::SIGN_OUT).await;
    owner.submit("#sign-out", &[]).await;

    // A thief of the password guesses, with a new browser for each try.
    let limit = house.app.config.limits.account_failures;
    let wrong = app.wrong_code(&house);
    for n in 0..limit + 2 {
        let mut thief = Browser::new(&house);
        thief.header("x-forwarded-for", &format!("198.51.100.{n}"));
        thief.open(&party.attempt("openid").url()).await;
        signs_in(&mut thief, &person).await.is_at(urls::SECOND_FACTOR);
        let page = thief.submit("#second-factor", &[("code", &wrong), ("method", "app")]).await;
        assert_eq!(page.status, if n < limit { 422 } else { 429 }, "after {n}");
        if n >= limit {
            assert_eq!(page.code().as_deref(), Some("too-many"));
            assert!(page.headers.contains_key("retry-after"));
            // The right one does not help any more, and a guess at another factor is counted by itself.
            let right = [("code", app.code(&house)), ("method", "app".to_owned())];
            let right = right.each_ref().map(|(name, value)| (*name, value.as_str()));
            assert_eq!(thief.submit_again("#second-factor", &right).await.status, 429);
            let other = thief.submit("#second-factor", &[("code", "000000"), ("method", "sms")]).await;
            assert_eq!(other.status, 422);
        }
    }
    // The owner signs in, by password and by code.
    house.pass(MINUTE);
    owner.open(&party.attempt("openid").url()).await;
    signs_in(&mut owner, &person).await.is_at(urls::SECOND_FACTOR);
    owner
        .submit("#second-factor", &[("code", &app.code(&house)), ("method", "app")])
        .await
        .authorization_code();
}

#[tokio::test]
async fn what_is_typed_wrong_is_said() {
    let house = House::open().await;
    let (person, _) = person_with_app(&house).await;
    let party = house.relying_party(json!({ "min_aal": 2 })).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(&party.attempt("openid").url()).await.is_at(urls::SECOND_FACTOR);
    for (code, fault) in
        [("", "factor-code-missing"), ("12ab56", "code-malformed"), ("1234567", "code-malformed")]
    {
        let page = browser.submit("#second-factor", &[("code", code)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some(fault)), "{code}");
    }
    // A factor that the person does not have is not tried: another is offered.
    let page = browser.submit("#second-factor", &[("code", "000000"), ("method", "recovery")]).await;
    assert_eq!(page.code().as_deref(), Some("app-code-wrong"));
}
