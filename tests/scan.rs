//! A browser signed in by a phone that reads its code: the journey, and everything by which somebody might have
//! a stranger's browser signed in, or their own as a stranger.

use serde_json::json;
use yihao::base::AuthenticationLevel;

use crate::support::{Browser, HOUR, House, MINUTE, Page, Person, claims_of};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36";

/// The screen shows its code: where it leads, and the number beside it.
async fn shown(screen: &mut Browser) -> (String, String) {
    let page = screen.open("/sign-in/scan").await;
    page.is_at("/sign-in/scan").sees("http-equiv=\"refresh\"");
    let address = page.attribute("#scan-here", "href").expect("an address");
    let path = url::Url::parse(&address).expect("a URL").path().to_owned();
    (path, page.text("#number"))
}

async fn phone_of(house: &House, person: &Person) -> Browser {
    Browser::signed_in_at(house, person, AuthenticationLevel::TwoFactors).await
}

/// The screen's page asks again, as it does by itself.
async fn ask_again(screen: &mut Browser) -> Page {
    let url = screen.last_url();
    screen.open(&url).await
}

/// The phone opens the code and chooses a number.
async fn answer(phone: &mut Browser, code: &str, number: &str, decision: &str) -> Page {
    phone.open(code).await.is_at(code);
    phone.submit("#scan-confirm", &[("match", number), ("decision", decision)]).await
}

fn wrong(phone_page: &Page, number: &str) -> String {
    let choices = (0..3).filter_map(|n| phone_page.attribute(&format!("#match-{n}"), "value"));
    choices.into_iter().find(|choice| choice != number).expect("another number")
}

#[tokio::test]
async fn the_phone_signs_the_screen_in_and_says_where() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut phone = phone_of(&house, &person).await;
    let mut screen = Browser::new(&house);
    screen.header("user-agent", CHROME);
    let attempt = party.attempt("openid profile");
    screen.open(&attempt.url()).await.is_at("/sign-in").sees("用手机扫码登录");
    let page = screen.open_link_to("/sign-in/scan").await;
    let (number, code) = (page.text("#number"), page.attribute("#scan-here", "href").expect("an address"));
    let code = url::Url::parse(&code).expect("a URL").path().to_owned();
    // Nobody has read it: the page waits.
    ask_again(&mut screen).await.sees("请用手机扫描二维码");
    // The phone sees which browser, from where, on the way to what; then the screen knows that it was read.
    phone.open(&code).await.sees("Chrome · Windows").sees("127.0.0.*").sees("电子证照");
    ask_again(&mut screen).await.sees("请在手机上确认").sees(&number);
    let done = phone.submit("#scan-confirm", &[("match", &number), ("decision", "allow")]).await;
    done.is_at("/scan/done").sees("已允许");
    let code = ask_again(&mut screen).await.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["acr"], &claims["channel"]), (&json!("urn:yihao:aal:2"), &json!("hall")));
    assert_eq!(claims["amr"], json!(["mca", "mfa"]), "what was shown on the phone was not shown here");
    // The owner sees it on the phone, and ends it from there.
    let page = phone.open("/account/sessions").await;
    page.sees("Chrome · Windows").sees("由您的手机扫码登录");
    phone.submit("#sessions", &[("end", "others")]).await.sees_not("Chrome · Windows");
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
}

#[tokio::test]
async fn a_passkey_on_the_phone_makes_no_phishing_resistant_sign_in_elsewhere() {
    let house = House::open().await;
    for (person, level, acr) in [
        (house.person_without_phone().await, AuthenticationLevel::OneFactor, "urn:yihao:aal:1"),
        (house.person().await, AuthenticationLevel::PhishingResistant, "urn:yihao:aal:2"),
    ] {
        let party = house.relying_party(json!({})).await;
        let mut phone = Browser::signed_in_at(&house, &person, level).await;
        let mut screen = Browser::new(&house);
        let (code, number) = shown(&mut screen).await;
        answer(&mut phone, &code, &number, "allow").await.sees("已允许");
        ask_again(&mut screen).await.is_at("/account");
        let tokens = party.tokens(&mut screen, "openid").await;
        assert_eq!(claims_of(tokens.text("id_token"))["acr"], acr);
    }
}

#[tokio::test]
async fn what_a_borrowed_sign_in_may_never_do() {
    let house = House::open().await;
    let person = house.person().await;
    let mut phone = phone_of(&house, &person).await;
    let mut screen = Browser::new(&house);
    let (code, number) = shown(&mut screen).await;
    answer(&mut phone, &code, &number, "allow").await;
    ask_again(&mut screen).await.is_at("/account");
    for page in [
        "/account/factors/app",
        "/account/factors/password",
        "/account/factors/recovery-codes",
        "/account/passkey",
        "/account/close",
        "/account/data",
        "/account/helpers/add",
    ] {
        let refused = screen.open(page).await;
        assert_eq!(refused.code().as_deref(), Some("not_in_this_session"), "{page}");
    }
    // Nor lend itself on.
    let mut third = Browser::new(&house);
    let (code, _) = shown(&mut third).await;
    assert_eq!(screen.open(&code).await.code().as_deref(), Some("not_in_this_session"));
}

#[tokio::test]
async fn another_number_or_a_no_ends_it() {
    let house = House::open().await;
    let person = house.person().await;
    let mut phone = phone_of(&house, &person).await;
    for decision in ["deny", "wrong"] {
        let mut screen = Browser::new(&house);
        let (code, number) = shown(&mut screen).await;
        let page = phone.open(&code).await;
        if decision == "deny" {
            phone.submit("#scan-confirm", &[("decision", "deny")]).await.sees("已拒绝");
        } else {
            let other = wrong(&page, &number);
            let page = phone.submit("#scan-confirm", &[("match", &other), ("decision", "allow")]).await;
            assert_eq!(page.code().as_deref(), Some("wrong_number"));
        }
        ask_again(&mut screen).await.sees("手机上没有允许");
        // Once: not even the right number helps now.
        let again = phone.open(&code).await;
        assert_eq!(again.code().as_deref(), Some("request_over"), "{decision}");
        screen.open("/account").await.is_at("/sign-in");
    }
    let mut screen = Browser::new(&house);
    let (code, _) = shown(&mut screen).await;
    phone.open(&code).await;
    let page = phone.submit("#scan-confirm", &[("decision", "allow")]).await;
    assert!(page.code().is_some() && page.status.as_u16() == 422, "no number chosen");
}

#[tokio::test]
async fn a_code_is_for_one_person_one_browser_and_a_few_minutes() {
    let house = House::open().await;
    let (person, stranger) = (house.person().await, house.person().await);
    let (mut phone, mut other) = (phone_of(&house, &person).await, phone_of(&house, &stranger).await);
    let mut screen = Browser::new(&house);
    let (code, number) = shown(&mut screen).await;
    phone.open(&code).await.is_at(&code);
    let taken = other.open(&code).await;
    assert_eq!(taken.code().as_deref(), Some("request_taken"));
    // A browser that has not shown the code is not signed in by it.
    let mut thief = Browser::new(&house);
    thief.open("/sign-in/scan").await;
    let asked = screen.last_url();
    answer(&mut phone, &code, &number, "allow").await.sees("已允许");
    thief.open(&asked).await.sees("二维码已失效");
    ask_again(&mut screen).await.is_at("/account");
    // And once only: the same address signs nobody in again.
    screen.cookies.remove("yihao_session");
    screen.open(&asked).await.is_at("/sign-in/scan");
    screen.open("/account").await.is_at("/sign-in");
    // Too late.
    let mut late = Browser::new(&house);
    let (code, _) = shown(&mut late).await;
    house.pass(4 * MINUTE);
    assert_eq!(phone.open(&code).await.code().as_deref(), Some("request_over"));
    ask_again(&mut late).await.sees("二维码已失效");
    let nobody = phone.open("/scan/0199c0de-7000-4000-8000-000000000001").await;
    assert_eq!(nobody.code().as_deref(), Some("request_over"));
}

#[tokio::test]
async fn the_phone_must_be_signed_in_still_and_have_proven_itself_just_now() {
    let house = House::open().await;
    let person = house.person().await;
    let mut phone = phone_of(&house, &person).await;
    // Signed out between yes and the screen's next look.
    let mut screen = Browser::new(&house);
    let (code, number) = shown(&mut screen).await;
    answer(&mut phone, &code, &number, "allow").await.sees("已允许");
    phone.open("/sign-out").await;
    phone.submit("#sign-out", &[]).await;
    ask_again(&mut screen).await.sees("二维码已失效");
    // Not signed in: first that, then back to the code.
    let mut screen = Browser::new(&house);
    let (code, _) = shown(&mut screen).await;
    let mut phone = Browser::new(&house);
    phone.open(&code).await.is_at("/sign-in");
    let fields = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    phone.submit("#sign-in", &fields).await.is_at(&code);
    // Long after: whoever holds an open phone is asked for more than the number.
    house.pass(HOUR / 2);
    let mut screen = Browser::new(&house);
    let (code, number) = shown(&mut screen).await;
    let page = answer(&mut phone, &code, &number, "allow").await;
    page.is_at("/second-factor");
    ask_again(&mut screen).await.sees("请在手机上确认");
}

#[tokio::test]
async fn the_method_used_last_is_offered_first_and_the_others_stay() {
    let house = House::open().await;
    let person = house.person().await;
    let mut phone = phone_of(&house, &person).await;
    let mut screen = Browser::new(&house);
    let page = screen.open("/sign-in").await;
    assert!(page.has("#sign-in") && page.has(".others #by-phone"), "beside the others, not in their place");
    let (code, number) = shown(&mut screen).await;
    answer(&mut phone, &code, &number, "allow").await;
    ask_again(&mut screen).await.is_at("/account");
    screen.open("/sign-out").await;
    screen.submit("#sign-out", &[]).await;
    let page = screen.open("/sign-in").await;
    assert!(page.has("main > .actions #by-phone") && page.has("#sign-in"));
    let fields = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    screen.submit("#sign-in", &fields).await.is_at("/account");
    screen.open("/sign-out").await;
    screen.submit("#sign-out", &[]).await;
    assert!(screen.open("/sign-in").await.has(".others #by-phone"));
}
