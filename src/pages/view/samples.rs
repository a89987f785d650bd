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

pub fn all(length: Length) -> Vec<Sample> {
    let mut all = sign_in(length);
    all.extend(register(length));
    all.extend(disclosure(length));
    all.extend(account(length));
    all.extend(capacity(length));
    all.extend(records(length));
    all.extend(mandates(length));
    all.extend(second_factor());
    all.extend(raise(length));
    all.extend(factors(length));
    all.extend(recover());
    for problem in Problem::ALL {
        all.push(sample!(format!("problem-{}", problem.code()), ProblemPage::from(problem)));
    }
    all.extend(sign_out(length));
    all.push(sample!("privacy", Privacy));
    all.push(sample!("help", Help { counter_hours: Some("9:00–17:00".into()) }));
    all
}

fn name(length: Length) -> String {
    if length == Length::Longest { LONG_NAME } else { "*明" }.to_owned()
}

fn sign_in(length: Length) -> Vec<Sample> {
    let page = |reason, methods, faults: &[Fault]| SignIn {
        reason,
        methods,
        certificate: length == Length::Longest,
        national: (length == Length::Longest).then(|| LONG_SERVICE.to_owned()),
        identifier: if length == Length::Longest { LONG_WORD } else { "" }.to_owned(),
        faults: faults.to_vec(),
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
        counter_hours: hours(),
        faults,
    };
    let code = |faults| RecoverCode { recovery: handle(), counter_hours: hours(), faults };
    let second = |factor, other, faults| RecoverSecond { recovery: handle(), factor, other, faults };
    let password = |faults| RecoverPassword { recovery: handle(), shortest: 8, faults };
    let wait = Duration::from_secs(2400);
    vec![
        sample!("recover", first("", vec![])),
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
            vec![Way::National { name: LONG_SERVICE.into() }, Way::Face, Way::Certificate]
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
    vec![
        sample!("raise", page(Some(TrustLevel::Proven), TrustLevel::Matched, vec![])),
        sample!("raise-attended", page(Some(TrustLevel::Attended), TrustLevel::Proven, vec![])),
        sample!("raise-other", page(Some(TrustLevel::Proven), TrustLevel::Matched, vec![Fault::OtherPerson])),
        sample!("certificate", AskCertificate),
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
            Consent { requester: requester(), fields: fields(length), apart: vec![apart], offline: long }
        ),
        sample!("notice", Notice { requester: requester(), fields: told, basis }),
    ]
}

fn account(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let passkeys = || {
        let one = Passkey { name: "我的手机".into(), added: date(2026, 11, 23), last_used: None };
        let other =
            Passkey { name: String::new(), added: date(2026, 1, 2), last_used: Some(date(2026, 12, 31)) };
        let third = Passkey { name: LONG_WORD.into(), added: date(2026, 2, 3), last_used: None };
        if long { vec![one, other, third] } else { vec![one, other] }
    };
    let asked = |recovery: Option<&'static str>| {
        move |trust, passkeys| Account {
            name: if long { LONG_NAME } else { "王小明" }.into(),
            number: "4401**********1234".into(),
            phone: (!long).then(|| "138******78".into()),
            level: level(trust, length),
            passkeys,
            recovery: recovery.map(str::to_owned),
            can_add: true,
        }
    };
    let home = asked(None);
    let recovery = asked(Some("2026-11-25 09:05"))(TrustLevel::Matched, passkeys());
    let mut all = vec![
        sample!("account-recovery", recovery),
        sample!("account-no-passkey", home(TrustLevel::Asserted, vec![])),
    ];
    for trust in TrustLevel::ALL {
        let name = if trust == TrustLevel::Matched {
            "account".to_owned()
        } else {
            format!("account-trust-{}", u8::from(trust))
        };
        all.push(sample!(name, home(trust, passkeys())));
    }
    all.push(sample!("account-passkey", AddPasskey { setting: Setting::Account, next: "/account".into() }));
    all
}

fn acting_for(length: Length, n: u32) -> ActingFor {
    ActingFor {
        value: Uuid::from_u128(u128::from(n)).to_string(),
        name: if length == Length::Longest { LONG_SERVICE } else { "广州云山软件有限公司" }.into(),
        number: "9144**********16XG".into(),
        role: [Role::LegalRepresentative, Role::Administrator, Role::Handler, Role::Guardian][n as usize % 4],
        until: (n > 0).then(|| date(2027, 12, 31)),
        chosen: n == 1,
    }
}

fn capacity(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let one = |n| acting_for(length, n);
    let page = |faults| ChooseCapacity {
        own_name: name(length),
        choices: (0..if long { 12 } else { 2 }).map(one).collect(),
        faults,
    };
    vec![sample!("capacity", page(vec![])), sample!("capacity-faults", page(vec![Fault::CapacityMissing]))]
}

fn mandates(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let many = if long { 12 } else { 2 };
    let scope = || if long { "client:tax client:hall matter:A001 matter:B-2".parse() } else { "*".parse() };
    let held = || {
        let one = |n| Held {
            card: acting_for(length, n),
            manage: (n < 2).then(|| format!("/account/organizations/{n}")),
            may_end: n > 0,
        };
        (0..many).map(one).collect::<Vec<_>>()
    };
    let offered = || vec![Offered { card: acting_for(length, 2), scope: scope().unwrap() }];
    let given = || {
        let one = |n: u32| Given {
            id: format!("{n}"),
            name: if long { LONG_NAME } else { "**明" }.into(),
            number: Some("4401**********1234".into()),
            role: if n == 0 { Role::Administrator } else { Role::Handler },
            scope: scope().unwrap(),
            until: Some(date(2027, 12, 31)),
            accepted: n == 0,
            may_end: true,
        };
        (0..many).map(one).collect::<Vec<_>>()
    };
    let organization = |contested| OrganizationPage {
        id: "1".into(),
        name: if long { LONG_SERVICE } else { "广州云山软件有限公司" }.into(),
        code: "9144**********16XG".into(),
        contested,
        given: given(),
        agency: if long { held() } else { vec![] },
        invitations: if long { offered() } else { vec![] },
        deeds: (0..many)
            .map(|_| Deed {
                who: "**明".into(),
                service: if long { LONG_SERVICE } else { "粤易办·电子证照" }.into(),
                at: "2026-11-23 09:05".into(),
            })
            .collect(),
    };
    let grant = |faults| GrantMandate {
        action: "/account/organizations/1/grant".into(),
        under: long.then(|| "1".into()),
        grantor: if long { LONG_SERVICE } else { "广州云山软件有限公司" }.into(),
        roles: vec![Role::Administrator, Role::Handler],
        role: Role::Handler,
        agencies: true,
        name: String::new(),
        number: String::new(),
        until: "2027-12-31".into(),
        matters: String::new(),
        services: (0..many).map(|n| (format!("s{n}"), "粤易办·电子证照".into(), n == 0)).collect(),
        back: "/account/organizations".into(),
        faults,
    };
    vec![
        sample!("mandates", Mandates { held: held(), invitations: offered(), given: given() }),
        sample!("mandates-none", Mandates { held: vec![], invitations: vec![], given: vec![] }),
        sample!("organization-add", AddOrganization { code: String::new(), faults: vec![] }),
        sample!(
            "organization-add-faults",
            AddOrganization { code: "9144".into(), faults: vec![Fault::NotRepresentative] }
        ),
        sample!("organization", organization(false)),
        sample!("organization-contested", organization(true)),
        sample!("ward-add", AddWard { name: String::new(), number: String::new(), faults: vec![] }),
        sample!(
            "ward-add-faults",
            AddWard { name: name(length), number: "4401".into(), faults: vec![Fault::NotGuardian] }
        ),
        sample!("mandate-grant", grant(vec![])),
        sample!(
            "mandate-grant-faults",
            grant(vec![Fault::NameMissing, Fault::PeriodWrong, Fault::ScopeTooWide])
        ),
    ]
}

fn sign_out(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let service = || if long { LONG_SERVICE } else { "粤易办·电子证照" }.to_owned();
    let choice = |service| SignOut { leaving: Some("a\"b".into()), service, stay: "/account".into() };
    let frames = || vec!["https://a.example/out?iss=https%3A%2F%2Fid.example&sid=<&>".to_owned()];
    let back = |uri: &str| SignedOut {
        frames: frames(),
        back: Some(uri.to_owned()),
        back_name: Some(service()),
        only: None,
    };
    let row = |device: &str, is_this, services| SessionRow {
        handle: "a-handle".into(),
        is_this,
        channel: if is_this { Channel::Hall } else { Channel::Kiosk },
        device: device.to_owned(),
        network: if is_this { "203.0.113.*" } else { "" }.to_owned(),
        since: date(2026, 11, 23).at(9, 5, 0, 0),
        last_used: date(2026, 11, 23).at(14, 30, 0, 0),
        services,
    };
    let mut sessions = vec![
        row("Chrome · Windows", true, vec![service(), "电子证照".to_owned()]),
        row("Safari · iPhone", false, vec![service()]),
        row("", false, vec![]),
    ];
    if long {
        sessions
            .extend((0..5).map(|_| row("微信 · HarmonyOS", false, vec![service(), service(), service()])));
    }
    let alone = vec![row("Firefox · Linux", true, vec![])];
    vec![
        sample!("sign-out", choice(None)),
        sample!("sign-out-choice", choice(Some(service()))),
        sample!("signed-out", SignedOut::default()),
        sample!("signed-out-onward", back("https://hall.example/bye?a=1&b=<2>")),
        sample!("signed-out-app", back("gov.example.app:/bye")),
        sample!("signed-out-service", SignedOut { only: Some(service()), ..SignedOut::default() }),
        sample!("sessions", Sessions { sessions, ended: long.then_some(2) }),
        sample!("sessions-alone", Sessions { sessions: alone, ended: Some(0) }),
    ]
}

fn records(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let service = || if long { LONG_SERVICE } else { "粤易办·电子证照" }.to_owned();
    let fields = || vec![Field::Name.key(), Field::OfficialNumber.key()];
    let consent = |by_law| ConsentRow {
        client: "c".into(),
        capacity: "p".into(),
        service: service(),
        department: long.then(service),
        fields: if by_law { fields() } else { vec![] },
        day: date(2026, 11, 23),
        by_law,
    };
    let disclosure = |by_law| DisclosureRow {
        service: service(),
        at: "2026-11-23 09:05".into(),
        fields: if by_law { fields() } else { vec![] },
        by_law,
    };
    let rows = || vec![disclosure(true), disclosure(false)];
    vec![
        sample!("consents", Consents { rows: vec![consent(true), consent(false)] }),
        sample!("consents-none", Consents { rows: vec![] }),
        sample!("history", History { rows: rows(), older: Some("/account/history?before=1".into()) }),
        sample!("history-none", History { rows: vec![], older: None }),
        sample!("close-account", CloseAccount),
    ]
}
