//! What the owner of an account is told by SMS of a deed at a counter, whoever stands at the window. No code and no
//! link stands in it.

use crate::base::{Language, Phone};
use crate::operator::counter::{Deed, DeedKind};

use super::AtWindow;

/// To the phone from before the deed, in the language that its owner reads.
pub(super) fn tell(window: &AtWindow, deed: &Deed, phone: Phone, language: Language) {
    let Some(text) = text(deed.kind, deed.ready_at > window.visit.now, language) else { return };
    let (app, visit) = (window.app.clone(), window.visit.clone());
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&visit, &phone, &text).await {
            tracing::error!(%error, "an SMS could not be sent");
        }
    });
}

/// `None`: there is nobody to tell yet.
fn text(kind: DeedKind, waits: bool, language: Language) -> Option<String> {
    let words = match (language, kind, waits) {
        (_, DeedKind::Open, _) => return None,
        (Language::Simplified, DeedKind::Raise, _) => "您在政务服务窗口完成了本人核验",
        (Language::Simplified, DeedKind::Phone, true) => {
            "有人在政务服务窗口申请更换您账号的手机号，24小时后生效，在此之前登录“我的账号”可以取消"
        }
        (Language::Simplified, DeedKind::Phone, false) => "您账号的手机号已在政务服务窗口更换",
        (Language::Simplified, DeedKind::Recover, true) => {
            "有人在政务服务窗口申请重设您账号的密码，24小时后可以设置新密码，在此之前登录“我的账号”可以取消"
        }
        (Language::Simplified, DeedKind::Recover, false) => "您已在政务服务窗口申请重设密码",
        (Language::Simplified, DeedKind::Pin, true) => {
            "有人在政务服务窗口申请设置您身份证的 PIN 码，24小时后生效，在此之前登录“我的账号”可以取消"
        }
        (Language::Simplified, DeedKind::Pin, false) => "您身份证的 PIN 码已在政务服务窗口设置",
        (Language::Traditional, DeedKind::Raise, _) => "您在政務服務櫃檯完成了本人核驗",
        (Language::Traditional, DeedKind::Phone, true) => {
            "有人在政務服務櫃檯申請更換您帳號的手機號碼，24小時後生效，在此之前登入「我的帳號」可以取消"
        }
        (Language::Traditional, DeedKind::Phone, false) => "您帳號的手機號碼已在政務服務櫃檯更換",
        (Language::Traditional, DeedKind::Recover, true) => {
            "有人在政務服務櫃檯申請重設您帳號的密碼，24小時後可以設定新密碼，在此之前登入「我的帳號」可以取消"
        }
        (Language::Traditional, DeedKind::Recover, false) => "您已在政務服務櫃檯申請重設密碼",
        (Language::Traditional, DeedKind::Pin, true) => {
            "有人在政務服務櫃檯申請設定您身分證的 PIN 碼，24小時後生效，在此之前登入「我的帳號」可以取消"
        }
        (Language::Traditional, DeedKind::Pin, false) => "您身分證的 PIN 碼已在政務服務櫃檯設定",
        (Language::English, DeedKind::Raise, _) => "You proved who you are at a service counter",
        (Language::English, DeedKind::Phone, true) => {
            "Somebody at a service counter has asked to change the phone number of your account. It changes in 24 hours; until then you can sign in and stop it on your account page"
        }
        (Language::English, DeedKind::Phone, false) => {
            "The phone number of your account was changed at a service counter"
        }
        (Language::English, DeedKind::Recover, true) => {
            "Somebody at a service counter has asked to set a new password for your account. They can set it in 24 hours; until then you can sign in and stop it on your account page"
        }
        (Language::English, DeedKind::Recover, false) => {
            "You have asked at a service counter to set a new password"
        }
        (Language::English, DeedKind::Pin, true) => {
            "Somebody at a service counter has asked to set a PIN for your ID card. It is good in 24 hours; until then you can sign in and stop it on your account page"
        }
        (Language::English, DeedKind::Pin, false) => "A PIN was set for your ID card at a service counter",
    };
    let rest = match language {
        Language::Simplified => "。如果不是您本人操作，请尽快携带身份证件到政务服务大厅窗口办理。",
        Language::Traditional => "。如果不是您本人操作，請盡快攜帶身份證件到政務服務大廳櫃檯辦理。",
        Language::English => ". If it was not you, go to a service counter with your identity document soon.",
    };
    Some(format!("{words}{rest}"))
}
