//! One's own sessions: seen, and ended from another.

use serde_json::json;
use yihao::base::{Channel, Device, Visit};
use yihao::credential::Proof;
use yihao::db::Read;
use yihao::session::{self, SignIn};
use yihao::terminal::Kind;
use yihao::values;

use crate::support::program::yihao;
use crate::support::{Browser, HOUR, House, Person};

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36";
const DESK: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0";

/// Signs in by the page, so that the browser says what it is.
async fn signed_in(house: &House, person: &Person, agent: &str, address: &str) -> Browser {
    let mut browser = Browser::new(house);
    browser.header("user-agent", agent);
    browser.header("x-forwarded-for", address);
    browser.open("/sign-in").await.is_at("/sign-in");
    let page = browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]);
    page.await.is_at("/account");
    browser
}

/// The handles of the sessions that can be ended from a page.
fn handles(html: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(html);
    let buttons = scraper::Selector::parse("#sessions button[name=end]:not(#end-others)").unwrap();
    document.select(&buttons).map(|button| button.attr("value").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_person_sees_their_sessions_and_ends_one_from_another() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "client_name": "电子证照" })).await;
    let mut phone = signed_in(&house, &person, PHONE, "203.0.113.77").await;
    let mut desk = signed_in(&house, &person, DESK, "2001:db8:12:34::5").await;
    let tokens = party.tokens(&mut phone, "openid").await;
    signed_in(&house, &house.person().await, "curl/8 (secret-agent)", "198.51.100.9").await;
    let page = desk.open("/account").await;
    page.sees("/account/sessions");
    let page = desk.open("/account/sessions").await;
    for words in ["Chrome · Android", "Firefox · Windows", "203.0.113.*", "2001:db8:12:*", "电子证照"] {
        page.sees(words);
    }
    for secret in ["ALN-AL00", "133.0", "203.0.113.77", "198.51.100", "::5"] {
        page.sees_not(secret);
    }
    let ends = handles(&page.html);
    assert_eq!(ends.len(), 1, "the one in use is ended by signing out");
    desk.submit("#sessions", &[("end", &ends[0])]).await.is_at("/account/sessions").sees_not("Android");
    assert_eq!(party.userinfo(tokens.text("access_token")).await.status, 401);
    phone.open("/account").await.is_at("/sign-in");
    desk.open("/account").await.is_at("/account");
    // Not in the store either: only the words are kept.
    let dump = house.home.dump().await;
    for secret in ["ALN-AL00", "secret-agent"] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn all_others_end_at_once_and_nobody_elses() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let mut desk = signed_in(&house, &person, DESK, "203.0.113.1").await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(signed_in(&house, &person, PHONE, "203.0.113.2").await);
    }
    let mut strangers = signed_in(&house, &other, PHONE, "203.0.113.3").await;
    let page = strangers.open("/account/sessions").await;
    assert!(handles(&page.html).is_empty() && !page.has("#end-others"));
    // Another person's handle, or a made-up one, ends nothing.
    let foreign = handles(&desk.open("/account/sessions").await.html);
    strangers.submit("#sessions", &[("end", &foreign[0])]).await.is_at("/account/sessions");
    desk.open("/account/sessions").await;
    desk.submit("#sessions", &[("end", "made-up")]).await.is_at("/account/sessions").sees("Android");
    let page = desk.submit("#sessions", &[("end", "others")]).await;
    page.is_at("/account/sessions").sees_not("Android").sees("3");
    for mut browser in browsers {
        browser.open("/account").await.is_at("/sign-in");
    }
    strangers.open("/account").await.is_at("/account");
    desk.open("/account").await.is_at("/account");
    house.pass(13 * HOUR);
    desk.open("/account/sessions").await.is_at("/sign-in");
}

#[tokio::test]
async fn an_operator_lists_and_ends_sessions_and_sees_who_was_told() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({ "backchannel_logout_uri": "https://hall.example/out" })).await;
    let mut phone = signed_in(&house, &person, PHONE, "203.0.113.2").await;
    let mut desk = signed_in(&house, &person, DESK, "203.0.113.1").await;
    party.tokens(&mut phone, "openid").await;
    let id = person.id.to_string();
    let listed = yihao(&house, &["session", "list", "--person", &id], "").unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let on_phone = listed.as_array().unwrap().iter().find(|s| s["device"] == "Chrome · Android").unwrap();
    assert_eq!(on_phone["clients"], json!([party.id]));
    let session = on_phone["session_id"].as_str().unwrap();
    // By the official number, which stands on standard input.
    let line = format!("{}\n", person.number);
    let ended = yihao(&house, &["session", "end", "--person", "-", "--session", session], &line).unwrap();
    assert_eq!(ended, json!({ "ended": 1 }));
    phone.open("/account").await.is_at("/sign-in");
    desk.open("/account").await.is_at("/account");
    let waiting = yihao(&house, &["logout", "deliveries", "--state", "waiting"], "").unwrap();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!((&waiting[0]["client_id"], &waiting[0]["attempts"]), (&json!(party.id), &json!(0)));
    assert_eq!(yihao(&house, &["logout", "deliveries", "--state", "delivered"], "").unwrap(), json!([]));
    assert_eq!(yihao(&house, &["session", "end", "--person", &id], "").unwrap(), json!({ "ended": 1 }));
    desk.open("/account").await.is_at("/sign-in");
    // Somebody else's session, nobody, nonsense: a line that says so, and repeats no number.
    let nobody = "00000000-0000-0000-0000-000000000001";
    for (arguments, input, status) in [
        (vec!["session", "end", "--person", &id, "--session", nobody], "", 1),
        (vec!["session", "list", "--person", nobody], "", 1),
        (vec!["session", "list", "--person", "-"], "440106198801010000\n", 1),
        (vec!["session", "end", "--person", &id, "--session", "x"], "", 2),
        (vec!["logout", "deliveries", "--state", "lost"], "", 2),
    ] {
        let (code, words) = yihao(&house, &arguments, input).unwrap_err();
        assert_eq!(code, Some(status), "{arguments:?}: {words}");
        assert!(!words.contains("440106198801010000"), "{words}");
    }
    let audited = "select actor from audit where event = 'session.signed_out'";
    let mut db = &house.app.db;
    let actors = db.all(audited, values![], |row| row.get::<String>(0)).await.unwrap();
    assert!(actors.len() == 2 && actors.iter().all(|actor| actor.starts_with("cli:")), "{actors:?}");
}

/// An app stays signed in long after the browser; the phone it is on is lost.
#[tokio::test]
async fn the_lost_phone_is_ended_whole_and_an_app_by_itself() {
    let house = House::open().await;
    let person = house.person().await;
    let app = house.relying_party(json!({ "client_name": "粤易办", "channel": "mobile" })).await;
    let offline = async |browser: &mut Browser| app.tokens(browser, "openid offline_access").await;
    let lives =
        async |tokens: &crate::support::Answer| app.userinfo(tokens.text("access_token")).await.status == 200;
    let mut here = Browser::signed_in(&house, &person).await;
    let (own, mut phone) = (offline(&mut here).await, Browser::signed_in(&house, &person).await);
    let lost = offline(&mut phone).await;
    here.open("/account/sessions").await.sees_not("保持登录的应用");
    here.submit("#sessions", &[("end", "others")]).await;
    assert!(!lives(&lost).await && lives(&own).await, "what was ended takes its own along, and no other's");
    // The browser's session is over by itself; the app is not, and is seen.
    house.pass(13 * HOUR);
    let refreshed = app.refresh(own.text("refresh_token")).await.good();
    let mut later = Browser::signed_in(&house, &person).await;
    let page = later.open("/account/sessions").await;
    page.sees("保持登录的应用").sees("粤易办");
    let handle = page.attribute("#apps button", "value").expect("a button");
    let mut stranger = Browser::signed_in(&house, &house.person().await).await;
    stranger.open("/account/sessions").await;
    stranger.submit("#sessions", &[("end", &handle)]).await;
    assert!(lives(&refreshed).await, "nobody ends another's");
    later.submit("#sessions", &[("end", &handle)]).await.sees_not("粤易办");
    assert!(!lives(&refreshed).await);
    assert_eq!(app.refresh(refreshed.text("refresh_token")).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn the_forgotten_kiosk_is_seen_by_its_place_and_ended_from_the_phone() {
    let house = House::open().await;
    let person = house.person().await;
    let (_, terminal) = house.machine(Kind::Kiosk, json!({})).await;
    let visit = Visit { channel: Channel::Kiosk, terminal: Some(terminal), ..house.visit() };
    let proofs = &[Proof::Password];
    let (browser, device) = (None, Device::default());
    let sign_in = SignIn { person: person.id, browser, proofs, device, lent_by: None };
    let (keys, config) = (house.app.keys.data(), &house.app.config);
    let mut tx = house.app.db.begin().await.unwrap();
    let forgotten = session::start(&mut tx, &keys, &visit, sign_in, config).await.unwrap();
    tx.commit().await.unwrap();
    let mut kiosk = Browser::with_session(&house, forgotten);
    kiosk.open("/account").await.is_at("/account");
    let mut phone = Browser::signed_in(&house, &person).await;
    let page = phone.open("/account/sessions").await;
    page.sees("天河区政务服务中心1号机").sees("自助终端");
    let handle = page.attribute("#sessions button[name=end]", "value").expect("the kiosk's");
    let page = phone.submit("#sessions", &[("end", &handle)]).await;
    kiosk.open("/account").await.is_at("/sign-in");
    // It stays among the machines that were used, with its end.
    assert!(
        page.text("#terminals").contains("天河区政务服务中心1号机")
            && page.text("#terminals").contains("结束于")
    );
}
