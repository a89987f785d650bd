//! Step 1: which phone? Every well-formed number gets a code: nobody learns which phones are known here.

use axum::http::StatusCode;
use axum::response::Response;

use super::Kept;
use super::kept::next;
use crate::base::{Language, Phone};
use crate::credential::{Rationed, sms_code};
use crate::http::{Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskPhone, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let page = AskPhone { phone: String::new(), faults: Vec::new() };
    Ok(here.page(StatusCode::OK, page.render(&here.frame()?)))
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let typed = form.get("phone").unwrap_or_default();
    let phone = match Phone::parse(typed) {
        Ok(phone) => phone,
        Err(_) => {
            let fault = if typed.trim().is_empty() { Fault::PhoneMissing } else { Fault::PhoneMalformed };
            let page = AskPhone { phone: typed.chars().take(40).collect(), faults: vec![fault] };
            return Ok(here.page(StatusCode::UNPROCESSABLE_ENTITY, page.render(&here.frame()?)));
        }
    };
    let kept = send_code(&here, &phone).await?;
    let handle = kept.keep(&here, None).await?;
    Ok(here.go(&next(&here, urls::REGISTER_CODE, handle)))
}

/// Sends a fresh code, within the quotas.
pub(super) async fn send_code(here: &Here, phone: &Phone) -> Result<Kept, Failure> {
    let app = &here.app;
    let keys = app.keys.data();
    app.quota.take(&keys, &here.visit, Rationed::Sms { phone }).await?;
    let started = sms_code::start(&app.transient, &keys, &here.visit, phone).await?;
    let code = started.code.reveal();
    let text = match here.visit.language {
        Language::Simplified => {
            format!("验证码 {code}，10 分钟内有效，用于注册统一身份认证账号。请勿告诉任何人。")
        }
        Language::Traditional => {
            format!("驗證碼 {code}，10 分鐘內有效，用於註冊統一身份認證帳號。請勿告訴任何人。")
        }
        Language::English => format!("Your code is {code}. It is good for 10 minutes. Tell it to nobody."),
    };
    app.sms.send(&here.visit, phone, &text).await.map_err(|error| {
        tracing::error!(%error, "an SMS could not be sent");
        Failure::busy()
    })?;
    Ok(Kept::begin(here, phone, started.handle))
}
