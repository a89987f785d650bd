//! An old system that gives no hashes away is asked whether a password is right.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;
use yihao::base::TrustLevel;
use yihao::crypto::index;
use yihao::db::values;
use yihao::identity::PersonState;
use yihao::legacy::LinkState;

use super::{NAME, NEW, OLD, person_of, sets, types};
use crate::legacy_merge::{Old, house, population};
use crate::support::operator::citizen_id;
use crate::support::{Browser, House};

const LIST: &str = "/account/earlier-accounts";

/// How it answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// Longer than anybody waits.
    Slow,
    Broken,
    Garbled,
}

struct Asked {
    mood: Mood,
    questions: Vec<(String, Value)>,
}

struct OldSystem {
    asked: Arc<Mutex<Asked>>,
    url: String,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for OldSystem {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl OldSystem {
    async fn start() -> Self {
        let asked = Arc::new(Mutex::new(Asked { mood: Mood::Well, questions: Vec::new() }));
        let router = Router::new().route("/check", post(check)).with_state(asked.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/check", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { asked, url, server }
    }

    fn is(&self, mood: Mood) {
        self.asked.lock().unwrap().mood = mood;
    }

    fn questions(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().questions.clone()
    }
}

async fn check(
    State(asked): State<Arc<Mutex<Asked>>>,
    headers: HeaderMap,
    Json(question): Json<Value>,
) -> Response {
    let mood = {
        let mut asked = asked.lock().unwrap();
        let key = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        asked.questions.push((key.unwrap_or_default(), question.clone()));
        asked.mood
    };
    match mood {
        Mood::Well => Json(json!({ "right": question["password"] == OLD })).into_response(),
        Mood::Slow => {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Json(json!({ "right": true })).into_response()
        }
        Mood::Broken => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "right": true }))).into_response(),
        Mood::Garbled => "<html>维护中</html>".into_response(),
    }
}

/// A source whose profile says that it is asked.
async fn asked_source<'a>(house: &'a House, old_system: &OldSystem) -> Old<'a> {
    let key = house.home.master_file.with_file_name("si-check.key");
    std::fs::write(&key, "the-key\n").unwrap();
    let profile = format!(
        "name = \"si\"\ntitle = \"si\"\n[file]\nformat = \"csv\"\n[kind]\nalways = \"person\"\n\
         [account]\nlocal_id = \"id\"\n[person]\n[check]\nurl = \"{}\"\nkey_file = \"{}\"\n",
        old_system.url,
        key.display()
    );
    let si = Old::system(house, "si", None).await;
    let mut tx = house.app.db.begin().await.unwrap();
    let set = "update legacy_source set profile = $2 where id = $1";
    tx.execute(set, values![si.source.id, &profile]).await.unwrap();
    tx.commit().await.unwrap();
    si
}

/// An account that came without a hash.
async fn account(si: &Old<'_>, user_name: &str, number: &str, name: &str) -> Uuid {
    let account = si.person(user_name, number, name).await;
    let keys = si.house.app.keys.data();
    let user = index::blind(keys.index.newest().unwrap(), "legacy/user-name", user_name);
    let mut tx = si.house.app.db.begin().await.unwrap();
    let set = "update legacy_account set user_digest = $2 where id = $1";
    tx.execute(set, values![account, &user.digest]).await.unwrap();
    tx.commit().await.unwrap();
    account
}

async fn linked(si: &Old<'_>, user_name: &str) -> Uuid {
    let number = citizen_id();
    population(si.house, &[(number.as_str(), NAME, "", "0")]).await;
    let account = account(si, user_name, number.as_str(), NAME).await;
    si.matches().await;
    si.merges().await.expect("it is linked");
    account
}

#[tokio::test]
async fn a_right_password_opens_what_a_hash_would_and_nobody_is_asked_again() {
    let house = house().await;
    let old_system = OldSystem::start().await;
    let si = asked_source(&house, &old_system).await;
    let known = linked(&si, "zhang01").await;
    let mut browser = Browser::new(&house);
    let wrong = types(&mut browser, "zhang01@si", "no").await;
    assert_eq!(wrong.code().as_deref(), Some("sign-in-refused"));
    types(&mut browser, "zhang01", OLD).await.is_at("/sign-in/new-password");
    let asked = old_system.questions();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].0, "Bearer the-key");
    assert_eq!(asked[1].1, json!({ "local_id": "zhang01", "password": OLD }));
    sets(&mut browser, NEW).await.is_at(LIST);
    assert_eq!(si.link(known).await.state, LinkState::Live);
    let person = person_of(&si, known).await;
    let state = yihao::identity::state_of(&mut &house.app.db, person).await.unwrap();
    assert_eq!(state, Some(PersonState::Active));
    // From here on the old system has no say.
    assert_eq!(
        types(&mut Browser::new(&house), "zhang01@si", OLD).await.code().as_deref(),
        Some("sign-in-refused")
    );
    types(&mut Browser::new(&house), "zhang01@si", NEW).await.is_at("/account");
    assert_eq!(old_system.questions().len(), 2);
    // Who is nobody there is asked about nowhere.
    types(&mut Browser::new(&house), "nobody@si", OLD).await;
    assert_eq!(old_system.questions().len(), 2);
}

#[tokio::test]
async fn a_system_that_does_not_answer_opens_nothing_locks_nobody_and_is_left_alone() {
    let house = House::open_with(|config| {
        config.registers.source = "extract".to_owned();
        config.legacy.check_timeout_ms = 300;
    })
    .await;
    let old_system = OldSystem::start().await;
    let si = asked_source(&house, &old_system).await;
    linked(&si, "zhang01").await;
    let refused = async |password: &str| {
        let page = types(&mut Browser::new(&house), "zhang01@si", password).await;
        assert_eq!(page.code().as_deref(), Some("sign-in-refused"));
    };
    for mood in [Mood::Slow, Mood::Broken, Mood::Garbled] {
        old_system.is(mood);
        refused(OLD).await;
    }
    old_system.is(Mood::Well);
    refused("no").await;
    assert_eq!(old_system.questions().len(), 4, "an answer closes the breaker");
    old_system.is(Mood::Broken);
    for _ in 0..5 {
        refused(OLD).await;
    }
    assert_eq!(old_system.questions().len(), 9);
    // Five in a row: nobody is sent there for a while, and nobody's tries are used up meanwhile.
    old_system.is(Mood::Well);
    for _ in 0..20 {
        refused(OLD).await;
    }
    assert_eq!(old_system.questions().len(), 9);
    house.pass(Duration::from_secs(30));
    types(&mut Browser::new(&house), "zhang01@si", OLD).await.is_at("/sign-in/new-password");
    assert_eq!(old_system.questions().len(), 10);
}

#[tokio::test]
async fn an_account_is_claimed_by_it_too() {
    let house = house().await;
    let old_system = OldSystem::start().await;
    let person = house.person_at(TrustLevel::Proven).await;
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let si = asked_source(&house, &old_system).await;
    let linked = account(&si, "one", &person.number, &person.name).await;
    let doubtful = account(&si, "two", &person.number, "欧阳静雨").await;
    si.matches().await;
    si.merges().await.expect("one is linked");
    let mut browser = Browser::signed_in(&house, &person).await;
    for (user, account) in [("one", linked), ("two", doubtful)] {
        for (password, good) in [("no", false), (OLD, true)] {
            browser.open(LIST).await;
            let fields = [("source", "si"), ("user_name", user), ("old_password", password)];
            let page = browser.submit("#claim", &fields).await;
            assert_eq!(page.status.as_u16(), if good { 200 } else { 422 }, "{user} {password}");
        }
        assert_eq!(si.state(account).await.2, Some(person.id));
        assert_eq!(si.link(account).await.state, LinkState::Live);
    }
    assert_eq!(old_system.questions().len(), 4);
}
