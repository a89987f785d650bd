//! One sign-in, as a command line program (RFC 8252): it opens the system's browser, takes the answer on a
//! loopback address, and shows what the ID token says. It never shows a token.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use clients_example::dpop::ProofKey;
use clients_example::http_client::HttpClient;
use clients_example::page::{page, with_pages};
use clients_example::provider::discover;
use clients_example::relying_party::{Registration, RelyingParty};
use clients_example::serve::announce;
use openidconnect::{ClientId, IssuerUrl, RedirectUrl, Scope};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::Flags;

pub async fn run(flags: Flags) -> Result<()> {
    let http =
        if flags.plain { HttpClient::new()? } else { HttpClient::new()?.with_key(ProofKey::generate()?) };
    let issuer = IssuerUrl::new(flags.issuer).context("--issuer is no URL")?;
    let provider = discover(&issuer, &http, Duration::from_secs(10)).await?;

    // RFC 8252 §7.3: the loopback address by number, on whatever port is free.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let redirect_uri = format!("http://127.0.0.1:{}/callback", listener.local_addr()?.port());
    announce(&format!("ready {redirect_uri}"));
    let mut scopes: Vec<Scope> = flags.scope.split_whitespace().map(|s| Scope::new(s.to_owned())).collect();
    if flags.refresh {
        scopes.push(Scope::new("offline_access".to_owned()));
    }
    let registration = Registration {
        client_id: ClientId::new(flags.client_id),
        client_secret: None,
        redirect_uri: RedirectUrl::new(redirect_uri)?,
        scopes,
    };
    let bound = http.key().is_some();
    let relying_party = RelyingParty::new(registration, provider, http);

    let (url, attempt) = relying_party.begin(None).await;
    announce(&format!("open {url}"));
    let patience = Duration::from_secs(flags.patience);
    let answer = tokio::time::timeout(patience, wait_for_answer(listener, attempt.state.secret().clone()))
        .await
        .context("nobody came back from the browser")??;
    let Some(code) = answer.code else {
        bail!("the provider did not sign in: {}", answer.error.unwrap_or_default());
    };
    let signed_in = relying_party.finish(attempt, code, answer.iss.as_deref()).await?;
    let mut shown = serde_json::json!({
        "id_token": signed_in.claims,
        "userinfo": relying_party.userinfo(&signed_in).await?,
        "bound_to_the_key": bound,
    });
    // The number itself stays off the terminal, which may be recorded.
    if let Some(number) = shown["userinfo"].get_mut("official_number") {
        *number =
            clients_example::claims::OfficialNumber::new(number.as_str().unwrap_or_default()).masked().into();
    }
    if flags.refresh {
        let renewed = relying_party.refresh(&signed_in).await?;
        let rotated = renewed.refresh_token.as_ref().map(|token| token.secret())
            != signed_in.refresh_token.as_ref().map(|token| token.secret());
        let works = relying_party.userinfo(&renewed).await.is_ok();
        shown["refreshed"] = serde_json::json!({
            "id_token": renewed.claims,
            "refresh_token_rotated": rotated,
            "access_token_works": works,
        });
    }
    announce(&serde_json::to_string_pretty(&shown)?);
    Ok(())
}

#[derive(Clone, Deserialize)]
struct Answer {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Serves until the answer with our `state` has come; anything else that knocks is turned away.
async fn wait_for_answer(listener: TcpListener, state: String) -> Result<Answer> {
    let (tell, mut told) = mpsc::channel(1);
    let router = Router::new().route("/callback", get(callback)).with_state((state, tell));
    let server = tokio::spawn(axum::serve(listener, with_pages(router, "")).into_future());
    let answer = told.recv().await.context("the loopback server stopped")?;
    // The page and its style sheet are still on their way to the browser.
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.abort();
    Ok(answer)
}

#[derive(Template)]
#[template(path = "back_to_app.html")]
struct BackToApp {
    title: &'static str,
    department: &'static str,
    heading: &'static str,
    words: &'static str,
}

async fn callback(
    State((state, tell)): State<(String, mpsc::Sender<Answer>)>,
    Query(answer): Query<Answer>,
) -> Response {
    let ours = answer.state == state;
    let (status, heading, words) = if ours {
        (StatusCode::OK, "请回到应用", "浏览器里的步骤已经完成，可以关闭此页。")
    } else {
        (StatusCode::BAD_REQUEST, "这不是本次登录的结果", "请回到应用重新登录。")
    };
    if ours {
        tell.try_send(answer).ok();
    }
    page(status, &BackToApp { title: "移动应用示例", department: "原生应用", heading, words })
}
