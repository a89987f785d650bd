//! What the machine does, and for whom. There is one person at a time; whatever ends their turn wipes everything.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use clients_example::licence::LicenceList;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::provider::{Answer, Asked, Provider, Tokens};
use crate::qr;
use crate::reader::Reader;

/// A page that has not been heard of for so long shows nothing any more, or somebody took its place.
const PAGE_LOST: Duration = Duration::from_secs(8);
/// How often it is looked whether the sign-in goes on: ended from the phone, it is over here at once.
const LOOK: Duration = Duration::from_secs(5);

/// Where a turn stands.
enum Turn {
    Free,
    /// A code is on the screen.
    Waiting {
        asked: Asked,
        until: Instant,
    },
    /// The card is in, the PIN is typed.
    Pin,
    SignedIn {
        token: String,
        until: Instant,
        name: String,
        licences: Option<LicenceList>,
    },
}

struct Inner {
    turn: Turn,
    /// Counts turns: what comes late for an earlier one is dropped.
    number: u64,
    touched: Instant,
    /// When the page was heard of last.
    seen: Instant,
    /// Why the last turn ended, in a word of the page.
    notice: Option<&'static str>,
    looked: Instant,
    failures: u32,
}

pub struct Machine {
    inner: Mutex<Inner>,
    pub provider: Provider,
    pub reader: Arc<dyn Reader>,
    pub place: String,
    licences: String,
    idle: Duration,
}

/// What the page shows.
#[derive(Serialize)]
pub struct Shown {
    view: &'static str,
    place: String,
    card: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
    /// Seconds until this turn is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    qr: Option<String>,
    /// What the QR code holds, for who cannot point a camera at it: a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licences: Option<Value>,
}

impl Machine {
    pub fn new(
        provider: Provider,
        reader: Arc<dyn Reader>,
        place: String,
        licences: String,
        idle: Duration,
    ) -> Arc<Self> {
        let now = Instant::now();
        let inner = Inner {
            turn: Turn::Free,
            number: 0,
            touched: now,
            seen: now,
            notice: None,
            looked: now,
            failures: 0,
        };
        Arc::new(Self { inner: Mutex::new(inner), provider, reader, place, licences, idle })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The page asks what to show.
    pub fn shown(&self) -> Shown {
        let mut inner = self.lock();
        inner.seen = Instant::now();
        let mut shown = Shown {
            view: "free",
            place: self.place.clone(),
            card: self.reader.has_card(),
            notice: inner.notice,
            left: None,
            qr: None,
            address: None,
            number: None,
            name: None,
            licences: None,
        };
        match &inner.turn {
            Turn::Free => {}
            Turn::Waiting { asked, until } => {
                shown.view = "code";
                shown.left = Some(left(*until));
                shown.number = asked.match_number;
                let content = self.provider.terminal.qr(&asked.verification_uri_complete, &asked.user_code);
                shown.address = content.ok();
                shown.qr = shown.address.as_deref().and_then(qr::svg);
            }
            Turn::Pin => {
                shown.view = "pin";
                shown.left = Some(left(inner.touched + self.idle));
            }
            Turn::SignedIn { until, name, licences, .. } => {
                shown.view = "signed_in";
                shown.left = Some(left((*until).min(inner.touched + self.idle)));
                shown.name = Some(name.clone());
                shown.licences = licences.as_ref().and_then(|list| serde_json::to_value(list).ok());
            }
        }
        shown
    }

    /// Somebody touches the screen.
    pub fn touch(&self) {
        self.lock().touched = Instant::now();
    }

    /// Begins a turn; the one before is over. Its number.
    fn begin(&self, turn: Turn) -> u64 {
        let mut inner = self.lock();
        let now = Instant::now();
        inner.number += 1;
        inner.turn = turn;
        (inner.touched, inner.looked, inner.notice, inner.failures) = (now, now, None, 0);
        inner.number
    }

    /// Puts the turn on, if it still goes on.
    fn advance(&self, number: u64, turn: Turn) -> bool {
        let mut inner = self.lock();
        if inner.number != number {
            return false;
        }
        inner.turn = turn;
        inner.touched = Instant::now();
        true
    }

    /// The person signs in on the phone.
    pub async fn by_phone(self: &Arc<Self>) {
        self.end(None).await;
        match self.provider.ask().await {
            Ok(asked) => {
                let until = Instant::now() + Duration::from_secs(asked.expires_in);
                let number = self.begin(Turn::Waiting { asked: asked.clone(), until });
                tokio::spawn(self.clone().wait(number, asked, until));
            }
            Err(error) => self.fails(&error),
        }
    }

    /// Asks until the person has answered.
    async fn wait(self: Arc<Self>, number: u64, asked: Asked, until: Instant) {
        let mut pause = Duration::from_secs(asked.interval);
        loop {
            tokio::time::sleep(pause).await;
            if self.lock().number != number {
                return;
            }
            match self.provider.poll(&asked.device_code).await {
                Ok(Answer::Tokens(tokens)) => return self.enter(number, tokens).await,
                Ok(Answer::Pending) if Instant::now() < until => {}
                // RFC 8628 section 3.5.
                Ok(Answer::SlowDown) => pause += Duration::from_secs(5),
                Ok(Answer::Refused(error)) if error == "access_denied" => return self.over(number, "denied"),
                Ok(_) => return self.over(number, "expired"),
                Err(error) if Instant::now() < until => {
                    tracing::warn!(error = format!("{error:#}"), "the provider could not be asked");
                    pause *= 2;
                }
                Err(_) => return self.over(number, "contact"),
            }
        }
    }

    /// The person signs in with their card.
    pub async fn by_card(&self) {
        self.end(None).await;
        if self.reader.has_card() {
            self.begin(Turn::Pin);
        } else {
            self.lock().notice = Some("no_card");
        }
    }

    /// The PIN was typed.
    pub async fn with_pin(&self, pin: &str) {
        let number = {
            let inner = self.lock();
            if !matches!(inner.turn, Turn::Pin) {
                return;
            }
            inner.number
        };
        let answer = match self.reader.read() {
            Ok(Some(reading)) => self.provider.by_chip(&reading, pin).await,
            Ok(None) => return self.over(number, "no_card"),
            Err(error) => Err(error),
        };
        match answer {
            Ok(Answer::Tokens(tokens)) => self.enter(number, tokens).await,
            Ok(_) => {
                let mut inner = self.lock();
                if inner.number == number {
                    inner.notice = Some("wrong_pin");
                    inner.touched = Instant::now();
                }
            }
            Err(error) => self.fails(&error),
        }
    }

    async fn enter(&self, number: u64, tokens: Tokens) {
        let until = Instant::now() + Duration::from_secs(tokens.expires_in);
        let person = self.provider.person(&tokens.access_token).await.ok().flatten();
        let name = person.and_then(|person| Some(person["name"].as_str()?.to_owned())).unwrap_or_default();
        let licences = self.licences_of(&tokens.access_token).await;
        let token = tokens.access_token;
        let turn = Turn::SignedIn { token: token.clone(), until, name, licences };
        if !self.advance(number, turn) {
            // Too late: whoever began this has left.
            self.give_back(&token).await;
        }
    }

    /// What the licence library keeps of the person; `None` where it gives no answer.
    async fn licences_of(&self, token: &str) -> Option<LicenceList> {
        let address = format!("{}/licences", self.licences.trim_end_matches('/'));
        let answer = self.provider.get(&address, token).await;
        match answer.and_then(|answer| Ok(answer.error_for_status()?)) {
            Ok(answer) => answer.json().await.ok(),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the licence library gave no answer");
                None
            }
        }
    }

    /// Ends the turn, whoever's it is: nothing of it is left here, and the provider is told.
    pub async fn end(&self, notice: Option<&'static str>) {
        let number = self.lock().number;
        self.end_turn(number, notice).await;
    }

    /// Ends this turn, unless another has begun meanwhile.
    async fn end_turn(&self, number: u64, notice: Option<&'static str>) {
        let turn = {
            let mut inner = self.lock();
            if inner.number != number {
                return;
            }
            inner.number += 1;
            inner.notice = notice;
            std::mem::replace(&mut inner.turn, Turn::Free)
        };
        if let Turn::SignedIn { token, .. } = turn {
            self.give_back(&token).await;
        }
    }

    async fn give_back(&self, token: &str) {
        // Without contact the provider ends it by itself: it hears of nobody any more.
        if let Err(error) = self.provider.end(token).await {
            tracing::warn!(error = format!("{error:#}"), "the provider could not be told of the end");
        }
    }

    fn over(&self, number: u64, notice: &'static str) {
        let mut inner = self.lock();
        if inner.number == number {
            inner.number += 1;
            inner.turn = Turn::Free;
            inner.notice = Some(notice);
        }
    }

    fn fails(&self, error: &anyhow::Error) {
        tracing::warn!(error = format!("{error:#}"), "the provider gave no answer");
        self.lock().notice = Some("contact");
    }

    /// Looks every second whether the turn goes on. It never waits for the provider: one that does not answer
    /// must not keep a person on the screen.
    pub async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let machine = self.clone();
            if let Some((number, notice)) = self.due() {
                tokio::spawn(async move { machine.end_turn(number, Some(notice)).await });
            } else if let Some((number, token)) = self.to_look_at() {
                tokio::spawn(async move { machine.look(number, &token).await });
            }
        }
    }

    /// The turn, and why it is over now.
    fn due(&self) -> Option<(u64, &'static str)> {
        let inner = self.lock();
        let now = Instant::now();
        let idle = now > inner.touched + self.idle;
        let why = match &inner.turn {
            Turn::Free => None,
            _ if now > inner.seen + PAGE_LOST => Some("idle"),
            Turn::Waiting { until, .. } => (now > *until).then_some("expired"),
            Turn::Pin if !self.reader.has_card() => Some("card_gone"),
            Turn::SignedIn { until, .. } if now > *until => Some("expired"),
            Turn::Pin | Turn::SignedIn { .. } => idle.then_some("idle"),
        };
        why.map(|why| (inner.number, why))
    }

    fn to_look_at(&self) -> Option<(u64, String)> {
        let mut inner = self.lock();
        let Turn::SignedIn { token, .. } = &inner.turn else { return None };
        let (number, token) = (inner.number, token.clone());
        (inner.looked.elapsed() > LOOK).then(|| {
            inner.looked = Instant::now();
            (number, token)
        })
    }

    /// While the screen is touched the provider hears that the person is there; else only whether it goes on.
    async fn look(&self, number: u64, token: &str) {
        let touched = self.lock().touched.elapsed() < LOOK + Duration::from_secs(1);
        let goes_on = match touched {
            true => self.provider.person(token).await.map(|person| person.is_some()),
            false => self.provider.goes_on(token).await,
        };
        match goes_on {
            Ok(true) => self.lock().failures = 0,
            Ok(false) => self.end_turn(number, Some("ended")).await,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "no contact");
                let failures = {
                    let mut inner = self.lock();
                    inner.failures += 1;
                    inner.failures
                };
                if failures >= 2 {
                    self.end_turn(number, Some("contact")).await;
                }
            }
        }
    }
}

fn left(until: Instant) -> u64 {
    until.saturating_duration_since(Instant::now()).as_secs()
}
