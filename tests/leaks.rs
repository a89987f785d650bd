//! Nothing of a person, and nothing that opens anything, is where it should not be: in the log, in URLs, in
//! a dump of the stores.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use serde_json::json;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use yihao::credential;
use yihao::duties::Courier;

use crate::support::{Browser, House, Person, PhoneApp, RelyingParty, claims_of};

thread_local! {
    /// What this thread has logged since it began to listen.
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Keeps everything that Yihao logs on this thread from now on, at every level. The subscriber is the
/// process's: one of a thread alone misses the places that another thread came by first.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ours = dynamic_filter_fn(|place, _| {
            place.target().starts_with("yihao") && HEARD.with_borrow(Option::is_some)
        });
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Ear).with_filter(ours);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines))
            .expect("the only one");
    });
    HEARD.set(Some(Vec::new()));
}

fn heard() -> String {
    String::from_utf8(HEARD.take().expect("this thread listens")).expect("text")
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        HEARD.with_borrow_mut(|heard| heard.as_mut().map(|heard| heard.extend(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a journey handled that nobody else may learn.
struct Secrets {
    /// Of the person: may stand neither in the log nor in a dump.
    personal: Vec<String>,
    /// What opens something: not in the log.
    opening: Vec<String>,
}

/// Well-formed and ill: sign-in, refusals, tokens, refresh, replay, logout, registration.
async fn journey(house: &House) -> Secrets {
    let person = house.person().await;
    // Its logout address leads inside: nothing is sent there, and that is logged.
    let metadata = json!({ "first_party": false, "backchannel_logout_uri": "https://127.0.0.1/told" });
    let party = house.relying_party(metadata).await;
    let mut secrets = Secrets { personal: personal(&person), opening: Vec::new() };
    let mut browser = Browser::new(house);
    let attempt = party
        .attempt("openid profile phone email address official_number")
        .with("login_hint", &person.number);
    browser.open(&attempt.url()).await.is_at("/sign-in");
    let wrong = format!("{} but wrong", person.password);
    browser.submit("#sign-in", &[("identifier", &person.phone), ("password", &wrong)]).await;
    browser
        .submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)])
        .await
        .is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "allow"), ("agreed", "official_number")]).await;
    let code = page.authorization_code();
    let tokens = party.redeem(&code, &attempt).await.good();
    assert_eq!(
        party.userinfo(tokens.text("access_token")).await.good()["official_number"],
        person.number.as_str()
    );
    let refreshed = party.refresh(tokens.text("refresh_token")).await.good();
    party.introspect(refreshed.text("access_token")).await.good();
    for name in ["access_token", "refresh_token", "id_token"] {
        secrets.opening.extend([tokens.text(name).to_owned(), refreshed.text(name).to_owned()]);
    }
    // What goes wrong is logged the most.
    party.redeem(&code, &attempt).await;
    party.refresh(tokens.text("refresh_token")).await;
    party.userinfo("not a token").await;
    let by_wrong_secret = RelyingParty::new(
        house,
        yihao::client::Client {
            secret: Some(yihao::base::Secret::new("the-wrong-secret")),
            ..party.client.clone()
        },
        party.auth.clone(),
    );
    by_wrong_secret.refresh(refreshed.text("refresh_token")).await;
    browser
        .open(&party.attempt("openid").with("claims", "{").with("state", "a-state-of-the-client").url())
        .await;
    browser.open(&party.attempt("openid").with("redirect_uri", "https://evil.example/").url()).await;
    let mut post = Browser::new(house);
    post.open("/sign-in").await;
    post.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password), ("csrf", "x")])
        .await;
    secrets.opening.extend(browser.cookies.values().filter(|value| value.len() > 20).cloned());
    browser.open(&format!("/end-session?id_token_hint={}", tokens.text("id_token"))).await;
    secrets.opening.push(claims_of(tokens.text("id_token"))["sid"].as_str().expect("a sid").to_owned());
    Courier::new(house.app.clone()).deliver_due().await.expect("storage answers");
    secrets.opening.extend([
        code,
        wrong,
        attempt.verifier,
        party.secret().to_owned(),
        "the-wrong-secret".to_owned(),
    ]);
    factors(house, &person, &mut secrets).await;
    register(house, &mut secrets).await;
    secrets
}

/// What stands beside a password: made, used, guessed at.
async fn factors(house: &House, person: &Person, secrets: &mut Secrets) {
    let mut browser = Browser::signed_in(house, person).await;
    browser.open("/account/factors/app").await.is_at("/second-factor");
    let code = newest_code(house);
    browser.submit("#second-factor", &[("code", "12 34 56")]).await;
    let page = browser.submit("#second-factor", &[("code", &code)]).await;
    let app = PhoneApp::reads(page.is_at("/account/factors/app"));
    let secret = page.text("code.secret").replace(' ', "");
    browser.submit("#add-app", &[("code", &app.wrong_code(house))]).await;
    browser.submit("#add-app", &[("code", &app.code(house))]).await.is_at("/account/factors");
    browser.open("/account/factors/recovery-codes").await;
    let codes = browser.submit("#recovery-codes", &[]).await.texts(".codes code");
    // Wrong, right, and used already.
    for code in [&secret, &codes[0], &codes[0]] {
        let mut browser = Browser::signed_in(house, person).await;
        browser.open("/second-factor?to=/account/factors&method=recovery").await.is_at("/second-factor");
        browser.submit("#second-factor", &[("code", code)]).await;
    }
    recover(house, person, &codes[1], secrets).await;
    secrets.opening.push(secret);
    secrets.opening.extend(codes.iter().flat_map(|code| [code.clone(), code.replace('-', "")]));
}

/// The way to a new password, by SMS with a recovery code and by a counter's ticket.
async fn recover(house: &House, person: &Person, recovery_code: &str, secrets: &mut Secrets) {
    let password = "一个 Secret 的新密码";
    let fields = [("password", password), ("again", password)];
    let mut browser = Browser::new(house);
    let sent = house.app.sms.outbox(None).len();
    browser.open("/recover").await;
    browser.submit("#recover", &[("identifier", &person.number)]).await.is_at("/recover/code");
    crate::support::soon("a code", || house.app.sms.outbox(None).len() > sent).await;
    let code = newest_code(house);
    browser.submit("#recover-code", &[("code", &code)]).await.is_at("/recover/second");
    browser.submit("#recover-second", &[("code", recovery_code), ("method", "recovery")]).await;
    browser.submit("#recover-password", &fields).await.sees("新密码已设置");
    let mut tx = house.app.db.begin().await.unwrap();
    let keys = house.app.keys.data();
    let ticket = credential::recovery::issue(&mut tx, &keys, &house.visit(), person.id, "card shown").await;
    tx.commit().await.unwrap();
    let ticket = ticket.unwrap().reveal().to_owned();
    browser.open("/recover").await;
    browser.submit("#recover", &[("identifier", &person.phone)]).await;
    browser.submit("#recover-code", &[("code", &ticket)]).await.is_at("/recover/password");
    browser.submit("#recover-password", &fields).await.sees("新密码已设置");
    secrets.opening.extend([password.to_owned(), ticket.replace('-', ""), ticket]);
}

fn personal(person: &Person) -> Vec<String> {
    let national = person.phone.trim_start_matches("+86").to_owned();
    let email = "ouyang@mail.example".to_owned();
    vec![
        person.number.clone(),
        person.name.clone(),
        national,
        person.password.clone(),
        email,
        "珠江东路".to_owned(),
    ]
}

async fn register(house: &House, secrets: &mut Secrets) {
    let (number, phone) = (crate::support::operator::citizen_id(), "13700004242");
    let (name, password) = ("司马相如今", "骆驼-在-月光下-42");
    house.registers.know(number.as_str(), name, phone);
    let mut browser = Browser::new(house);
    browser.open("/register").await;
    browser.submit("#register-phone", &[("phone", phone)]).await;
    browser.submit("#register-code", &[("code", &newest_code(house))]).await;
    // The register is down, then it is not.
    house.registers.fail(Some(crate::support::registers::Fault::Garbled));
    let fields = [("name", name), ("number", number.as_str())];
    let page = browser.submit("#register-name", &fields).await;
    assert_eq!(page.code().as_deref(), Some("registration-refused"));
    house.registers.fail(None);
    browser.open("/register").await;
    browser.submit("#register-phone", &[("phone", phone)]).await;
    browser.submit("#register-code", &[("code", &newest_code(house))]).await;
    browser.submit("#register-name", &fields).await;
    browser.submit("#register-password", &[("password", password)]).await.is_at("/register/passkey");
    secrets.personal.extend([number.as_str(), name, phone, password].map(str::to_owned));
    secrets.opening.extend(browser.cookies.values().filter(|value| value.len() > 20).cloned());
}

/// The newest code sent to anybody; a message that tells why may have come after it.
fn newest_code(house: &House) -> String {
    let outbox = house.app.sms.outbox(None);
    let code =
        |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned);
    outbox.iter().find_map(|sms| code(&sms.text)).expect("a code was sent")
}

/// One thread, so that the log of this thread is the whole log.
#[tokio::test(flavor = "current_thread")]
async fn the_log_tells_nothing_at_its_loudest() {
    listen();
    let house = House::open().await;
    let secrets = journey(&house).await;
    let log = heard();
    assert!(
        log.contains("/token") && log.contains("refused") && log.contains("internal_address"),
        "it was written:\n{log}"
    );
    for secret in secrets.personal.iter().chain(&secrets.opening) {
        assert!(!log.contains(secret.as_str()), "{secret:?} is in the log");
        // The tail of a number or token is as good as the whole.
        let tail: String = secret.chars().skip(secret.chars().count().saturating_sub(12)).collect();
        assert!(secret.len() < 15 || !log.contains(&tail), "the end of {secret:?} is in the log");
    }
}

#[tokio::test]
async fn a_dump_of_the_stores_tells_no_number_name_phone_or_password() {
    let house = House::open().await;
    let secrets = journey(&house).await;
    let dump = house.home.dump().await;
    let holds = |needle: &str| dump.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("person.registered") && holds("$argon2id$") && holds("电子证照"), "the search can find");
    for secret in &secrets.personal {
        assert!(!holds(secret), "{secret:?} is in the dump");
    }
    // Nor what a thief could use at once.
    for secret in &secrets.opening {
        assert!(!holds(secret), "{secret:?} is in the dump");
    }
}

/// Whatever passes through an address bar stays in histories and logs of others.
#[tokio::test]
async fn no_address_carries_anything_personal() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    let attempt = party.attempt("openid profile official_number");
    let shown = browser.open(&attempt.url()).await;
    let fields = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    let left = browser.submit("#sign-in", &fields).await;
    for url in [shown.url.as_str(), left.left_for().as_str()] {
        for secret in personal(&person) {
            assert!(!url.contains(&secret), "{url}");
        }
    }
}
