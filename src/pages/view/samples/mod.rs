//! Every page with content to try it on: the shortest and the longest that is real.

use std::time::Duration;

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::base::number::NumberKind;
use crate::base::{Channel, Language, Scope, Secret, TrustLevel};
use crate::mandate::Role;

/// 60 characters, as names of some minorities are.
const LONG_NAME: &str = "阿卜杜热合曼江·买买提艾力克木·吐尔逊娜依古丽·帕提古丽阿依谢姆·努尔艾合买提江·阿不都克里木·穆合塔尔·居麦尼亚孜";
/// 50 characters, as names of enterprises and services are.
const LONG_SERVICE: &str =
    "粤港澳大湾区国际科技创新中心知识产权运营公共服务有限责任公司企业开办与变更登记全程电子化一网通办专区";
const LONG_WORD: &str =
    "a-very-long-address-without-any-place-to-break.xn--fiqs8s@government-services.example";

/// How much a sample holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    Short,
    Longest,
}

pub fn frame(language: Language, length: Length) -> Frame {
    let long = length == Length::Longest;
    Frame {
        language,
        large_print: false,
        name: None,
        help_phone: Some("020-12345".to_owned()),
        request_id: Uuid::from_u128(0x0199_c0de_7000_7000_8000_0000_0000_0001),
        csrf: Secret::new("token-against-forgery"),
        onward: Some(Onward {
            name: if long { LONG_SERVICE } else { "粤易办·电子证照" }.to_owned(),
            department: Some(if long { LONG_SERVICE } else { "省政务服务和数据管理局" }.to_owned()),
            way_back: Some("https://licences.example/?from=<yihao>&a=b".to_owned()),
        }),
        ask: Some("an-ask\"<&>".to_owned()),
        path: "/sign-in?ask=an-ask&lang=en".to_owned(),
    }
}

pub type Sample = (String, Box<dyn Fn(&Frame) -> String>);

macro_rules! sample {
    ($name:expr, $page:expr) => {
        ($name.to_string(), {
            let page = $page;
            Box::new(move |frame: &Frame| page.render(frame)) as Box<dyn Fn(&Frame) -> String>
        })
    };
}

mod account;
mod console;
mod console_cases;
mod console_legacy;
mod elsewhere;

use account::{account, capacity, earlier, mandates, records, sign_out};
use elsewhere::{device, scan};

pub fn all(length: Length) -> Vec<Sample> {
    let mut all = sign_in(length);
    all.extend(register(length));
    all.extend(disclosure(length));
    all.extend(account(length));
    all.extend(capacity(length));
    all.extend(earlier(length));
    all.extend(records(length));
    all.extend(mandates(length));
    all.extend(second_factor());
    all.extend(scan(length));
    all.extend(raise(length));
    all.extend(factors(length));
    all.extend(recover());
    all.extend(device(length));
    for problem in Problem::ALL {
        all.push(sample!(format!("problem-{}", problem.code()), ProblemPage::from(problem)));
    }
    all.extend(console::console(length));
    all.extend(console_legacy::console_legacy(length));
    all.extend(console_cases::console_cases(length));
    all.extend(sign_out(length));
    all.push(sample!("privacy", Privacy));
    all.push(sample!("help", Help { counter_hours: Some("9:00–17:00".into()) }));
    all
}

fn name(length: Length) -> String {
    if length == Length::Longest { LONG_NAME } else { "*明" }.to_owned()
}

fn sign_in(length: Length) -> Vec<Sample> {
    let page = |reason, methods, faults: &[Fault]| {
        // Scanned the last time: then it stands first, and not among the others.
        let first = (methods == Methods::Password).then_some(Other::Scan);
        let mut others = if first.is_none() { vec![Other::Scan] } else { Vec::new() };
        if length == Length::Longest {
            others.extend([
                Other::National(LONG_SERVICE.to_owned()),
                Other::Network(LONG_SERVICE.to_owned()),
                Other::Certificate,
            ]);
        }
        let identifier = if length == Length::Longest { LONG_WORD } else { "" }.to_owned();
        let earlier = (length == Length::Longest).then(|| "zhangsan@si".to_owned());
        SignIn { reason, methods, first, others, earlier, identifier, faults: faults.to_vec() }
    };
    let minutes = Duration::from_secs(580);
    let person = name(length);
    vec![
        sample!("sign-in", page(Reason::First, Methods::PasswordThenPasskey, &[])),
        sample!("sign-in-no-passkey", page(Reason::First, Methods::Password, &[])),
        sample!("sign-in-passkey-first", page(Reason::First, Methods::PasskeyThenPassword, &[])),
        sample!(
            "sign-in-refused",
            page(Reason::First, Methods::PasswordThenPasskey, &[Fault::SignInRefused])
        ),
        sample!(
            "sign-in-empty",
            page(
                Reason::First,
                Methods::PasswordThenPasskey,
                &[Fault::IdentifierMissing, Fault::SignInPasswordMissing]
            )
        ),
        sample!(
            "sign-in-too-many",
            page(Reason::First, Methods::PasswordThenPasskey, &[Fault::TooMany(minutes)])
        ),
        sample!(
            "sign-in-busy",
            page(Reason::First, Methods::PasswordThenPasskey, &[Fault::Busy(Duration::from_secs(1))])
        ),
        sample!("sign-in-again", page(Reason::Again { person }, Methods::PasswordThenPasskey, &[])),
    ]
}

fn second_factor() -> Vec<Sample> {
    use crate::credential::SecondFactor::{self, Passkey, RecoveryCode, Sms, Totp};
    let page = |why, factor: SecondFactor, others: &[SecondFactor], faults: &[Fault]| AskSecondFactor {
        why,
        factor,
        others: others.to_vec(),
        phone: (factor == Sms).then(|| "138******78".to_owned()),
        to: (why == Why::Change).then(|| address::FACTORS_APP.to_owned()),
        faults: faults.to_vec(),
    };
    vec![
        sample!("second-factor", page(Why::Service, Totp, &[Passkey, Sms, RecoveryCode], &[])),
        sample!("second-factor-app-wrong", page(Why::Service, Totp, &[], &[Fault::AppCodeWrong])),
        sample!("second-factor-sms", page(Why::Always, Sms, &[RecoveryCode], &[Fault::CodeWrong])),
        sample!("second-factor-recovery", page(Why::Change, RecoveryCode, &[Totp], &[])),
        sample!(
            "second-factor-recovery-wrong",
            page(Why::Change, RecoveryCode, &[], &[Fault::RecoveryCodeWrong])
        ),
        sample!("second-factor-empty", page(Why::Change, Totp, &[Sms], &[Fault::FactorCodeMissing])),
        sample!("second-factor-passkey", page(Why::Service, Passkey, &[Totp], &[])),
        sample!("second-factor-add", NoSecondFactor { why: Why::Service, can_add: true }),
        sample!("second-factor-none", NoSecondFactor { why: Why::Change, can_add: false }),
    ]
}

fn recover() -> Vec<Sample> {
    use crate::credential::SecondFactor::{RecoveryCode, Totp};
    let hours = || Some("9:00–17:00".to_owned());
    let handle = || Uuid::from_u128(7).to_string();
    let first = |identifier: &str, faults| Recover {
        identifier: identifier.into(),
        by_passkey: true,
        by_sms: true,
        counter_hours: hours(),
        faults,
    };
    let code = |faults| RecoverCode { recovery: handle(), by_sms: true, counter_hours: hours(), faults };
    let second = |factor, other, faults| RecoverSecond { recovery: handle(), factor, other, faults };
    let password = |faults| RecoverPassword { recovery: handle(), shortest: 8, faults };
    let wait = Duration::from_secs(2400);
    vec![
        sample!("recover", first("", vec![])),
        sample!("recover-no-sms", Recover { by_sms: false, by_passkey: false, ..first("", vec![]) }),
        sample!("recover-code-no-sms", RecoverCode { by_sms: false, ..code(vec![]) }),
        sample!("recover-empty", first("", vec![Fault::IdentifierMissing])),
        sample!("recover-too-many", first(LONG_WORD, vec![Fault::TooMany(wait)])),
        sample!("recover-code", code(vec![])),
        sample!("recover-code-wrong", code(vec![Fault::RecoverCodeWrong])),
        sample!("recover-second", second(Totp, Some((RecoveryCode, "/recover/second?a=b".into())), vec![])),
        sample!("recover-second-code", second(RecoveryCode, None, vec![Fault::RecoveryCodeWrong])),
        sample!("recover-password", password(vec![])),
        sample!("recover-password-short", password(vec![Fault::PasswordShort])),
        sample!(
            "recover-waiting",
            RecoverWaiting { ready_at: "2026-11-25 09:05".into(), counter_hours: hours() }
        ),
        sample!("recovered", Recovered { next: "/account".into() }),
    ]
}

fn level(trust: TrustLevel, length: Length) -> Level {
    let long = length == Length::Longest;
    Level {
        trust,
        because: Some(("level-by-three-elements", date(2026, 5, 3))),
        until: long.then(|| date(2027, 12, 31)),
        lapsed: long.then(|| (TrustLevel::Attended, date(2026, 10, 10))),
    }
}

fn raise(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let page = |needed, trust, faults: Vec<Fault>| Raise {
        needed,
        level: level(trust, length),
        ways: if long {
            vec![
                Way::National { name: LONG_SERVICE.into() },
                Way::Face,
                Way::Network { name: LONG_SERVICE.into() },
                Way::Certificate,
            ]
        } else {
            vec![]
        },
        counter_hours: Some("9:00–12:00, 14:00–17:00".into()),
        faults,
    };
    let face = |needs_guardian, faults: Vec<Fault>| AskFace {
        checker: if long { LONG_SERVICE } else { "人脸比对服务" }.into(),
        needs_guardian,
        agreed: long.then(|| date(2026, 11, 20)),
        again: faults.first().map(|_| "/account/proof/face/done?check=1".to_owned()),
        counter_hours: None,
        faults,
    };
    let network = |may_tell, faults: Vec<Fault>| AskNetworkIdentity {
        name: if long { LONG_SERVICE } else { "国家网络身份认证" }.into(),
        may_tell,
        again: faults.first().map(|_| "/sign-in/network-identity/return?check=1".to_owned()),
        back: "/raise".to_owned(),
        faults,
    };
    vec![
        sample!("raise", page(Some(TrustLevel::Proven), TrustLevel::Matched, vec![])),
        sample!("raise-attended", page(Some(TrustLevel::Attended), TrustLevel::Proven, vec![])),
        sample!("raise-other", page(Some(TrustLevel::Proven), TrustLevel::Matched, vec![Fault::OtherPerson])),
        sample!("certificate", AskCertificate),
        sample!("network-identity", network(true, vec![])),
        sample!("network-identity-match", network(false, vec![])),
        sample!("network-identity-unfinished", network(false, vec![Fault::NetworkUnfinished])),
        sample!("network-newcomer", NetworkNewcomer { handle: "a-handle".into() }),
        sample!("number-held", NumberHeld { handle: "a-handle".into() }),
        sample!("raise-nothing", page(None, TrustLevel::Attended, vec![])),
        sample!("face", face(false, vec![])),
        sample!("face-guardian", face(true, vec![])),
        sample!("face-failed", face(false, vec![Fault::FaceFailed])),
        sample!("face-unfinished", face(false, vec![Fault::FaceUnfinished])),
        sample!("face-silent", face(false, vec![Fault::FaceSilent])),
    ]
}

fn factors(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let passkey = |name: &str| Passkey {
        name: name.into(),
        added: date(2026, 11, 23),
        last_used: long.then(|| date(2026, 12, 31)),
    };
    let home = |faults: Vec<Fault>| Factors {
        password: true,
        passkeys: if long {
            vec![("one".into(), passkey(LONG_WORD)), ("two".into(), passkey("我的手机"))]
        } else {
            vec![]
        },
        can_add_passkey: true,
        app: long.then(|| date(2026, 11, 20)),
        recovery_codes: if long { 9 } else { 0 },
        phone: long.then(|| "138******78".into()),
        always: long,
        can_always: long,
        faults,
    };
    let app = |faults: Vec<Fault>| AddApp {
        action: address::FACTORS_APP,
        cancel: address::FACTORS,
        secret: Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        address: Secret::new(
            "otpauth://totp/%E7%BB%9F%E4%B8%80%E8%BA%AB%E4%BB%BD%E8%AE%A4%E8%AF%81:%2A%E6%98%8E?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E7%BB%9F%E4%B8%80%E8%BA%AB%E4%BB%BD%E8%AE%A4%E8%AF%81",
        ),
        faults,
    };
    let codes = |fresh: bool| RecoveryCodes {
        fresh: if fresh { vec![Secret::new("0123-4567-89ab-cdef"); 10] } else { vec![] },
        left: if long { 1 } else { 0 },
    };
    let password = |faults: Vec<Fault>| ChangePassword { asks_current: true, shortest: 8, faults };
    let edit =
        |faults: Vec<Fault>| EditPasskey { id: "one".into(), passkey: passkey("我的手机"), faults };
    vec![
        sample!("factors", home(vec![])),
        sample!("factors-last", home(vec![Fault::FactorLast])),
        sample!("factor-app", app(vec![])),
        sample!("factor-app-wrong", app(vec![Fault::AppCodeWrong])),
        sample!("recovery-codes", codes(false)),
        sample!("recovery-codes-fresh", codes(true)),
        sample!("change-password", password(vec![])),
        sample!("change-password-wrong", password(vec![Fault::CurrentWrong, Fault::PasswordCommon])),
        sample!("edit-passkey", edit(vec![])),
        sample!("edit-passkey-last", edit(vec![Fault::FactorLast])),
    ]
}

fn register(length: Length) -> Vec<Sample> {
    let of = |field: &str| -> Vec<Fault> {
        Fault::ALL.into_iter().filter(|fault| fault.field() == Some(field)).collect()
    };
    let phone = || "138******78".to_owned();
    let code = |resend_after, faults| AskCode {
        registration: "a-handle".into(),
        phone: phone(),
        valid_for: Duration::from_secs(300),
        resend_after,
        faults,
    };
    let password = |faults: Vec<Fault>| AskPassword { registration: "a-handle".into(), shortest: 10, faults };
    let mut new_password = of("password");
    new_password.retain(|fault| *fault != Fault::SignInPasswordMissing);
    let mut name_and_number = of("name");
    name_and_number.extend(of("number"));
    let refused = || Refused { phone: phone(), counter_hours: Some("9:00–12:00, 14:00–17:00".into()) };
    vec![
        sample!("register-phone", AskPhone { phone: String::new(), faults: vec![] }),
        sample!("register-phone-faults", AskPhone { phone: "1381234".into(), faults: of("phone") }),
        sample!("register-code", code(Some(Duration::from_secs(42)), vec![])),
        sample!("register-code-faults", code(None, of("code"))),
        sample!(
            "register-name",
            AskName {
                registration: "a-handle".into(),
                name: if length == Length::Longest { LONG_NAME } else { "" }.into(),
                document: if length == Length::Longest {
                    NumberKind::Passport
                } else {
                    NumberKind::CitizenId
                },
                country: String::new(),
                number: String::new(),
                faults: vec![]
            }
        ),
        sample!(
            "register-name-faults",
            AskName {
                registration: "a-handle".into(),
                name: String::new(),
                document: NumberKind::CitizenId,
                country: String::new(),
                number: "44010119900101".into(),
                faults: if length == Length::Longest { name_and_number } else { vec![Fault::NumberLength] }
            }
        ),
        sample!("register-password", password(vec![])),
        sample!("register-password-faults", password(new_password)),
        sample!("register-refused", refused()),
        sample!("registered", Registered { next: "/authorize/go-on?ask=1".into() }),
        sample!(
            "register-passkey",
            AddPasskey { setting: Setting::Registration, next: "/authorize/go-on?ask=1".into() }
        ),
    ]
}

fn fields(length: Length) -> Vec<Disclosure> {
    let long = length == Length::Longest;
    let chosen: &[Field] = if long { &Field::ALL[..7] } else { &[Field::Name, Field::Phone] };
    let value = |field: &Field| match field {
        Field::Name => Some(name(length)),
        Field::Phone => Some("138******78".to_owned()),
        Field::Email => Some(LONG_WORD.to_owned()),
        _ => None,
    };
    chosen.iter().map(|field| Disclosure { field: *field, value: value(field) }).collect()
}

fn disclosure(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let requester = || Requester {
        name: if long { LONG_SERVICE } else { "粤易办·电子证照" }.to_owned(),
        department: Some(if long { LONG_SERVICE } else { "省政务服务和数据管理局" }.to_owned()),
        matter: Some(if long { LONG_SERVICE } else { "出示电子驾驶证" }.to_owned()),
    };
    let number = || Disclosure { field: Field::OfficialNumber, value: Some("4401**********1234".into()) };
    let kind = Disclosure { field: Field::OfficialNumberKind, value: Some("居民身份证".into()) };
    let apart = Apart { scope: Scope::OfficialNumber, fields: vec![number(), kind], agreed: long };
    let mut told = fields(length);
    told.push(number());
    let basis = long.then(|| "中华人民共和国道路交通安全法实施条例".to_owned());
    vec![
        sample!(
            "consent",
            Consent {
                requester: requester(),
                fields: fields(length),
                apart: vec![apart],
                offline: long,
                approvals: long
            }
        ),
        sample!("notice", Notice { requester: requester(), fields: told, basis, approvals: long }),
    ]
}
