//! The station's page: which certificate is put in.

use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::page::page;
use serde::Deserialize;
use url::Url;

use crate::authority::{Authority, Subject};

/// So many people and enterprises have one.
const CARDS_OF_A_KIND: usize = 16;

/// One certificate. No `Debug`: it is a number and a name.
pub struct Card {
    pub name: String,
    pub number: String,
    pub is_organization: bool,
}

pub struct Station {
    pub provider: Url,
    pub client: reqwest::Client,
    authority: Authority,
    cards: Vec<Card>,
    state: Mutex<Inserted>,
}

#[derive(Default)]
struct Inserted {
    /// The card's place, and its certificate as the header has it.
    card: Option<(usize, String)>,
    revoked: Vec<u64>,
}

#[derive(Template)]
#[template(path = "ukey.html")]
struct StationPage<'a> {
    title: &'static str,
    department: &'static str,
    cards: &'a [Card],
    inserted: Option<&'a Card>,
    is_revoked: bool,
}

#[derive(Deserialize)]
struct Line {
    #[serde(alias = "citizen_id", alias = "credit_code")]
    number: String,
    name: String,
}

/// The first of a file's lines.
///
/// # Errors
/// A line is none.
pub fn cards(text: &str, is_organization: bool) -> Result<Vec<Card>> {
    let lines = text.lines().filter(|line| !line.is_empty()).take(CARDS_OF_A_KIND);
    let card = |line: &str| {
        let Line { number, name } = serde_json::from_str(line).context("a card")?;
        Ok(Card { name, number, is_organization })
    };
    lines.map(card).collect()
}

impl Station {
    /// # Errors
    /// The machine's root certificates cannot be read.
    pub fn new(provider: Url, authority: Authority, cards: Vec<Card>) -> Result<Self> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { provider, client, authority, cards, state: Mutex::default() })
    }

    /// The certificate that is in, as the header has it.
    pub fn certificate(&self) -> Option<String> {
        self.inserted().card.as_ref().map(|(_, certificate)| certificate.clone())
    }

    fn inserted(&self) -> MutexGuard<'_, Inserted> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The number by which the authority knows a card's certificate.
fn serial(place: usize) -> u64 {
    place as u64 + 1
}

type Shared = State<Arc<Station>>;

pub async fn show(State(station): Shared) -> Response {
    let inserted = station.inserted();
    let place = inserted.card.as_ref().map(|(place, _)| *place);
    let shown = StationPage {
        title: "U 盾插口（模拟）",
        department: "演示用",
        cards: &station.cards,
        inserted: place.and_then(|place| station.cards.get(place)),
        is_revoked: place.is_some_and(|place| inserted.revoked.contains(&serial(place))),
    };
    page(StatusCode::OK, &shown)
}

#[derive(Deserialize)]
pub struct Chosen {
    card: usize,
}

pub async fn insert(State(station): Shared, Form(chosen): Form<Chosen>) -> Response {
    let Some(card) = station.cards.get(chosen.card) else { return StatusCode::BAD_REQUEST.into_response() };
    let Card { name, number, is_organization } = card;
    let subject = Subject { name, number, is_organization: *is_organization };
    match station.authority.gives(&subject, serial(chosen.card)) {
        Ok(certificate) => station.inserted().card = Some((chosen.card, certificate)),
        Err(error) => return failed(&error),
    }
    home()
}

pub async fn take_out(State(station): Shared) -> Response {
    station.inserted().card = None;
    home()
}

/// The authority takes the certificate back that is in.
pub async fn revoke(State(station): Shared) -> Response {
    let revoked = {
        let mut inserted = station.inserted();
        let Some((place, _)) = inserted.card else { return home() };
        if !inserted.revoked.contains(&serial(place)) {
            inserted.revoked.push(serial(place));
        }
        inserted.revoked.clone()
    };
    match station.authority.takes_back(&revoked) {
        Ok(()) => home(),
        Err(error) => failed(&error),
    }
}

fn home() -> Response {
    Redirect::to("/station").into_response()
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::error!(error = format!("{error:#}"), "failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
