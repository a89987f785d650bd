//! The sign-in page: the whole journey in a browser, and one answer to everybody who does not get in.

use serde_json::json;

use crate::support::{Browser, House, MINUTE, claims_of};

#[tokio::test]
async fn from_the_relying_system_by_password_and_back() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "client_name": "粤易办·电子证照" })).await;
    let mut browser = Browser::new(&house);
    let attempt = party.attempt("openid profile");
    let page = browser.open(&attempt.url()).await;
    page.is_at("/sign-in").sees("粤易办·电子证照");
    let page =
        browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]).await;
    let tokens = party.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:yihao:aal:1"), &json!(["pwd"])));
    assert_eq!(claims["auth_time"], house.clock.now().seconds());
    // From now on in silence.
    party.tokens(&mut browser, "openid").await;
}

#[tokio::test]
async fn number_phone_and_their_spellings_mean_the_same_person() {
    let house = House::open().await;
    let person = house.person().await;
    let national = person.phone.trim_start_matches("+86").to_owned();
    let spaced = format!(" {} {} ", &person.number[..6], &person.number[6..]);
    for identifier in [&person.number, &person.number.to_lowercase(), &spaced, &person.phone, &national] {
        let mut browser = Browser::new(&house);
        browser.open("/sign-in").await;
        let page =
            browser.submit("#sign-in", &[("identifier", identifier), ("password", &person.password)]).await;
        page.is_at("/account").sees(&person.name).sees_not(&person.number).sees_not(&national);
    }
}

#[tokio::test]
async fn unknown_and_wrong_look_alike() {
    let house = House::open().await;
    let person = house.person().await;
    let nobody = crate::support::operator::citizen_id();
    let mut pages = Vec::new();
    for identifier in
        [person.number.as_str(), nobody.as_str(), "13900000000", "somebody", "44010619880101001X"]
    {
        let mut browser = Browser::new(&house);
        browser.open("/sign-in").await;
        let page =
            browser.submit("#sign-in", &[("identifier", identifier), ("password", "not this one")]).await;
        assert_eq!(page.status, 422);
        assert!(page.code().is_some());
        assert!(!browser.cookies.contains_key("yihao_session"));
        let mut text = page.html.replace(identifier, "…");
        // What differs by nature: the request's id and the form's ticket.
        for (from, to) in
            [("<code>", "</code>"), ("name=\"csrf\" value=\"", "\""), ("name=\"csrf\" content=\"", "\"")]
        {
            while let Some(at) = text.find(from) {
                let end = text[at + from.len()..].find(to).unwrap() + at + from.len();
                text.replace_range(at..end, "");
            }
        }
        pages.push((page.code(), text));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
}

#[tokio::test]
async fn a_guesser_waits_and_the_owner_does_not() {
    let house = House::open().await;
    let person = house.person().await;
    let mut owner = Browser::new(&house);
    owner.open("/sign-in").await;
    owner
        .submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)])
        .await
        .is_at("/account");
    let mut guesser = Browser::new(&house);
    guesser.header("x-forwarded-for", "203.0.113.9");
    let wrong = [("identifier", person.number.as_str()), ("password", "guess guess")];
    for _ in 0..house.app.config.limits.account_failures {
        guesser.open("/sign-in").await;
        assert_eq!(guesser.submit("#sign-in", &wrong).await.status, 422);
    }
    let right = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    guesser.open("/sign-in").await;
    let page = guesser.submit("#sign-in", &right).await;
    assert_eq!(page.status, 429, "also with the right password");
    let wait: u64 = page.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=15 * 60).contains(&wait));
    // An identifier that nobody has gets the same.
    let nobody = crate::support::operator::citizen_id();
    for expected in std::iter::repeat_n(422, 10).chain([429]) {
        guesser.open("/sign-in").await;
        let page =
            guesser.submit("#sign-in", &[("identifier", nobody.as_str()), ("password", "guess guess")]).await;
        assert_eq!(page.status, expected);
    }
    // The owner's own browser is not stopped by strangers.
    owner.cookies.remove("yihao_session");
    owner.open("/sign-in").await;
    owner.submit("#sign-in", &right).await.is_at("/account");
    house.pass(15 * MINUTE);
    guesser.open("/sign-in").await;
    guesser.submit("#sign-in", &right).await.is_at("/account");
}

#[tokio::test]
async fn a_form_without_its_ticket_or_from_elsewhere_is_refused() {
    let house = House::open().await;
    let person = house.person().await;
    let fields = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    let mut browser = Browser::new(&house);
    browser.open("/sign-in").await;
    for csrf in ["", "made up"] {
        let page = browser.submit("#sign-in", &[&fields[..], &[("csrf", csrf)]].concat()).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("form_expired")));
        browser.open("/sign-in").await;
    }
    // Another site's form comes without our cookies (SameSite), so from a new browser.
    browser.cookies.clear();
    let page = browser.submit("#sign-in", &fields).await;
    assert_eq!(page.code().as_deref(), Some("form_expired"));
    assert!(!browser.cookies.contains_key("yihao_session"));
}

#[tokio::test]
async fn a_session_begins_with_a_cookie_that_was_never_seen_before() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let mut browser = Browser::signed_in(&house, &other).await;
    let before = browser.cookies["yihao_session"].clone();
    let party = house.relying_party(json!({})).await;
    let hint = party.tokens(&mut Browser::signed_in(&house, &person).await, "openid").await;
    let attempt = party.attempt("openid").with("id_token_hint", hint.text("id_token"));
    browser.open(&attempt.url()).await.is_at("/sign-in");
    let page =
        browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]).await;
    page.authorization_code();
    assert_ne!(browser.cookies["yihao_session"], before);
    // The session of the one before has ended, not only lost its cookie.
    browser.cookies.insert("yihao_session".to_owned(), before);
    let silent = party.attempt("openid").with("prompt", "none");
    assert_eq!(browser.open(&silent.url()).await.error(), "login_required");
}

#[tokio::test]
async fn a_number_in_a_hint_is_dropped_and_a_name_is_filled_in() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let number = crate::support::operator::citizen_id();
    let mut browser = Browser::new(&house);
    for hint in [number.as_str(), "13812345678", &format!("id:{}", number.as_str())] {
        let page = browser.open(&party.attempt("openid").with("login_hint", hint).url()).await;
        page.is_at("/sign-in").sees_not(hint).sees_not(number.as_str());
    }
    let page = browser.open(&party.attempt("openid").with("login_hint", "ouyang@mail.example").url()).await;
    page.sees("ouyang@mail.example");
}

#[tokio::test]
async fn pages_say_what_a_browser_may_do_with_them() {
    let house = House::open().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    let page = browser.open(&party.attempt("openid").url()).await;
    let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
    let origin = url::Url::parse(&party.redirect_uri).unwrap().origin().ascii_serialization();
    assert!(header("content-security-policy").contains(&format!("form-action 'self' {origin}")));
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(
        (header("cache-control"), header("referrer-policy")),
        ("no-store".into(), "no-referrer".into())
    );
    assert_eq!(
        (header("x-frame-options"), header("x-content-type-options")),
        ("DENY".into(), "nosniff".into())
    );
    assert!(page.has("html[lang=zh-Hans]"));
    browser.header("accept-language", "en-GB,en;q=0.9");
    assert!(browser.open("/sign-in").await.has("html[lang=en]"));
    assert!(browser.open("/sign-in?lang=zh-Hant").await.has("html[lang=zh-Hant]"));
    assert!(browser.open("/sign-in").await.has("html[lang=zh-Hant]"), "the choice is remembered");
}
