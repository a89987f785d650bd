//! A service that speaks CAS by hand.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use serde_json::{Value, json};
use yihao::base::Chance;

use crate::support::{Auth, Browser, House, Page};

pub struct Service {
    /// What it calls itself.
    pub address: String,
}

/// What the validation said.
#[derive(Debug)]
pub struct Answer(String);

impl Service {
    pub async fn register(house: &House, over: Value) -> Self {
        let host = Chance::Machine.id().simple().to_string();
        Self::register_at(house, &format!("https://service-{host}.example/app/"), over).await
    }

    pub async fn register_at(house: &House, address: &str, over: Value) -> Self {
        let mut metadata = json!({
            "redirect_uris": [],
            "grant_types": [],
            "scope": "openid profile",
            "cas_services": [address],
            "cas_until": "2099-12-31",
        });
        metadata.as_object_mut().unwrap().extend(over.as_object().cloned().unwrap_or_default());
        house.relying_party_by(Auth::Nothing, metadata).await;
        Self { address: address.to_owned() }
    }

    pub fn login(&self, more: &str) -> String {
        login(&self.address, more)
    }

    /// The ticket that the browser brings back.
    #[track_caller]
    pub fn ticket(&self, page: &Page) -> String {
        page.answer("ticket").unwrap_or_else(|| panic!("no ticket in {}", page.left_for()))
    }

    pub async fn new_ticket(&self, browser: &mut Browser) -> String {
        self.ticket(&browser.open(&self.login("")).await)
    }

    pub async fn validate(&self, house: &House, ticket: &str, more: &str) -> Answer {
        self.validate_at(house, "/cas/p3/serviceValidate", ticket, more).await
    }

    pub async fn validate_at(&self, house: &House, path: &str, ticket: &str, more: &str) -> Answer {
        let service: String = form_urlencoded::byte_serialize(self.address.as_bytes()).collect();
        answer(house, &format!("{path}?service={service}&ticket={ticket}{more}")).await
    }
}

pub fn login(address: &str, more: &str) -> String {
    let service: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("/cas/login?service={service}{more}")
}

pub async fn answer(house: &House, path: &str) -> Answer {
    Answer(super::text(house, path).await)
}

impl Answer {
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&format!("<cas:{name}>"))
    }

    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let (begin, end) = (format!("<cas:{name}>"), format!("</cas:{name}>"));
        let found = self.0.split(&begin).nth(1).and_then(|rest| rest.split(&end).next());
        found.unwrap_or_else(|| panic!("no {name} in {}", self.0)).to_owned()
    }

    #[track_caller]
    pub fn code(&self) -> String {
        let found = self.0.split("code=\"").nth(1).and_then(|rest| rest.split('"').next());
        found.unwrap_or_else(|| panic!("no failure: {}", self.0)).to_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_else(|_| panic!("no JSON: {}", self.0))
    }

    #[track_caller]
    pub fn says_nothing_of(&self, text: &str) {
        assert!(!self.0.contains(text), "{}", self.0);
    }
}

pub type Notes = Arc<Mutex<Vec<String>>>;

/// An address at which logout requests come in; what it hears, and its origin.
pub async fn listen() -> (Notes, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let notes = Notes::default();
    let router = Router::new().fallback(hear).with_state(notes.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    (notes, origin)
}

async fn hear(State(notes): State<Notes>, Form(form): Form<Vec<(String, String)>>) {
    assert_eq!((form.len(), form[0].0.as_str()), (1, "logoutRequest"));
    notes.lock().expect("nobody panicked here").push(form[0].1.clone());
}
