//! The page of a phone: two apps of one vendor, the key of the device, its camera, and what waits for an answer.
//! One process is one phone, in one person's hand: whoever opens the page holds it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result};
use askama::Template;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use clients_example::dpop::ProofKey;
use clients_example::http_client::HttpClient;
use clients_example::licence::LicenceList;
use clients_example::page::{page, with_pages_and_script};
use clients_example::provider::discover;
use clients_example::relying_party::{Attempt, Registration, RelyingParty, SignedIn, is_over};
use clients_example::serve;
use openidconnect::{ClientId, CsrfToken, IssuerUrl, RedirectUrl, Scope};
use serde::Deserialize;
use tokio::sync::{Notify, watch};
use url::Url;

use crate::Flags;
use crate::inbox::{self, Inbox};

/// The phone, and what is on it.
pub struct Phone {
    pub issuer: Url,
    address: Url,
    licences: Url,
    pub first: RelyingParty,
    /// The vendor's other app, if there is one.
    second: Option<RelyingParty>,
    inside: Mutex<Inside>,
    /// Somebody has signed in or out.
    pub changed: Notify,
    pub inbox: watch::Sender<Inbox>,
}

#[derive(Default)]
struct Inside {
    /// A person who goes to and fro begins more than one.
    attempts: Vec<Attempt>,
    first: Option<Arc<SignedIn>>,
    second: Option<Arc<SignedIn>>,
    /// What the last thing done came to.
    said: Option<Said>,
}

struct Said {
    good: bool,
    words: String,
}

pub async fn run(flags: Flags, listen: SocketAddr) -> Result<()> {
    serve::log();
    let listener = serve::bind(listen).await?;
    // RFC 8252 §7.3: by number; which port, the provider does not care.
    let address = Url::parse(&format!("http://127.0.0.1:{}", listener.local_addr()?.port()))?;
    let http = HttpClient::new()?.with_key(ProofKey::generate()?);
    let issuer = IssuerUrl::new(flags.issuer).context("--issuer is no URL")?;
    let provider = discover(&issuer, &http, Duration::from_secs(flags.patience)).await?;
    let app = |client_id: String, scopes: &str| -> Result<RelyingParty> {
        let registration = Registration {
            client_id: ClientId::new(client_id),
            client_secret: None,
            redirect_uri: RedirectUrl::from_url(address.join("/callback")?),
            scopes: scopes.split_whitespace().map(|scope| Scope::new(scope.to_owned())).collect(),
        };
        Ok(RelyingParty::new(registration, provider.clone(), http.clone()))
    };
    let phone = Arc::new(Phone {
        issuer: issuer.url().clone(),
        licences: flags.licences.join("/licences")?,
        first: app(flags.client_id, &format!("{} device_sso approvals", flags.scope))?,
        second: flags.second_client_id.map(|id| app(id, "profile official_number")).transpose()?,
        inside: Mutex::default(),
        address: address.clone(),
        changed: Notify::new(),
        inbox: watch::Sender::default(),
    });
    tokio::spawn(inbox::follow(phone.clone()));
    let router = Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in))
        .route("/callback", get(callback))
        .route("/join", post(join))
        .route("/licences", post(licences))
        .route("/scan", post(scan))
        .route("/sign-out", post(sign_out))
        .route("/inbox", get(inbox::events))
        .with_state(phone);
    let script = include_str!("../../assets/phone.js");
    let router = with_pages_and_script(router, &issuer.url().origin().ascii_serialization(), script);
    serve::serve(listener, router, address.as_str().trim_end_matches('/')).await
}

impl Phone {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    /// An address at the provider.
    pub fn at(&self, path: &str) -> Result<Url> {
        Ok(Url::parse(&format!("{}{path}", self.issuer.as_str().trim_end_matches('/')))?)
    }

    /// Who is signed in to the first app.
    pub fn signed_in(&self) -> Option<Arc<SignedIn>> {
        self.inside().first.clone()
    }

    /// Gets new tokens in place of `old`; `false` where the provider has ended the sign-in.
    ///
    /// # Errors
    /// No answer, or one that is not good.
    pub async fn renew(&self, old: &Arc<SignedIn>) -> Result<bool> {
        let renewed = match self.first.refresh(old).await {
            Ok(renewed) => renewed,
            Err(error) if is_over(&error) => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut inside = self.inside();
        if inside.first.as_ref().is_some_and(|first| Arc::ptr_eq(first, old)) {
            inside.first = Some(Arc::new(renewed));
        }
        Ok(true)
    }

    /// Says it on the page, once.
    fn say(&self, done: Result<String>) -> Response {
        let said = match done {
            Ok(words) => Said { good: true, words },
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "it did not work");
                Said { good: false, words: format!("{error:#}") }
            }
        };
        self.inside().said = Some(said);
        Redirect::to("/").into_response()
    }
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Home<'a> {
    title: &'a str,
    department: &'a str,
    issuer: &'a str,
    first: Option<Person>,
    second: Option<Person>,
    has_second: bool,
    said: Option<Said>,
    inbox: inbox::Part,
}

struct Person {
    sub: String,
    acr: String,
}

async fn home(State(phone): State<Arc<Phone>>) -> Response {
    let mut inside = phone.inside();
    let person = |app: &Option<Arc<SignedIn>>| {
        app.as_ref().map(|app| Person {
            sub: app.claims.subject().to_string(),
            acr: app.claims.auth_context_ref().map(|acr| acr.to_string()).unwrap_or_default(),
        })
    };
    let home = Home {
        title: "粤易办（手机演示）",
        department: "一部手机，两个应用",
        issuer: phone.issuer.as_str().trim_end_matches('/'),
        first: person(&inside.first),
        second: person(&inside.second),
        has_second: phone.second.is_some(),
        said: inside.said.take(),
        inbox: inbox::Part::of(&phone),
    };
    page(StatusCode::OK, &home)
}

async fn sign_in(State(phone): State<Arc<Phone>>) -> Response {
    let (url, attempt) = phone.first.begin(None).await;
    let mut inside = phone.inside();
    inside.attempts.truncate(7);
    inside.attempts.insert(0, attempt);
    Redirect::to(url.as_str()).into_response()
}

#[derive(Deserialize)]
struct Answer {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

async fn callback(State(phone): State<Arc<Phone>>, Query(answer): Query<Answer>) -> Response {
    let attempt = {
        let mut inside = phone.inside();
        let place = inside.attempts.iter().position(|attempt| attempt.state.secret() == &answer.state);
        place.map(|place| inside.attempts.remove(place))
    };
    let done = async {
        let attempt = attempt.context("这不是本机发起的登录")?;
        let code = answer.code.with_context(|| answer.error.unwrap_or_default())?;
        phone.first.finish(attempt, code, answer.iss.as_deref()).await
    };
    let done = done.await;
    phone.say(done.map(|signed_in| {
        let mut inside = phone.inside();
        inside.first = Some(Arc::new(signed_in));
        inside.second = None;
        phone.changed.notify_one();
        "已登录".to_owned()
    }))
}

/// The second app signs in by what the first keeps: nobody sees a page.
async fn join(State(phone): State<Arc<Phone>>) -> Response {
    let first = phone.inside().first.clone();
    let done = async {
        let second = phone.second.as_ref().context("没有第二个应用")?;
        let first = first.context("请先在第一个应用中登录")?;
        second.join(&first).await
    };
    let done = done.await;
    phone.say(done.map(|signed_in| {
        phone.inside().second = Some(Arc::new(signed_in));
        "第二个应用已登录，没有打开浏览器".to_owned()
    }))
}

/// The person's licences, by the second app's token and the proof that it is this phone's.
async fn licences(State(phone): State<Arc<Phone>>) -> Response {
    let second = phone.inside().second.clone();
    let done = async {
        let app = phone.second.as_ref().context("没有第二个应用")?;
        let signed_in = second.context("请先打开第二个应用")?;
        let answer = app.fetch(&signed_in, &phone.licences).await?;
        let body = answer.body();
        anyhow::ensure!(answer.status().is_success(), "证照库：{}", String::from_utf8_lossy(body));
        let list: LicenceList = serde_json::from_slice(body)?;
        let titles: Vec<&str> = list.licences.iter().map(|licence| licence.title.as_str()).collect();
        let channel = list.token.channel.unwrap_or_default();
        let bound = if list.token.bound { "，令牌已绑定本机密钥" } else { "" };
        Ok(format!("{}（渠道 {channel}{bound}）", titles.join("、")))
    };
    let done = done.await;
    phone.say(done)
}

#[derive(Deserialize)]
struct Scanned {
    address: String,
}

/// What the camera of a real phone reads from the QR. Only the provider's own addresses are opened: a code of
/// somebody else's leads nowhere.
async fn scan(State(phone): State<Arc<Phone>>, Form(scanned): Form<Scanned>) -> Response {
    let url = Url::parse(scanned.address.trim()).ok();
    match url.filter(|url| url.origin() == phone.issuer.origin()) {
        Some(url) => Redirect::to(url.as_str()).into_response(),
        None => phone.say(Err(anyhow::anyhow!("这不是统一身份认证的二维码"))),
    }
}

async fn sign_out(State(phone): State<Arc<Phone>>) -> Response {
    let first = {
        let mut inside = phone.inside();
        inside.second = None;
        phone.changed.notify_one();
        inside.first.take()
    };
    let Some(first) = first else { return Redirect::to("/").into_response() };
    match phone.first.sign_out(&first.id_token, &phone.address, &CsrfToken::new_random()).await {
        Some(url) => Redirect::to(url.as_str()).into_response(),
        None => Redirect::to("/").into_response(),
    }
}
