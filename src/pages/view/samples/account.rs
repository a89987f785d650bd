//! The pages of one's own account, of acting for others, and of the way out.

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::view::legacy::Stands;

pub(super) fn account(length: Length) -> Vec<Sample> {
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
            name: Some(if long { LONG_NAME } else { "王小明" }.into()),
            number: Some("4401**********1234".into()),
            phone: (!long).then(|| "138******78".into()),
            level: level(trust, length),
            passkeys,
            recovery: recovery.map(str::to_owned),
            at_counter: long,
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
    let untold = Account { name: None, number: None, ..home(TrustLevel::Proven, vec![]) };
    all.push(sample!("account-untold", untold));
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

pub(super) fn capacity(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let one = |n| acting_for(length, n);
    let page = |faults| ChooseCapacity {
        own_name: name(length),
        choices: (0..if long { 12 } else { 2 }).map(one).collect(),
        faults,
    };
    vec![sample!("capacity", page(vec![])), sample!("capacity-faults", page(vec![Fault::CapacityMissing]))]
}

pub(super) fn mandates(length: Length) -> Vec<Sample> {
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
            from: (n > 0).then(|| date(2027, 1, 1)),
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
                at: date(2026, 11, 23).at(9, 5, 0, 0),
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
        from: String::new(),
        until: "2027-12-31".into(),
        matters: String::new(),
        services: (0..many).map(|n| (format!("s{n}"), "粤易办·电子证照".into(), n == 0)).collect(),
        back: "/account/organizations".into(),
        faults,
    };
    vec![
        sample!("mandates", Mandates { held: held(), invitations: offered(), given: given() }),
        sample!("mandates-none", Mandates { held: vec![], invitations: vec![], given: vec![] }),
        sample!(
            "organization-add",
            AddOrganization { licence: length == Length::Longest, code: String::new(), faults: vec![] }
        ),
        sample!(
            "organization-add-faults",
            AddOrganization {
                licence: length == Length::Longest,
                code: "9144".into(),
                faults: vec![Fault::NotRepresentative]
            }
        ),
        sample!("organization", organization(false)),
        sample!("organization-contested", organization(true)),
        sample!("licence", ShowLicence { faults: vec![] }),
        sample!("licence-governed", ShowLicence { faults: vec![Fault::LicenceGoverned] }),
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

pub(super) fn sign_out(length: Length) -> Vec<Sample> {
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
        lent: device.is_empty(),
        place: (device.is_empty() && long).then(|| LONG_SERVICE.to_owned()),
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
    let app =
        |name: String| AppRow { handle: "app:demo".into(), name, since: date(2026, 11, 2).at(8, 0, 0, 0) };
    let used = |until| TerminalRow {
        place: if long { LONG_SERVICE } else { "越秀区政务服务中心 3 号自助终端" }.to_owned(),
        since: date(2026, 11, 20).at(9, 5, 0, 0),
        until,
    };
    let terminals = vec![used(None), used(Some(date(2026, 11, 20).at(9, 12, 0, 0)))];
    let apps = if long { vec![app(service()), app(service())] } else { vec![app(service())] };
    let alone = vec![row("Firefox · Linux", true, vec![])];
    vec![
        sample!("sign-out", choice(None)),
        sample!("sign-out-choice", choice(Some(service()))),
        sample!("signed-out", SignedOut::default()),
        sample!("signed-out-onward", back("https://hall.example/bye?a=1&b=<2>")),
        sample!("signed-out-app", back("gov.example.app:/bye")),
        sample!("signed-out-service", SignedOut { only: Some(service()), ..SignedOut::default() }),
        sample!("sessions", Sessions { sessions, apps, terminals, ended: long.then_some(2) }),
        sample!(
            "sessions-alone",
            Sessions { sessions: alone, apps: Vec::new(), terminals: Vec::new(), ended: Some(0) }
        ),
    ]
}

pub(super) fn records(length: Length) -> Vec<Sample> {
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
        at: date(2026, 11, 23).at(9, 5, 0, 0),
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

/// Accounts of earlier systems.
pub(super) fn earlier(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let source = || if long { super::LONG_SERVICE } else { "社会保险" }.to_owned();
    let list = |rows: usize, done, faults: &[Fault]| EarlierAccounts {
        rows: (0..rows)
            .map(|n| EarlierAccount {
                link: Uuid::from_u128(n as u128).to_string(),
                source: source(),
                since: date(2026, 11, 23),
            })
            .collect(),
        sources: vec![("si".to_owned(), source()), ("tax".to_owned(), "税务".to_owned())],
        done,
        onward: "/account".to_owned(),
        source: "tax".to_owned(),
        user_name: if long { super::LONG_WORD } else { "" }.to_owned(),
        faults: faults.to_vec(),
    };
    let password = |faults: &[Fault]| NewPassword {
        shown: Uuid::nil().to_string(),
        source: source(),
        shortest: 8,
        faults: faults.to_vec(),
    };
    let old = |of| OldPassword { of, source: source(), sign_in: "/sign-in".to_owned() };
    let decision = |n: u128, stands| DecisionRow {
        case: Uuid::from_u128(n).to_string(),
        source: source(),
        opened: date(2026, 11, 23),
        is_appeal: n == 2,
        decided: (n > 2).then(|| date(2026, 11, 24)),
        reason: (n > 2).then(|| "户口簿上没有这个名字".to_owned()),
        stands,
        may_appeal: n == 3,
    };
    let decisions = |rows, refused: bool| Decisions {
        rows,
        appealed: !refused,
        said: String::new(),
        faults: if refused { vec![Fault::StatementMissing] } else { vec![] },
    };
    vec![
        sample!("new-password", password(&[])),
        sample!("new-password-weak", password(&[Fault::PasswordCommon])),
        sample!("old-password-person", old(OldPasswordOf::Person)),
        sample!("old-password-organization", old(OldPasswordOf::Organization)),
        sample!("decisions-none", decisions(vec![], false)),
        sample!(
            "decisions",
            decisions(
                vec![
                    decision(1, Stands::Waits { until: Some(date(2026, 12, 23)), late: false }),
                    decision(2, Stands::Waits { until: Some(date(2026, 11, 1)), late: true }),
                    decision(3, Stands::Rejected),
                    decision(4, Stands::Merged),
                    decision(5, Stands::NoMore),
                ],
                long,
            )
        ),
        sample!("earlier-accounts-none", list(0, None, &[])),
        sample!("earlier-accounts", list(if long { 12 } else { 2 }, None, &[])),
        sample!("earlier-accounts-claimed", list(1, Some(ClaimDone::Claimed), &[])),
        sample!("earlier-accounts-let-go", list(0, Some(ClaimDone::LetGo), &[])),
        sample!("earlier-accounts-counter", list(0, Some(ClaimDone::Looked), &[])),
        sample!("earlier-accounts-refused", list(1, None, &[Fault::ClaimRefused])),
        sample!(
            "earlier-accounts-missing",
            list(1, None, &[Fault::UserNameMissing, Fault::OldPasswordMissing])
        ),
    ]
}
