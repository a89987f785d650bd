//! What does not go well.

use serde_json::json;
use yihao::http::urls;

use crate::support::counter::{Counter, GRANT};
use crate::support::operator::citizen_id;
use crate::support::phone::Phone;
use crate::support::{Answer, Browser, HOUR, House, MINUTE, http};

const NOTHING: &str = "现在没有等待您确认的请求";

#[tokio::test]
async fn denied_expired_and_a_wrong_number() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;

    let asked = counter.asks(&person.number).await;
    phone.opens().await;
    phone.decides("deny").await.is_at(urls::DEVICE_DONE).sees("已拒绝");
    for _ in 0..2 {
        assert_eq!(counter.waits_and_polls(&house, &asked).await.refusal(), (400, "access_denied"));
    }

    let asked = counter.asks(&person.number).await;
    let numbers = phone.opens().await.texts(".numbers label");
    let wrong = numbers.iter().find(|number| **number != asked.match_number).expect("another");
    let fields = [("decision", "allow"), ("match", wrong.as_str())];
    let page = phone.browser.submit_again("#device-confirm", &fields).await;
    assert_eq!(page.code().as_deref(), Some("wrong_number"));
    let fields = [("decision", "allow"), ("match", asked.match_number.as_str())];
    let page = phone.browser.submit("#device-confirm", &fields).await;
    assert_eq!(page.code().as_deref(), Some("request_over"));
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "access_denied"));

    let asked = counter.asks(&person.number).await;
    phone.opens().await;
    house.pass(MINUTE * 2);
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "expired_token"));
    assert_eq!(phone.decides("allow").await.code().as_deref(), Some("request_over"));
    phone.looks().await.sees(NOTHING);
}

#[tokio::test]
async fn too_soon_and_replayed() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks(&person.number).await;
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "authorization_pending"));
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "slow_down"));
    phone.opens().await;
    phone.allows(&asked.match_number).await;
    let tokens = counter.waits_and_polls(&house, &asked).await.good();
    assert_eq!(counter.party.introspect(tokens.text("access_token")).await.good()["active"], true);
    assert_eq!(counter.waits_and_polls(&house, &asked).await.refusal(), (400, "invalid_grant"));
    assert_eq!(counter.party.introspect(tokens.text("access_token")).await.good()["active"], false);
}

/// Nobody but who was named sees it, whatever address they know.
#[tokio::test]
async fn relayed() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let counter = Counter::open(&house).await;
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks(&person.number).await;
    let page = phone.looks().await;
    let address = page.links_to(&format!("{}/", urls::APPROVALS)).remove(0);
    let mut stranger = Browser::signed_in(&house, &other).await;
    stranger.open(&address).await.is_at(urls::APPROVALS).sees(NOTHING);
    Browser::new(&house).open(&address).await.is_at(urls::SIGN_IN);
    // In the person's own browser, somebody else is signed in meanwhile.
    phone.opens().await;
    phone.browser.change_to(&house, &other).await;
    let fields = [("decision", "allow"), ("match", asked.match_number.as_str())];
    phone.browser.submit("#device-confirm", &fields).await.is_at(urls::SIGN_IN);
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "authorization_pending"));
}

/// One open request a person, whoever asks and by whatever hint; and no more than so many in an hour.
#[tokio::test]
async fn bombing() {
    let house = House::open().await;
    let person = house.person().await;
    let (counter, other) = (Counter::open(&house).await, Counter::open(&house).await);
    let mut phone = Phone::of(&house, &person).await;
    let ask = async |counter: &Counter, hint: &str| {
        counter.tries(&[("scope", "openid"), ("login_hint", hint)]).await
    };
    let first = counter.asks(&person.number).await;
    for counter in [&counter, &other] {
        let refused = ask(counter, &person.number).await;
        assert_eq!(refused.refusal(), (429, "temporarily_unavailable"));
        assert!(!refused.header("retry-after").is_empty());
    }
    // By another hint it is the same person: taken, and not shown.
    let hidden = other.asks(&person.phone).await;
    assert_eq!(phone.looks().await.links_to(&format!("{}/", urls::APPROVALS)).len(), 1);
    phone.opens().await;
    phone.decides("deny").await;
    phone.looks().await.sees(NOTHING);
    assert_eq!(counter.polls(&first).await.refusal(), (400, "access_denied"));
    assert_eq!(other.polls(&hidden).await.refusal(), (400, "authorization_pending"));
    // Denied, it may ask again; ten times in an hour.
    let mut asked = 3;
    while ask(&counter, &person.number).await.status == 200 {
        phone.opens().await;
        phone.decides("deny").await;
        asked += 1;
        assert!(asked < 20, "it never ends");
    }
    house.pass(HOUR);
    assert_eq!(ask(&counter, &person.number).await.status, 200);
}

#[tokio::test]
async fn the_person_blocks_who_asks() {
    let house = House::open().await;
    let person = house.person().await;
    let (counter, other) = (Counter::open(&house).await, Counter::open(&house).await);
    let mut phone = Phone::of(&house, &person).await;
    let asked = counter.asks(&person.number).await;
    phone.opens().await;
    phone.decides("block").await.is_at(urls::DEVICE_DONE);
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "access_denied"));
    phone.looks().await.sees("不再接收以下服务的请求").sees("综合窗口");
    // It is not told, and not shown; others are.
    let asked = counter.asks(&person.number).await;
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "authorization_pending"));
    phone.looks().await.sees(NOTHING);
    house.pass(MINUTE * 2);
    let shown = other.asks(&person.number).await;
    phone.opens().await;
    phone.decides("deny").await;
    assert_eq!(other.polls(&shown).await.refusal(), (400, "access_denied"));
    phone.looks().await;
    phone.browser.submit("#unblock-1", &[]).await.is_at(urls::APPROVALS).sees_not("不再接收以下服务的请求");
    counter.asks(&person.number).await;
    phone.opens().await;
}

#[tokio::test]
async fn what_clients_do_wrong() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let hint = person.number.as_str();
    for (name, params, code) in [
        ("no hint", vec![("scope", "openid")], "invalid_request"),
        (
            "two hints",
            vec![("scope", "openid"), ("login_hint", hint), ("id_token_hint", "x")],
            "invalid_request",
        ),
        ("no number, no phone", vec![("scope", "openid"), ("login_hint", "kaiming")], "invalid_request"),
        ("somebody's token", vec![("scope", "openid"), ("id_token_hint", "x.y.z")], "invalid_request"),
        ("a token of no kind", vec![("scope", "openid"), ("login_hint_token", "x")], "invalid_request"),
        ("no openid", vec![("scope", "profile"), ("login_hint", hint)], "invalid_scope"),
        (
            "a request object",
            vec![("scope", "openid"), ("login_hint", hint), ("request", "e30.")],
            "request_not_supported",
        ),
        (
            "a user code",
            vec![("scope", "openid"), ("login_hint", hint), ("user_code", "1")],
            "invalid_request",
        ),
        (
            "a message of two lines",
            vec![("scope", "openid"), ("login_hint", hint), ("binding_message", "a\nb")],
            "invalid_binding_message",
        ),
        (
            "an expiry that is none",
            vec![("scope", "openid"), ("login_hint", hint), ("requested_expiry", "0")],
            "invalid_request",
        ),
    ] {
        assert_eq!(counter.tries(&params).await.refusal(), (400, code), "{name}");
    }
    // None of these has taken the person's one place.
    let asked = counter.asks(hint).await;
    // A client without the grant, at both addresses; another client; nobody.
    let party = house.relying_party(json!({})).await;
    let params = [("scope", "openid"), ("login_hint", hint)];
    let path = "/backchannel-authentication";
    assert_eq!(party.post(path, &params).await.refusal(), (400, "unauthorized_client"));
    let poll = [("grant_type", GRANT), ("auth_req_id", asked.auth_req_id.as_str())];
    assert_eq!(party.post("/token", &poll).await.refusal(), (400, "unauthorized_client"));
    let other = Counter::open(&house).await;
    assert_eq!(other.polls(&asked).await.refusal(), (400, "invalid_grant"));
    assert_eq!(party.post_bare(path, &params).await.refusal(), (401, "invalid_client"));
}

/// Only an operator lets a client ask.
#[tokio::test]
async fn nobody_gives_it_to_themselves() {
    let house = House::open().await;
    let token = house.initial_access_token(1, HOUR).await;
    let metadata = json!({
        "client_name": "厅", "redirect_uris": ["https://a.example/"], "grant_types": ["authorization_code", GRANT],
    });
    let made = Answer::of(http().post(house.at("/clients")).bearer_auth(token).json(&metadata)).await;
    assert_eq!(made.refusal(), (400, "invalid_client_metadata"));
}

/// As long as was asked for, within what the configuration allows.
#[tokio::test]
async fn how_long_it_waits() {
    let house = House::open().await;
    let counter = Counter::open(&house).await;
    for (wanted, got) in [("300", 300), ("5", 30), ("86400", 600)] {
        let number = citizen_id().as_str().to_owned();
        let asked = counter.asks_with(&number, &[("requested_expiry", wanted)]).await;
        assert_eq!(asked.answer["expires_in"], got);
    }
}

/// Neither number nor phone of who is asked lies anywhere.
#[tokio::test]
async fn what_is_kept_names_nobody() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let unknown = citizen_id().as_str().to_owned();
    let asked = counter.asks(&person.number).await;
    counter.asks(&unknown).await;
    let dump = house.home.dump().await;
    let phone = person.phone.trim_start_matches("+86");
    for secret in [person.number.as_str(), phone, &unknown, &asked.auth_req_id] {
        assert!(!dump.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
}
