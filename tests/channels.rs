//! What each channel is trusted with: one table, and where it is held.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;
use yihao::base::{Channel, Device, Method, Visit};
use yihao::credential::Proof;
use yihao::db::values;
use yihao::http::{cookies, urls};
use yihao::session::{self, SignIn};
use yihao::terminal::Kind;

use crate::support::counter::Counter;
use crate::support::machine::with_pages;
use crate::support::phone::Phone;
use crate::support::{Browser, House, Person, claims_of};

const SECOND: Duration = Duration::from_secs(1);

/// A session of this channel, with the best proof there is.
async fn session_in(house: &House, person: &Person, channel: Channel) -> Uuid {
    let visit = Visit { channel, ..house.visit() };
    let proofs = &[Proof::Passkey { user_verified: true }];
    let sign_in =
        SignIn { person: person.id, browser: None, proofs, device: Device::default(), lent_by: None };
    let mut tx = house.app.db.begin().await.unwrap();
    let keys = house.app.keys.data();
    let id = session::start(&mut tx, &keys, &visit, sign_in, &house.app.config).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// What a session may never do, by address.
const ACTS: [&str; 7] = [
    "/account/factors/password",
    "/account/factors/app",
    "/account/factors/recovery-codes",
    "/account/passkey",
    "/account/helpers/add",
    "/account/organizations/add",
    "/account/close",
];

#[tokio::test]
async fn shared_machines_and_scanned_sessions_change_no_account() {
    let house = House::open().await;
    let person = house.person().await;
    for (channel, scanned, may) in [
        (Channel::Hall, false, true),
        (Channel::Mobile, false, true),
        (Channel::Kiosk, false, false),
        (Channel::Counter, false, false),
        (Channel::Hall, true, false),
    ] {
        let session = session_in(&house, &person, channel).await;
        let mut tx = house.app.db.begin().await.unwrap();
        let mark = "update session set allowed_elsewhere = $2 where id = $1";
        tx.execute(mark, values![session, scanned]).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = Browser::with_session(&house, session);
        for address in ACTS {
            let page = browser.open(address).await;
            let refused = page.code().as_deref() == Some("not_in_this_session");
            assert_eq!(
                (refused, page.status.as_u16()),
                (!may, if may { 200 } else { 403 }),
                "{channel} {address}"
            );
        }
        browser.open("/account").await.is_at("/account");
    }
}

#[tokio::test]
async fn a_session_lives_and_idles_by_its_channel() {
    let house = House::open().await;
    let person = house.person().await;
    let kept = |channel| {
        let cookie = cookies::set_session(&house.app, Uuid::nil(), channel).unwrap();
        cookie.to_str().unwrap().contains("Max-Age")
    };
    assert_eq!(
        Channel::ALL.map(kept),
        [false, true, false, false, false],
        "only the person's own phone keeps it"
    );
    let ids = [
        session_in(&house, &person, Channel::Hall).await,
        session_in(&house, &person, Channel::Kiosk).await,
        session_in(&house, &person, Channel::Counter).await,
    ];
    let alive = async || {
        let found = session::list(&mut &house.app.db, &house.visit(), person.id, &house.app.config).await;
        let listed = found.unwrap().into_iter().map(|own| own.id).collect::<Vec<_>>();
        let mut found = Vec::new();
        for id in ids {
            let (keys, visit) = (house.app.keys.data(), house.visit());
            let session =
                session::find(&mut &house.app.db, &keys, &visit, id, &house.app.config).await.unwrap();
            assert_eq!(session.is_some(), listed.contains(&id), "found and listed are one");
            found.push(session.is_some());
        }
        found
    };
    house.pass(59 * SECOND);
    assert_eq!(alive().await, [true, true, true]);
    house.pass(SECOND);
    assert_eq!(alive().await, [true, false, true]);
    house.pass(540 * SECOND);
    assert_eq!(alive().await, [true, false, false]);
}

#[tokio::test]
async fn tokens_and_ways_in_are_those_of_the_channel() {
    let house = House::open_with(with_pages).await;
    let person = house.person().await;
    let (kiosk, _) = house.machine(Kind::Kiosk, json!({})).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let (at_kiosk, at_hall) =
        (kiosk.tokens(&mut browser, "openid").await, hall.tokens(&mut browser, "openid").await);
    assert_eq!((&at_kiosk["expires_in"], &at_hall["expires_in"]), (&json!(300), &json!(600)));
    let claims = claims_of(at_kiosk.text("access_token"));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);

    // Whoever posts past a page that does not offer it is stopped all the same.
    let mut stranger = Browser::new(&house);
    stranger.open(&kiosk.attempt("openid").url()).await.is_at("/sign-in");
    let fields = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    let page = stranger.submit("#sign-in", &fields).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (403, Some("not_offered_here")));
    stranger.open(&hall.attempt("openid").url()).await.is_at("/sign-in");
    stranger.submit("#sign-in", &fields).await.authorization_code();
}

#[tokio::test]
async fn what_an_operator_takes_from_a_channel_its_clients_have_no_more() {
    // Registered while it was allowed.
    let house = House::open().await;
    let (kiosk, _) = house.machine(Kind::Kiosk, json!({ "grant_types": ["authorization_code"] })).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    assert_eq!(browser.open(&kiosk.attempt("openid").url()).await.error(), "unauthorized_client");
    let redeemed = kiosk.redeem("x", &kiosk.attempt("openid")).await;
    assert_eq!(redeemed.refusal(), (400, "unauthorized_client"));
}

/// A second factor that the channel does not offer is neither shown nor taken, whatever the person has.
#[tokio::test]
async fn second_factors_are_those_of_the_channel() {
    let house = House::open_with(|config| {
        config.channel.hall.methods.retain(|method| *method != Method::Sms);
    })
    .await;
    let person = house.person().await;
    let mut browser = Browser::new(&house);
    browser.open("/sign-in").await;
    crate::factors::signs_in(&mut browser, &person).await.is_at("/account");
    // A change wants two factors, and nothing but the phone is there for it.
    let page = browser.open("/second-factor?to=/account/factors/password").await;
    assert!(!page.has("#second-factor") && !page.has("#second-factor-send"), "{}", page.html);
    let sent = [("code", "000000"), ("method", "sms"), ("to", "/account/factors/password")];
    let sent: Vec<(String, String)> = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let page = browser.post("/second-factor", &sent).await;
    assert!(!page.has("#second-factor"), "{}", page.html);
    assert!(house.app.sms.outbox(None).iter().all(|sms| !sms.text.chars().any(|c| c.is_ascii_digit())));
    // At a service that demands two, the answer is that it is not to be had.
    let party = house.relying_party(json!({})).await;
    let acr = json!({ "id_token": { "acr": { "essential": true, "values": ["urn:yihao:aal:2"] } } });
    let page = browser.open(&party.attempt("openid").with("claims", acr.to_string()).url()).await;
    assert!(!page.has("#second-factor"), "{}", page.html);
}

/// Who allows what another screen asks for shows the best they have; of what the channel offers.
#[tokio::test]
async fn the_best_is_the_best_that_the_channel_offers() {
    for offered in [true, false] {
        let house = House::open_with(|config| {
            config.channel.hall.methods.retain(|method| offered || *method != Method::Passkey);
        })
        .await;
        let person = house.person().await;
        let counter = Counter::open(&house).await;
        // Signed in by two factors, a moment ago; and there is a passkey.
        let mut phone = Phone::of(&house, &person).await;
        let asked = counter.asks(&person.number).await;
        phone.opens().await;
        let fields = [("decision", "allow"), ("match", asked.match_number.as_str())];
        let page = phone.browser.submit("#device-confirm", &fields).await;
        page.is_at(if offered { urls::SECOND_FACTOR } else { urls::DEVICE_DONE });
        if !offered {
            let tokens = counter.waits_and_polls(&house, &asked).await.good();
            assert_eq!(claims_of(tokens.text("id_token"))["acr"], "urn:yihao:aal:2");
            // Later the two factors are asked for again, and no passkey.
            house.pass(600 * SECOND);
            let asked = counter.asks(&person.number).await;
            phone.opens().await;
            let fields = [("decision", "allow"), ("match", asked.match_number.as_str())];
            let page = phone.browser.submit("#device-confirm", &fields).await;
            page.is_at(urls::SECOND_FACTOR);
            assert!(page.has("#second-factor input[name=code]") && !page.has("#passkey"));
        }
    }
}

#[test]
fn the_doctor_finds_what_is_misspelt() {
    let home = tempfile::tempdir().expect("a directory");
    let doctor = |name: &str, value: &str| {
        let mut yihao = Command::new(env!("CARGO_BIN_EXE_yihao"));
        yihao.env("YIHAO__STORAGE__URL", format!("sqlite://{}/yihao.db", home.path().display()));
        yihao.env("YIHAO__KEYS__MASTER_FILE", home.path().join("master.key"));
        let done = yihao.env(name, value).args(["--json", "doctor"]).output().expect("yihao runs");
        assert_eq!(done.status.code(), Some(1));
        let findings: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        findings.as_array().expect("a list").iter().map(|one| one.to_string()).collect::<Vec<_>>()
    };
    let found = doctor("YIHAO__CHANNEL__KIOSK__GRANTS", r#"["device_code"]"#);
    assert!(
        found.iter().any(|one| one.contains("fail") && one.contains("`device_code` in channel.kiosk.grants")),
        "{found:?}"
    );
    let found = doctor("YIHAO__CHANNEL__HALL__METHODS", r#"["passwort"]"#);
    assert!(found.iter().any(|one| one.contains("fail") && one.contains("passwort")), "{found:?}");
    let found = doctor("YIHAO__LOG__FILTER", "warn");
    assert!(found.iter().any(|one| one.contains("every grant is known")), "{found:?}");
}
