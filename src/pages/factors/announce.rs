//! Tells a person by SMS what was changed about their ways to sign in: who did not do it themselves learns
//! of it. No code and no link stands in it, since that is what swindlers send.

use uuid::Uuid;

use crate::base::Language;
use crate::http::Failure;
use crate::identity;
use crate::pages::here::Here;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    PasswordChanged,
    PasskeyAdded,
    PasskeyRemoved,
    AppAdded,
    AppRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    AlwaysOn,
    AlwaysOff,
    RecoveryBegun,
    RecoveryCancelled,
    PasswordRecovered,
}

impl News {
    const fn words(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Simplified, Self::PasswordChanged) => "您的账号更改了密码",
            (Language::Simplified, Self::PasskeyAdded) => "您的账号添加了一个通行密钥",
            (Language::Simplified, Self::PasskeyRemoved) => "您的账号移除了一个通行密钥",
            (Language::Simplified, Self::AppAdded) => "您的账号添加了验证器应用",
            (Language::Simplified, Self::AppRemoved) => "您的账号移除了验证器应用",
            (Language::Simplified, Self::RecoveryCodesMade) => "您的账号生成了新的恢复码",
            (Language::Simplified, Self::RecoveryCodeUsed) => "您的账号用掉了一个恢复码",
            (Language::Simplified, Self::AlwaysOn) => "您的账号开启了每次登录再确认",
            (Language::Simplified, Self::AlwaysOff) => "您的账号关闭了每次登录再确认",
            (Language::Simplified, Self::RecoveryBegun) => {
                "有人申请重设您账号的密码，24小时后可以设置新密码，在此之前登录“我的账号”可以取消"
            }
            (Language::Simplified, Self::RecoveryCancelled) => "您账号的重设密码申请已取消",
            (Language::Simplified, Self::PasswordRecovered) => "您的账号重设了密码，其他设备上的登录已退出",
            (Language::Traditional, Self::PasswordChanged) => "您的帳號變更了密碼",
            (Language::Traditional, Self::PasskeyAdded) => "您的帳號新增了一個通行密鑰",
            (Language::Traditional, Self::PasskeyRemoved) => "您的帳號移除了一個通行密鑰",
            (Language::Traditional, Self::AppAdded) => "您的帳號新增了驗證器應用程式",
            (Language::Traditional, Self::AppRemoved) => "您的帳號移除了驗證器應用程式",
            (Language::Traditional, Self::RecoveryCodesMade) => "您的帳號產生了新的恢復碼",
            (Language::Traditional, Self::RecoveryCodeUsed) => "您的帳號用掉了一個恢復碼",
            (Language::Traditional, Self::AlwaysOn) => "您的帳號開啟了每次登入再確認",
            (Language::Traditional, Self::AlwaysOff) => "您的帳號關閉了每次登入再確認",
            (Language::Traditional, Self::RecoveryBegun) => {
                "有人申請重設您帳號的密碼，24小時後可以設定新密碼，在此之前登入「我的帳號」可以取消"
            }
            (Language::Traditional, Self::RecoveryCancelled) => "您帳號的重設密碼申請已取消",
            (Language::Traditional, Self::PasswordRecovered) => "您的帳號重設了密碼，其他裝置上的登入已登出",
            (Language::English, Self::PasswordChanged) => "The password of your account was changed",
            (Language::English, Self::PasskeyAdded) => "A passkey was added to your account",
            (Language::English, Self::PasskeyRemoved) => "A passkey was removed from your account",
            (Language::English, Self::AppAdded) => "An authenticator app was added to your account",
            (Language::English, Self::AppRemoved) => "The authenticator app was removed from your account",
            (Language::English, Self::RecoveryCodesMade) => "New recovery codes were made for your account",
            (Language::English, Self::RecoveryCodeUsed) => "A recovery code of your account was used",
            (Language::English, Self::AlwaysOn) => "Your account now confirms every sign-in",
            (Language::English, Self::AlwaysOff) => "Your account no longer confirms every sign-in",
            (Language::English, Self::RecoveryBegun) => {
                "Somebody has asked to set a new password for your account. They can set it in 24 hours; until then you can sign in and stop it on your account page"
            }
            (Language::English, Self::RecoveryCancelled) => {
                "The new password that was asked for on your account was stopped"
            }
            (Language::English, Self::PasswordRecovered) => {
                "A new password was set for your account, and all other devices were signed out"
            }
        }
    }

    fn text(self, language: Language) -> String {
        let words = self.words(language);
        match language {
            Language::Simplified => {
                format!("{words}。如果不是您本人操作，请尽快携带身份证件到政务服务大厅窗口办理。")
            }
            Language::Traditional => {
                format!("{words}。如果不是您本人操作，請盡快攜帶身份證件到政務服務大廳櫃檯辦理。")
            }
            Language::English => {
                format!(
                    "{words}. If it was not you, go to a service counter with your identity document soon."
                )
            }
        }
    }
}

/// Sends it aside: a slow gateway must not hold up the page, and what was done is done.
pub async fn tell(here: &Here, person: Uuid, news: News) -> Result<(), Failure> {
    let person = identity::load(&mut &here.app.db, &here.app.keys.data(), person).await?;
    let Some(phone) = person.and_then(|person| person.phone) else { return Ok(()) };
    let (app, visit) = (here.app.clone(), here.visit.clone());
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&visit, &phone, &news.text(visit.language)).await {
            tracing::error!(%error, "an SMS could not be sent");
        }
    });
    Ok(())
}
