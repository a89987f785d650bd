//! What does not.

use serde_json::json;
use yihao::db::{Read, values};
use yihao::http::urls;
use yihao::terminal::Kind;

use crate::support::device::{Device, GRANT, Shown};
use crate::support::{Answer, Auth, Browser, House, MINUTE, Page, Person, RelyingParty};

/// A phone on which the question is open.
async fn opens(house: &House, person: &Person, shown: &Shown) -> (Browser, Page) {
    let mut phone = Browser::signed_in(house, person).await;
    let page = phone.open(&shown.address).await;
    page.is_at(urls::DEVICE_CONFIRM);
    (phone, page)
}

async fn allow(phone: &mut Browser) -> Page {
    phone.submit("#device-confirm", &[("decision", "allow")]).await
}

#[tokio::test]
async fn too_soon() {
    let house = House::open().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid").await;
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "slow_down"));
    assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "authorization_pending"));
    // Another request of the same client has its own time.
    let other = device.asks("openid").await;
    assert_eq!(device.polls(&other).await.refusal(), (400, "authorization_pending"));
}

#[tokio::test]
async fn expired() {
    let house = House::open().await;
    let device = Device::at_home(&house).await;
    let (unopened, opened) = (device.asks("openid").await, device.asks("openid").await);
    let (mut phone, _) = opens(&house, &house.person().await, &opened).await;
    house.pass(MINUTE * 10);
    let page = allow(&mut phone).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (410, Some("request_over")));
    for shown in [&unopened, &opened] {
        assert_eq!(device.polls(shown).await.refusal(), (400, "expired_token"));
    }
    phone.open(urls::DEVICE).await;
    let page = phone.submit("#device", &[("user_code", &unopened.user_code)]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("user-code-wrong")));
}

#[tokio::test]
async fn denied() {
    let house = House::open().await;
    let person = house.person().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid").await;
    let (mut phone, _) = opens(&house, &person, &shown).await;
    let page = phone.submit_again("#device-confirm", &[("decision", "deny")]).await;
    page.is_at(urls::DEVICE_DONE).sees("已拒绝");
    // For good: neither another click nor another look at the code opens it again.
    let page = allow(&mut phone).await;
    assert_eq!(page.code().as_deref(), Some("request_over"));
    assert_eq!(phone.open(&shown.address).await.code().as_deref(), Some("user-code-wrong"));
    for _ in 0..2 {
        assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "access_denied"));
    }
    assert!(events(&house, "request.answered").await.iter().any(|detail| detail["outcome"] == "denied"));
}

#[tokio::test]
async fn replayed() {
    let house = House::open().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid profile").await;
    let (mut phone, _) = opens(&house, &house.person().await, &shown).await;
    allow(&mut phone).await.is_at(urls::DEVICE_DONE);
    let tokens = device.waits_and_polls(&house, &shown).await.good();
    device.party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "invalid_grant"));
    assert_eq!(device.party.userinfo(tokens.text("access_token")).await.status, 401);
    assert_eq!(device.party.refresh(tokens.text("refresh_token")).await.refusal(), (400, "invalid_grant"));
}

/// Ten questions at one time: the tokens are given once at most.
#[tokio::test]
async fn redeemed_once_at_most() {
    let house = House::open_with(|config| config.request.interval_seconds = 0).await;
    let device = std::sync::Arc::new(Device::at_home(&house).await);
    let shown = std::sync::Arc::new(device.asks("openid").await);
    let (mut phone, _) = opens(&house, &house.person().await, &shown).await;
    allow(&mut phone).await.is_at(urls::DEVICE_DONE);
    let tasks = (0..10).map(|_| {
        let (device, shown) = (device.clone(), shown.clone());
        tokio::spawn(async move { device.polls(&shown).await.status })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut good = 0;
    for task in tasks {
        good += usize::from(task.await.unwrap() == 200);
    }
    assert!(good <= 1, "{good} of ten");
}

/// Guessing: neither in one's own name nor from one source does it go on for long.
#[tokio::test]
async fn guessed() {
    let house = House::open().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid").await;
    let guess = |n: u32| format!("BCDF-GH{}{}", b"BCDFGHJKLM"[n as usize % 10] as char, 'Z');
    let (someone, owner) = (house.person().await, house.person().await);
    let mut signed_in = Browser::signed_in(&house, &someone).await;
    let mut nobody = Browser::new(&house);
    for guesser in [&mut signed_in, &mut nobody] {
        guesser.open(urls::DEVICE).await;
        for n in 0..10 {
            let page = guesser.submit_again("#device", &[("user_code", &guess(n))]).await;
            assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("user-code-wrong")));
        }
        let page = guesser.submit("#device", &[("user_code", &shown.user_code)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (429, Some("user-codes-too-many")));
        assert!(page.headers.contains_key("retry-after"));
        assert_eq!(guesser.open(&shown.address).await.status, 429);
    }
    // Another browser of the same person changes nothing; somebody else is not stopped.
    let mut again = Browser::signed_in(&house, &someone).await;
    assert_eq!(again.open(&shown.address).await.status, 429);
    opens(&house, &owner, &shown).await;
}

/// A code that was passed on, or seen over a shoulder: the first to open it has it, and it is written down.
#[tokio::test]
async fn relayed() {
    let house = House::open().await;
    let (first, other) = (house.person().await, house.person().await);
    let device = Device::in_a_hall(&house).await;
    let shown = device.asks("openid").await;
    let right = shown.match_number.expect("a number").to_string();
    let (mut phone, _) = opens(&house, &first, &shown).await;
    let mut stranger = Browser::signed_in(&house, &other).await;
    let page = stranger.open(&shown.address).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (409, Some("request_taken")));
    assert!(!page.has("#device-confirm"));
    assert_eq!(events(&house, "request.relayed").await.len(), 1);
    // The same browser, and somebody else signed in there meanwhile.
    phone.change_to(&house, &other).await;
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (409, Some("request_taken")));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));
}

/// Allowed by one, and another is signed in when it comes to the answer.
#[tokio::test]
async fn who_opened_it_answers_it() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let metadata = json!({ "grant_types": [GRANT], "redirect_uris": [], "first_party": false });
    let device = Device { party: house.relying_party(metadata).await };
    let shown = device.asks("openid profile").await;
    let (mut phone, _) = opens(&house, &person, &shown).await;
    allow(&mut phone).await.is_at(urls::CONSENT);
    phone.change_to(&house, &other).await;
    let page = phone.submit("#consent", &[("decision", "allow")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (410, Some("ask_expired")));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));
}

/// Somebody sends their code to a person who stands before another screen, or before none.
#[tokio::test]
async fn phished() {
    let house = House::open().await;
    let person = house.person().await;
    let device = Device::in_a_hall(&house).await;
    let shown = device.asks("openid").await;
    let (mut phone, page) = opens(&house, &person, &shown).await;
    let wrong = shown.wrong_number(&page);
    let page = phone.submit_again("#device-confirm", &[("decision", "allow"), ("match", &wrong)]).await;
    page.is_at(urls::DEVICE_DONE).sees("数字");
    assert_eq!(page.code().as_deref(), Some("wrong_number"));
    // One try: it is over, whatever is chosen now.
    let right = shown.match_number.expect("a number").to_string();
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    assert_eq!(page.code().as_deref(), Some("request_over"));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "access_denied"));
    assert!(
        events(&house, "request.answered").await.iter().any(|detail| detail["outcome"] == "wrong_number")
    );
}

/// Whoever holds an unlocked phone is not the person.
#[tokio::test]
async fn an_old_sign_in_is_not_enough_in_public() {
    let house = House::open().await;
    let person = house.person_without_phone().await;
    let device = Device::in_a_hall(&house).await;
    let shown = device.asks("openid").await;
    let mut phone = Browser::signed_in(&house, &person).await;
    house.pass(MINUTE * 6);
    let shown = {
        drop(shown);
        device.asks("openid").await
    };
    phone.open(&shown.address).await.is_at(urls::DEVICE_CONFIRM);
    let right = shown.match_number.expect("a number").to_string();
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    page.is_at(urls::SIGN_IN).sees("请再次登录");
    crate::factors::signs_in(&mut phone, &person).await.is_at(urls::DEVICE_DONE).sees("已允许");
    device.polls(&shown).await.good();
}

#[tokio::test]
async fn who_cannot_prove_it_says_so_to_the_device() {
    let house = House::open().await;
    let person = house.person().await;
    let device = Device::in_a_hall(&house).await;
    let shown = device.asks("openid").await;
    let (mut phone, _) = opens(&house, &person, &shown).await;
    let right = shown.match_number.expect("a number").to_string();
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    page.is_at(urls::SECOND_FACTOR);
    let page = phone.submit("#second-factor-leave", &[]).await;
    assert_eq!(page.is_at(urls::DEVICE_DONE).code().as_deref(), Some("unproven"));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "access_denied"));
}

/// The person signs out everywhere between their yes and the device's next question.
#[tokio::test]
async fn a_sign_out_comes_before_the_tokens() {
    let house = House::open().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid").await;
    let (mut phone, _) = opens(&house, &house.person().await, &shown).await;
    allow(&mut phone).await.is_at(urls::DEVICE_DONE);
    phone.open(urls::SIGN_OUT).await;
    phone.submit("#sign-out", &[]).await.is_at(urls::SIGNED_OUT);
    assert_eq!(device.polls(&shown).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn what_clients_do_wrong() {
    let house = House::open().await;
    let (device, other) = (Device::at_home(&house).await, Device::at_home(&house).await);
    let party = house.relying_party(json!({})).await;
    let shown = device.asks("openid").await;
    // Another client's code; a made-up one; none.
    assert_eq!(other.polls(&shown).await.refusal(), (400, "invalid_grant"));
    let poll = async |fields: &[(&str, &str)]| {
        let fields = [&[("grant_type", GRANT)], fields].concat();
        device.party.post("/token", &fields).await
    };
    assert_eq!(poll(&[("device_code", "made-up")]).await.refusal(), (400, "invalid_grant"));
    assert_eq!(poll(&[]).await.refusal(), (400, "invalid_request"));
    // A client without the grant, at both addresses; one that does not say who it is.
    assert_eq!(party.post("/device_authorization", &[]).await.refusal(), (400, "unauthorized_client"));
    let fields = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    assert_eq!(party.post("/token", &fields).await.refusal(), (400, "unauthorized_client"));
    let nobody = party.post_bare("/device_authorization", &[("scope", "openid")]).await;
    assert_eq!(nobody.refusal(), (401, "invalid_client"));
    // What the checks refuse here as anywhere.
    let ask = async |fields: &[(&str, &str)]| device.party.post("/device_authorization", fields).await;
    assert_eq!(ask(&[("scope", "nothing-we-know")]).await.refusal(), (400, "invalid_scope"));
    assert_eq!(ask(&[("claims", "{")]).await.refusal(), (400, "invalid_request"));
    assert_eq!(ask(&[("max_age", "soon")]).await.refusal(), (400, "invalid_request"));
    let plain: Answer = ask(&[]).await.good();
    assert!(plain["device_code"].is_string());
    // Neither a code nor a ticket of one kind is good as another.
    let fields = [("grant_type", "refresh_token"), ("refresh_token", shown.device_code.as_str())];
    assert_eq!(party.post("/token", &fields).await.refusal(), (400, "invalid_grant"));
}

/// Terminals of one client are apart: what was shown at one is not fetched at another.
#[tokio::test]
async fn a_code_belongs_to_its_terminal() {
    let house = House::open().await;
    let device = Device::in_a_hall(&house).await;
    let pair = crate::support::machine::Pair::new();
    let id = house.enroll(Kind::Kiosk, &device.party.id, &pair, "always").await.expect("it is enrolled");
    let auth = Auth::Key(pair.named(id));
    let neighbour = Device { party: RelyingParty::new(&house, device.party.client.clone(), auth) };
    let shown = device.asks("openid").await;
    assert_eq!(neighbour.polls(&shown).await.refusal(), (400, "invalid_grant"));
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));
}

/// Suspended between the person's yes and the next question: it gets nothing.
#[tokio::test]
async fn a_suspended_terminal() {
    let house = House::open().await;
    let over = json!({ "grant_types": [GRANT], "redirect_uris": [] });
    let (party, terminal) = house.machine(Kind::Kiosk, over).await;
    let device = Device { party };
    let shown = device.asks("openid").await;
    let (mut phone, _) = opens(&house, &house.person_without_phone().await, &shown).await;
    let right = shown.match_number.expect("a number").to_string();
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    page.is_at(urls::DEVICE_DONE);
    house.suspend(terminal).await;
    assert_eq!(device.polls(&shown).await.refusal(), (401, "invalid_client"));
}

/// Devices that nobody knows are given codes within a ration.
#[tokio::test]
async fn flooding() {
    let house = House::open_with(|config| config.request.per_source = 3).await;
    let (television, kiosk) = (Device::at_home(&house).await, Device::in_a_hall(&house).await);
    for _ in 0..3 {
        television.asks("openid").await;
    }
    let refused = television.party.post("/device_authorization", &[("scope", "openid")]).await;
    assert_eq!(refused.refusal(), (429, "temporarily_unavailable"));
    assert!(!refused.header("retry-after").is_empty());
    kiosk.asks("openid").await;
}

/// What was written down of such events.
async fn events(house: &House, name: &str) -> Vec<serde_json::Value> {
    let all = "select detail from audit where event = $1 order by id";
    (&mut &house.app.db).all(all, values![name], |row| row.json(0, "audit")).await.expect("the log is read")
}
