//! How a registration went on after its page was left: told by SMS to the phone that was proven, where only its
//! owner reads it.

use crate::base::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Registered,
    /// What was said is not what the registers have.
    Differs,
    /// The registers did not answer: we go on asking.
    Waiting,
    /// They said yes since: the person can go on.
    GoOn,
    /// They did not answer in all that time.
    GivenUp,
}

impl Notice {
    pub const fn words(self, language: Language) -> &'static str {
        match language {
            Language::Simplified => self.simplified(),
            Language::Traditional => self.traditional(),
            Language::English => self.english(),
        }
    }

    const fn simplified(self) -> &'static str {
        match self {
            Self::Registered => "您已有账号，无需再注册，请直接登录。如忘记密码，请到政务服务大厅窗口办理。",
            Self::Differs => {
                "您填写的姓名、证件号码与本手机号的登记信息不一致，注册未完成。请核对后重试，或到政务服务大厅窗口办理。"
            }
            Self::Waiting => {
                "核对系统暂时没有回应，注册尚未完成。我们会继续为您核对，有结果即发短信通知，您现在无需再操作。"
            }
            Self::GoOn => {
                "您的信息核对已通过。请在24小时内重新打开注册页面，用本手机号、同一姓名和证件号码完成注册。"
            }
            Self::GivenUp => {
                "核对系统七天内一直没有回应，您的注册未能完成。请重新注册，或到政务服务大厅窗口办理。"
            }
        }
    }

    const fn traditional(self) -> &'static str {
        match self {
            Self::Registered => "您已有帳號，無需再註冊，請直接登入。如忘記密碼，請到政務服務大廳櫃檯辦理。",
            Self::Differs => {
                "您填寫的姓名、證件號碼與本手機號碼的登記資料不一致，註冊未完成。請核對後重試，或到政務服務大廳櫃檯辦理。"
            }
            Self::Waiting => {
                "核對系統暫時沒有回應，註冊尚未完成。我們會繼續為您核對，有結果即以短訊通知，您現在無需再操作。"
            }
            Self::GoOn => {
                "您的資料已核對無誤。請於24小時內重新開啟註冊頁面，以本手機號碼、同一姓名和證件號碼完成註冊。"
            }
            Self::GivenUp => {
                "核對系統七天內一直沒有回應，您的註冊未能完成。請重新註冊，或到政務服務大廳櫃檯辦理。"
            }
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::Registered => {
                "You already have an account. Please sign in. If you forgot the password, go to a service counter."
            }
            Self::Differs => {
                "Name, number and this phone do not match the register, so your registration is not finished. Check them and try again, or go to a service counter."
            }
            Self::Waiting => {
                "The register did not answer, so your registration is not finished yet. We keep asking and will send you a message; you need not do anything now."
            }
            Self::GoOn => {
                "Your details have been confirmed. Please open the registration page again within 24 hours and finish with this phone and the same name and number."
            }
            Self::GivenUp => {
                "The register did not answer for seven days, so your registration could not be finished. Please register again, or go to a service counter."
            }
        }
    }
}
