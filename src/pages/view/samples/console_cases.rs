//! The operators' rooms for cases.

use super::console_legacy::{ID, at, title};
use super::*;
use crate::identity::CaseKind;
use crate::legacy::cases::{self, CaseState, Due};
use crate::legacy::{State, SubjectKind};
use crate::view::case_words::*;
use crate::view::console_case::*;
use crate::view::console_cases::*;
use crate::view::console_sources::account_state_key;

pub(super) fn console_cases(length: Length) -> Vec<Sample> {
    let mut all = queue(length);
    all.extend(case(length));
    all.extend(account_case(length));
    all
}

fn queue(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let choice = |label, current, count| Choice {
        label,
        address: "/console/cases?source=si".to_owned(),
        is_current: current,
        count,
    };
    let group = |key, labels: Vec<Label>| FilterGroup {
        key,
        choices: std::iter::once(choice(Label::Words("case-filter-all"), true, None))
            .chain(labels.into_iter().map(|label| choice(label, false, Some(12_345))))
            .collect(),
    };
    let words = |keys: Vec<&'static str>| keys.into_iter().map(Label::Words).collect::<Vec<_>>();
    let kinds = [cases::REVIEW, cases::DIFFERS, cases::NOT_MINE];
    let filters = || {
        vec![
            group("case-by-source", vec![Label::Text(title(length))]),
            group("case-by-state", words(CaseState::ALL.iter().copied().map(state_key).collect())),
            group("case-by-due", words(Due::ALL.map(due_key).to_vec())),
            group(
                "case-by-kind",
                words(
                    kinds
                        .into_iter()
                        .map(kind_key)
                        .chain(CaseKind::ALL.iter().copied().map(account_kind_key))
                        .collect(),
                ),
            ),
            group("case-by-reason", words(vec![reason_key("NAME_MISMATCH"), reason_key("EMPTY")])),
        ]
    };
    let row = |n: u32, state, is_own, is_overdue| CaseRow {
        id: format!("0199c0de-7000-7000-8000-00000000000{n}"),
        state,
        kind: cases::REVIEW.to_owned(),
        reason: "NAME_MISMATCH".to_owned(),
        source: title(length),
        name: name(length),
        number: "4401**********1234".to_owned(),
        deadline: Some(date(2026, 12, 23)),
        is_overdue,
        is_own,
        is_of_accounts: false,
    };
    let of_accounts = |kind: CaseKind| CaseRow {
        kind: kind.as_str().to_owned(),
        reason: account_reason(kind).to_owned(),
        source: String::new(),
        is_of_accounts: true,
        ..row(if kind == CaseKind::Displaced { 4 } else { 5 }, CaseState::Open, false, false)
    };
    let faults = [
        Fault::CaseNoneChosen,
        Fault::CaseNoOwner,
        Fault::CaseSameOperator,
        Fault::CaseOwnMatter,
        Fault::CaseDoubtful,
        Fault::CaseOver,
    ];
    let outcomes = || {
        let good = ["outcome-proposed", "outcome-merged", "outcome-rejected"].map(|key| (key, true));
        let bad = faults.map(|fault| (refusal_key(fault), false));
        good.into_iter()
            .chain(bad)
            .map(|(key, is_good)| Outcome { id: ID.to_owned(), key, is_good })
            .collect()
    };
    let page = |rows, outcomes, faults| ConsoleCases {
        filters: filters(),
        rows,
        next: long.then(|| "/console/cases?after=7".to_owned()),
        outcomes,
        two_operators: true,
        reason: String::new(),
        faults,
    };
    let rows = || {
        vec![
            row(1, CaseState::Open, false, long),
            row(2, CaseState::Proposed, false, false),
            row(3, CaseState::Proposed, true, false),
            of_accounts(CaseKind::Displaced),
            of_accounts(CaseKind::SharedNumber),
        ]
    };
    vec![
        sample!("console-cases", page(rows(), vec![], vec![])),
        sample!("console-cases-outcomes", page(rows(), outcomes(), vec![])),
        sample!("console-cases-refused", page(rows(), vec![], vec![Fault::CaseNoneChosen])),
        sample!("console-cases-none", page(vec![], vec![], vec![])),
        sample!("console-cases-accounts", page(vec![of_accounts(CaseKind::Displaced)], vec![], vec![])),
    ]
}

fn account_case(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let account = |state, level| AccountRow {
        id: ID.to_owned(),
        name: if long { LONG_NAME.to_owned() } else { "**宇".to_owned() },
        number: "4401**********1234".to_owned(),
        state,
        level,
        evidence: vec![
            ("three-elements".to_owned(), 3, date(2026, 11, 1)),
            ("face".to_owned(), 4, date(2026, 11, 23)),
        ],
    };
    let page = |kind: CaseKind, state: CaseState| ConsoleAccountCase {
        id: ID.to_owned(),
        kind: account_kind_key(kind),
        is_shared: kind == CaseKind::SharedNumber,
        state,
        opened: date(2026, 11, 23),
        deadline: (state == CaseState::Open).then(|| date(2026, 12, 23)),
        is_overdue: long,
        account: account("active", Some(4)),
        other: Some(account("closed", None)),
        is_whole: false,
        settled: None,
        reason: String::new(),
        faults: if long { vec![Fault::ReasonMissing, Fault::CaseShared] } else { vec![] },
    };
    let settled = |key| {
        let done = Settled {
            key,
            by: "审核员甲".to_owned(),
            at: Some(at()),
            reason: "本人到窗口核对".to_owned(),
            batch: None,
        };
        ConsoleAccountCase {
            settled: Some(done),
            faults: vec![],
            ..page(CaseKind::Displaced, CaseState::Decided)
        }
    };
    vec![
        sample!("console-account-case-displaced", page(CaseKind::Displaced, CaseState::Open)),
        sample!("console-account-case-shared", page(CaseKind::SharedNumber, CaseState::Open)),
        sample!(
            "console-account-case-whole",
            ConsoleAccountCase {
                is_whole: true,
                other: None,
                account: AccountRow { evidence: vec![], ..account("held", None) },
                ..page(CaseKind::Displaced, CaseState::Open)
            }
        ),
        sample!("console-account-case-stands", settled("settled-stands")),
        sample!("console-account-case-on-hold", settled("settled-on-hold")),
    ]
}

fn case(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let line = |key, old: &str, register: &str, same| Line {
        key,
        old: old.to_owned(),
        register: register.to_owned(),
        same,
    };
    let page = |state: CaseState, standing: Standing| ConsoleCase {
        id: ID.to_owned(),
        source: title(length),
        kind: cases::REVIEW.to_owned(),
        reason_code: "NAME_MISMATCH".to_owned(),
        state,
        subject: if long { SubjectKind::Organization } else { SubjectKind::Person },
        opened: date(2026, 11, 23),
        deadline: Some(date(2026, 12, 23)),
        is_overdue: long,
        lines: vec![
            line("case-name", &name(length), if long { LONG_NAME } else { "*伟" }, Some(false)),
            line("case-number-line", "4401**********1234", "4401**********1234", Some(true)),
            line("case-phone", "138****0013", "", None),
            line("case-registered", "2008-06-30", "", None),
        ],
        has_register: true,
        is_whole: false,
        evidence: Evidence {
            via: Some(if long { "changed-number" } else { "number" }.to_owned()),
            name: Some(if long { "former" } else { "differs" }.to_owned()),
            register: Some(if long { "revoked" } else { "valid" }.to_owned()),
            fifteen: long,
            asked: true,
            candidates: if long { 3 } else { 1 },
            as_of: Some("2026-11-20".to_owned()),
        },
        here: Some(HereRow {
            name: name(length),
            number: "4401**********1234".to_owned(),
            trust: Some(TrustLevel::Matched),
            state: if long { "held" } else { "active" },
            is_named: long,
        }),
        siblings: vec![SiblingRow {
            source: "tax".to_owned(),
            state: account_state_key(State::Merged),
            accounts: 2,
        }],
        statement: long.then(|| LONG_SERVICE.to_owned()),
        appeal_of: long.then(|| (ID.to_owned(), "户口簿上没有这个名字".to_owned(), Some(date(2026, 11, 1)))),
        proposal: (state == CaseState::Proposed)
            .then(|| Proposal {
                by: "审核员甲".to_owned(), reason: "户口簿第 17 页，更名".to_owned()
            }),
        settled: None,
        standing,
        wants_number: long,
        two_operators: true,
        reason: String::new(),
        number: String::new(),
        faults: match standing {
            Standing::Decide | Standing::Confirm if long => vec![Fault::ReasonNumber, Fault::CaseNoAccount],
            Standing::Waits => vec![Fault::CaseSameOperator],
            _ => vec![],
        },
    };
    let settled = |kind: &str, state, decision| {
        let standing = Standing::Settled { may_undo: kind != cases::DIFFERS };
        let key = settled_key(state, decision, kind == cases::DIFFERS, false);
        let done = Settled {
            key,
            by: "审核员甲 · 审核员乙".to_owned(),
            at: Some(at()),
            reason: "户口簿第 17 页，更名".to_owned(),
            batch: Some(ID.to_owned()),
        };
        ConsoleCase { kind: kind.to_owned(), settled: Some(done), ..page(state, standing) }
    };
    let mut all = vec![
        sample!("console-case", page(CaseState::Open, Standing::Decide)),
        sample!("console-case-confirm", page(CaseState::Proposed, Standing::Confirm)),
        sample!("console-case-waits", page(CaseState::Proposed, Standing::Waits)),
        sample!(
            "console-case-whole",
            ConsoleCase { is_whole: true, ..page(CaseState::Open, Standing::Decide) }
        ),
        sample!(
            "console-case-one",
            ConsoleCase {
                two_operators: false,
                has_register: false,
                here: None,
                evidence: Evidence::default(),
                ..page(CaseState::Open, Standing::Decide)
            }
        ),
        sample!(
            "console-case-differs",
            ConsoleCase { kind: cases::DIFFERS.to_owned(), ..page(CaseState::Open, Standing::Decide) }
        ),
    ];
    for (kind, state, decision) in [
        (cases::REVIEW, CaseState::Decided, Some("merge")),
        (cases::REVIEW, CaseState::Decided, Some("reject")),
        (cases::DIFFERS, CaseState::Decided, Some("merge")),
        (cases::DIFFERS, CaseState::Decided, Some("reject")),
        (cases::NOT_MINE, CaseState::Withdrawn, None),
    ] {
        let name = format!("console-case-{}-{}", kind_key(kind), decision.unwrap_or("withdrawn"));
        all.push(sample!(name, settled(kind, state, decision)));
    }
    let mut claimed = settled(cases::REVIEW, CaseState::Decided, Some("merge"));
    if let Some(settled) = &mut claimed.settled {
        settled.key = settled_key(CaseState::Decided, Some("merge"), false, true);
        settled.reason.clear();
    }
    all.push(sample!("console-case-claimed", claimed));
    for state in ["unclaimed", "held", "closed", "active", "deregistered"] {
        let here = HereRow {
            name: name(length),
            number: "4401**********1234".to_owned(),
            trust: None,
            state,
            is_named: false,
        };
        let evidence = Evidence {
            via: Some("other-key".to_owned()),
            name: Some("equal".to_owned()),
            register: Some("deceased".to_owned()),
            ..Evidence::default()
        };
        all.push(sample!(
            format!("console-case-here-{state}"),
            ConsoleCase { here: Some(here), evidence, ..page(CaseState::Open, Standing::Decide) }
        ));
    }
    all
}
