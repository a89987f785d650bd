//! Whose password? Nobody learns from the answer whether anybody's.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use super::{Recovery, Stage, answer, stopped};
use crate::audit::{self, About, Event};
use crate::base::{AuthenticationLevel, Language, Method, Phone, Secret};
use crate::credential::{Rationed, sms_code};
use crate::http::{Failure, urls};
use crate::identity::{self, PersonState};
use crate::pages::here::{Here, Posted};
use crate::pages::identifier::{self, Identifier};
use crate::pages::kept;
use crate::pages::sign_in::known_browser;
use crate::pages::view::{Fault, Recover};

/// In place of a phone, where there is none: nothing is ever sent there.
const NOWHERE: &str = "13000000000";

pub async fn show(here: Here) -> Result<Response, Failure> {
    of_use(&here)?;
    page(&here, "", Vec::new())
}

pub async fn submit(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let came = Instant::now();
    of_use(&here)?;
    let typed = form.get("identifier").unwrap_or_default();
    if typed.trim().is_empty() {
        return page(&here, typed, vec![Fault::IdentifierMissing]);
    }
    let identifier = identifier::read(&here, typed).await?;
    let known = match identifier.person {
        Some(person) => known_browser(&here, person, AuthenticationLevel::OneFactor).await?,
        None => None,
    };
    let ration = Rationed::Recovery { identifier: &identifier.canonical, known };
    let taken = here.app.quota.take(&here.app.keys.data(), &here.visit, ration).await;
    let response = match stopped(taken)? {
        Some(wait) => page(&here, typed, vec![wait])?,
        None => begin(&here, identifier).await?,
    };
    let answer_after = Duration::from_millis(here.app.config.password.answer_after_ms);
    tokio::time::sleep_until(came + answer_after).await;
    Ok(response)
}

/// A new password is of no use where none is offered.
fn of_use(here: &Here) -> Result<(), Failure> {
    let refused = || Failure::new(StatusCode::FORBIDDEN, "not_offered_here");
    here.offers(Method::Password).then_some(()).ok_or_else(refused)
}

/// The same steps for everybody; only whether an SMS goes out, aside, differs.
async fn begin(here: &Here, identifier: Identifier) -> Result<Response, Failure> {
    let (app, keys) = (&here.app, here.app.keys.data());
    let person = match identifier.person {
        Some(person) => identity::load(&mut &app.db, &keys, person).await?,
        None => None,
    };
    let person = person.filter(|person| person.state == PersonState::Active);
    let phone = person.as_ref().and_then(|person| person.phone.clone());
    let phone = phone.filter(|_| here.offers(Method::Sms));
    let nowhere = Phone::parse(NOWHERE).map_err(|e| Failure::internal(&e))?;
    let target = phone.as_ref().unwrap_or(&nowhere);
    let started = sms_code::start(&app.transient, &keys, &here.visit, target).await?;
    let person = person.map(|person| person.id);
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &keys, &here.visit, Event::RecoveryAsked, About { person, client: None }).await?;
    tx.commit().await?;
    let recovery = Recovery {
        identifier: identifier.canonical,
        person,
        proofs: Vec::new(),
        stage: Stage::Code { sent: started.handle },
        browser: here.browser.id,
    };
    let handle = kept::keep(here, &recovery, None).await?;
    if let Some(phone) = phone {
        send(here, phone, started.code);
    }
    Ok(here.go(&recovery.next(here, handle)))
}

/// Sent aside: neither a slow gateway nor one that refuses must show.
fn send(here: &Here, phone: Phone, code: Secret) {
    let (app, visit) = (here.app.clone(), here.visit.clone());
    tokio::spawn(async move {
        let code = code.reveal();
        let text = match visit.language {
            Language::Simplified => format!(
                "验证码 {code}，10 分钟内有效，用于重设登录密码。如果不是您本人操作，请勿理会，更不要告诉任何人。"
            ),
            Language::Traditional => format!(
                "驗證碼 {code}，10 分鐘內有效，用於重設登入密碼。如果不是您本人操作，請勿理會，更不要告訴任何人。"
            ),
            Language::English => format!(
                "Your code to set a new password: {code}. It is good for 10 minutes. If it was not you, do nothing, and tell it to nobody."
            ),
        };
        if let Err(error) = app.sms.send(&visit, &phone, &text).await {
            tracing::error!(%error, "an SMS could not be sent");
        }
    });
}

fn page(here: &Here, typed: &str, faults: Vec<Fault>) -> Result<Response, Failure> {
    let page = Recover {
        identifier: typed.chars().take(100).collect(),
        by_passkey: here.offers(Method::Passkey),
        by_sms: here.offers(Method::Sms),
        counter_hours: here.app.config.server.counter_hours.clone(),
        faults,
    };
    let mut frame = here.frame()?;
    frame.path = here.along(urls::RECOVER);
    Ok(answer(here, page.render(&frame), &page.faults))
}
