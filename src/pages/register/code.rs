//! Step 2: the code that was sent to the phone.

use axum::http::StatusCode;
use axum::response::Response;

use super::Kept;
use super::kept::next;
use super::phone::send_code;
use crate::base::Secret;
use crate::credential::{self, Refused, sms_code};
use crate::http::{Failure, urls};
use crate::pages::here::{Here, Posted};
use crate::pages::view::{AskCode, Fault};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let (handle, kept) = Kept::find(&here, &here.query).await?;
    page(&here, &handle.to_string(), &kept, StatusCode::OK, Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (handle, mut kept) = Kept::find(&here, &form).await?;
    let typed: String = form.get("code").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let fault = if typed.is_empty() {
        Some(Fault::CodeMissing)
    } else if typed.len() != 6 || !typed.bytes().all(|b| b.is_ascii_digit()) {
        Some(Fault::CodeMalformed)
    } else {
        check(&here, &kept, typed).await?
    };
    if let Some(fault) = fault {
        return page(&here, &handle.to_string(), &kept, StatusCode::UNPROCESSABLE_ENTITY, vec![fault]);
    }
    kept.code = None;
    kept.keep(&here, Some(handle)).await?;
    Ok(here.go(&next(&here, urls::REGISTER_NAME, handle)))
}

async fn check(here: &Here, kept: &Kept, typed: String) -> Result<Option<Fault>, Failure> {
    let Some(code) = kept.code else { return Ok(None) };
    let app = &here.app;
    match sms_code::check(&app.transient, &app.keys.data(), code, &Secret::new(typed)).await {
        Ok(_) => Ok(None),
        Err(credential::Error::Refused(Refused::Wrong)) => Ok(Some(Fault::CodeWrong)),
        Err(credential::Error::Refused(_)) => Ok(Some(Fault::CodeExpired)),
        Err(other) => Err(other.into()),
    }
}

/// Another code to the same phone; the one before is then worth nothing.
pub async fn resend(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let (handle, kept) = Kept::find(&here, &form).await?;
    if kept.code.is_some() {
        send_code(&here, &kept.phone()?).await?.keep(&here, Some(handle)).await?;
    }
    Ok(here.go(&next(&here, urls::REGISTER_CODE, handle)))
}

fn page(
    here: &Here,
    registration: &str,
    kept: &Kept,
    status: StatusCode,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let page = AskCode {
        registration: registration.to_owned(),
        phone: kept.phone()?.masked(),
        valid_for: sms_code::LIFETIME,
        resend_after: None,
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = next(here, urls::REGISTER_CODE, registration.parse().unwrap_or_default());
    Ok(here.page(status, page.render(&frame)))
}
