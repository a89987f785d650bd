//! Leaving for the provider, and coming back.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::Hall;
use crate::home::message;
use crate::session::Person;

#[derive(Deserialize)]
pub struct Wish {
    /// The trust level that the person needs for what they are about to do.
    min_trust: Option<u8>,
}

/// `GET /sign-in`
pub async fn leave(State(hall): State<Arc<Hall>>, headers: HeaderMap, Query(wish): Query<Wish>) -> Response {
    let (url, attempt) =
        hall.relying_party.begin(wish.min_trust.filter(|level| (2..=5).contains(level))).await;
    (hall.sessions.keep_attempt(&headers, attempt), Redirect::to(url.as_str())).into_response()
}

/// OAuth 2.0's answer (RFC 6749 §4.1.2), a code or an error, with RFC 9207's `iss`.
#[derive(Deserialize)]
pub struct Answer {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// `GET /callback`
pub async fn callback(
    State(hall): State<Arc<Hall>>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    // The state is looked for first: whatever else the answer says, it must be the answer to our question.
    let Some(attempt) = hall.sessions.take_attempt(&headers, &answer.state) else {
        return message(&hall, StatusCode::BAD_REQUEST, "这次登录已经失效", "请重新登录。", "unknown_state");
    };
    let Some(code) = answer.code else {
        let error = answer.error.as_deref().unwrap_or("no_code");
        let words = match error {
            "access_denied" => "您取消了登录，没有任何信息被提供给本系统。",
            "unmet_authentication_requirements" => "您的可信等级尚未达到此事项的要求，请先提升等级。",
            _ => "统一身份认证没有完成登录，请稍后重试。",
        };
        return message(&hall, StatusCode::OK, "没有登录", words, error);
    };
    match hall.relying_party.finish(attempt, code, answer.iss.as_deref()).await {
        Ok(signed_in) => {
            let userinfo = hall.relying_party.userinfo(&signed_in).await;
            let userinfo = userinfo
                .inspect_err(|error| tracing::warn!(error = format!("{error:#}"), "no userinfo"))
                .ok();
            let cookie = hall.sessions.sign_in(&headers, Person { signed_in, userinfo });
            (cookie, Redirect::to("/")).into_response()
        }
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "a sign-in was not accepted");
            message(
                &hall,
                StatusCode::BAD_GATEWAY,
                "没有登录",
                "登录结果未通过校验，请重新登录。",
                "not_verified",
            )
        }
    }
}
