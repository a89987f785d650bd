//! The one answer to all who cannot be registered here. Which of the reasons it was goes by SMS to the phone
//! that was proven, and into the audit log.

use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::Instant;

use crate::audit::{self, About, Event};
use crate::base::{Language, Phone};
use crate::http::Failure;
use crate::pages::here::Here;
use crate::pages::view::Refused;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Registered,
    Mismatch,
    NoRecord,
    NotInForce,
    /// The register did not answer: nobody's fault but nobody's level either.
    NoAnswer,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Mismatch => "mismatch",
            Self::NoRecord => "no record",
            Self::NotInForce => "not in force",
            Self::NoAnswer => "no answer",
        }
    }

    const fn words(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Simplified, Self::Registered) => {
                "您已有账号，无需再注册，请直接登录。如忘记密码，请到政务服务大厅窗口办理。"
            }
            (Language::Simplified, Self::NoAnswer) => "核对系统暂时没有回应，您的注册未完成，请稍后再试。",
            (Language::Simplified, _) => {
                "您填写的姓名、证件号码与本手机号的登记信息不一致，注册未完成。请核对后重试，或到政务服务大厅窗口办理。"
            }
            (Language::Traditional, Self::Registered) => {
                "您已有帳號，無需再註冊，請直接登入。如忘記密碼，請到政務服務大廳櫃檯辦理。"
            }
            (Language::Traditional, Self::NoAnswer) => "核對系統暫時沒有回應，您的註冊未完成，請稍後再試。",
            (Language::Traditional, _) => {
                "您填寫的姓名、證件號碼與本手機號碼的登記資料不一致，註冊未完成。請核對後重試，或到政務服務大廳櫃檯辦理。"
            }
            (Language::English, Self::Registered) => {
                "You already have an account. Please sign in. If you forgot the password, go to a service counter."
            }
            (Language::English, Self::NoAnswer) => {
                "The register did not answer, so your registration is not finished. Please try again later."
            }
            (Language::English, _) => {
                "Name, number and this phone do not match the register, so your registration is not finished. Check them and try again, or go to a service counter."
            }
        }
    }
}

/// Tells the phone and the log, and answers at `at`: also the SMS takes its time before that.
pub async fn refuse(here: &Here, phone: &Phone, why: Why, at: Instant) -> Result<Response, Failure> {
    // Sent aside: a slow gateway must not show in the time of the answer.
    let (app, visit, to) = (here.app.clone(), here.visit.clone(), phone.clone());
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&visit, &to, why.words(visit.language)).await {
            tracing::error!(%error, "an SMS could not be sent");
        }
    });
    let mut tx = here.app.db.begin().await?;
    let event = Event::RegistrationRefused { reason: why.as_str() };
    audit::record(&mut tx, &here.app.keys.data(), &here.visit, event, About::default()).await?;
    tx.commit().await?;
    let page = Refused { phone: phone.masked(), counter_hours: here.app.config.server.counter_hours.clone() };
    let html = page.render(&here.frame()?);
    tokio::time::sleep_until(at).await;
    Ok(here.page(StatusCode::OK, html))
}
