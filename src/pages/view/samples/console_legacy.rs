//! The operators' rooms for accounts of earlier systems.

use jiff::civil::DateTime;

use super::*;
use crate::identity::CaseKind;
use crate::legacy::cases::{self, CaseState, Due};
use crate::legacy::matching::Class;
use crate::legacy::merge::BatchState;
use crate::legacy::report::Unregistered;
use crate::legacy::task::{Progress, TaskState, Work};
use crate::legacy::undo::{Disclosed, Refused};
use crate::legacy::{State, SubjectKind};
use crate::view::console_cases::*;
use crate::view::console_sources::*;

const ID: &str = "0199c0de-7000-7000-8000-000000000007";

pub(super) fn console_legacy(length: Length) -> Vec<Sample> {
    let mut all = sources(length);
    all.extend(batches(length));
    all.extend(queue(length));
    all.extend(case(length));
    all.extend(account_case(length));
    all
}

fn at() -> DateTime {
    date(2026, 11, 23).at(14, 5, 0, 0)
}

fn title(length: Length) -> String {
    if length == Length::Longest { LONG_SERVICE } else { "广东省社会保险信息系统" }.to_owned()
}

fn import(state: ImportState) -> ImportRow {
    ImportRow {
        file: "si_accounts.csv".to_owned(),
        state,
        percent: Some(63),
        left: (state == ImportState::Running).then(|| Duration::from_secs(150)),
        rows: 681_230,
        added: 680_012,
        changed: 17,
        unchanged: 1_000,
        rejected: 201,
        began: at(),
        moved: at(),
    }
}

fn run(work: Work, state: TaskState, is_own: bool) -> RunRow {
    RunRow {
        id: ID.to_owned(),
        work,
        state,
        by: "审核员甲".to_owned(),
        is_own,
        confirmed_by: (work == Work::Merge && !state.is_open()).then(|| "审核员乙".to_owned()),
        percent: (state == TaskState::Running).then_some(63),
        left: (state == TaskState::Running).then(|| Duration::from_secs(150)),
        progress: Progress {
            accounts: 681_230,
            written: 680_012,
            cases: 4_321,
            links: 600_000,
            made: 412,
            held: 7,
        },
        expected: Some(1_080_000),
        failed: None,
        batch: (work == Work::Merge && state == TaskState::Done).then(|| ID.to_owned()),
        asked: at(),
        ended: (!state.is_open()).then(at),
    }
}

/// One of each that is over.
fn past_runs() -> Vec<RunRow> {
    let mut all = vec![run(Work::Merge, TaskState::Done, true), run(Work::Match, TaskState::Done, false)];
    for code in ["no-extract", "extract-old", "extract-key", "storage"] {
        all.push(RunRow { failed: Some(code.to_owned()), ..run(Work::Match, TaskState::Failed, false) });
    }
    all.push(run(Work::Merge, TaskState::Withdrawn, false));
    all.push(run(Work::Merge, TaskState::Stopped, false));
    all
}

fn sources(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let states = [ImportState::Running, ImportState::Still, ImportState::Finished, ImportState::Abandoned];
    let row = |name: &str, import| SourceRow {
        name: name.to_owned(),
        title: title(length),
        import,
        waiting: if long { 12_345 } else { 0 },
        overdue: if long { 7 } else { 0 },
    };
    let mut rows = vec![row("portal", None)];
    rows.extend(states.map(|state| row("si", Some(import(state)))));
    let bar = |key, count, share| Bar { key, count, share };
    let source = |empty: bool| {
        let all_classes = std::iter::once(None).chain(Class::ALL.map(Some));
        let codes = ["NUMBER_AND_NAME", "NAME_MISMATCH", "OK", "EXCEL_SCIENTIFIC", "EMPTY", "BIRTH_DATE"];
        let more = [
            "FORMER_NAME",
            "CHANGED_NUMBER",
            "ID15",
            "OTHER_KEY",
            "AMBIGUOUS",
            "REGISTER_STATUS",
            "NAME_PRIVATE_USE",
            "ID15_NO_RECORD",
            "DOCUMENT_KIND",
            "NO_RECORD",
            "DECEASED",
            "MASKED",
            "CHECKSUM",
            "OWNER_NUMBER",
            "REVOKED",
            "ACCOUNT_UNPROVEN",
            "ACCOUNT_HELD",
            "EVIDENCE_BROKEN",
            "CHANGED_SINCE",
            "NOT_MINE",
            "APPEAL",
        ];
        let codes = codes.into_iter().chain(more.into_iter().filter(|_| long));
        ConsoleSource {
            name: "si".to_owned(),
            title: title(length),
            client: long.then(|| LONG_WORD.to_owned()),
            imports: states.into_iter().take(if long { 4 } else { 1 }).map(import).collect(),
            runs: if long { past_runs() } else { vec![] },
            to_match: 1_080_000,
            to_merge: 950_000,
            two_operators: long,
            accounts: if empty { 0 } else { 1_080_000 },
            states: State::ALL.iter().map(|state| bar(account_state_key(*state), 540_000, 0.5)).collect(),
            classes: all_classes.map(|class| bar(class_key(class), 3, 0.000_003)).collect(),
            reasons: codes
                .enumerate()
                .map(|(n, code)| ReasonRow {
                    class: class_key(Some(Class::Auto)),
                    code: code.to_owned(),
                    kind: if n % 2 == 0 { "subject-person" } else { "subject-organization" },
                    count: 98_765,
                    share: 0.85 / (n + 1) as f64,
                    samples: vec![(name(length), "4401**********1234".to_owned())],
                })
                .collect(),
            unregistered: long.then_some(Unregistered { accounts: 4321, numbers: 4000 }),
            waiting: if long { 12_345 } else { 0 },
            overdue: if long { 7 } else { 0 },
            may_decide: long || !empty,
            counted: at(),
            is_counting: long,
            faults: vec![],
        }
    };
    let with = |run, faults| ConsoleSource { runs: vec![run], faults, ..source(false) };
    vec![
        sample!(
            "console-sources",
            ConsoleSources { rows: rows.into_iter().take(if long { 9 } else { 2 }).collect() }
        ),
        sample!("console-sources-none", ConsoleSources { rows: vec![] }),
        sample!("console-source", source(false)),
        sample!("console-source-empty", source(true)),
        sample!("console-source-running", with(run(Work::Match, TaskState::Running, false), vec![])),
        sample!(
            "console-source-waiting",
            with(run(Work::Merge, TaskState::Waiting, true), vec![Fault::RunUnderWay])
        ),
        sample!("console-source-proposed", with(run(Work::Merge, TaskState::Proposed, false), vec![])),
        sample!(
            "console-source-own",
            with(run(Work::Merge, TaskState::Proposed, true), vec![Fault::CaseSameOperator])
        ),
    ]
}

fn refused() -> Vec<Refused> {
    let id = Uuid::from_u128(7);
    ["ACCOUNT_GONE", "ACCOUNT_CHANGED", "SEAL_BROKEN"]
        .into_iter()
        .map(|reason| Refused { link: id, legacy_account: id, account: id, reason: reason.into() })
        .collect()
}

fn batches(length: Length) -> Vec<Sample> {
    let long = length == Length::Longest;
    let list = |rows: Vec<BatchState>| ConsoleBatches {
        name: "si".to_owned(),
        title: title(length),
        rows: rows
            .into_iter()
            .map(|state| BatchRow {
                id: ID.to_owned(),
                state,
                began: at(),
                links: 912_345,
                by: "cli:root".to_owned(),
            })
            .collect(),
        next: long.then(|| "/console/sources/si/batches?before=7".to_owned()),
    };
    let batch = |state: BatchState, own: bool, two_operators: bool| {
        let is_undone = matches!(state, BatchState::Undoing | BatchState::Undone);
        ConsoleBatch {
            id: ID.to_owned(),
            source: "si".to_owned(),
            title: title(length),
            state,
            by: "cli:root".to_owned(),
            began: at(),
            ended: Some(at()),
            links: 912_345,
            made: 790_000,
            held: 12,
            dormant: 900_000,
            live: 12_345,
            refused: if long { refused() } else { vec![] },
            proposal: (state == BatchState::UndoProposed).then(|| ("审核员甲".to_owned(), own)),
            undo_reason: long.then(|| "登记库有误，第 17 号函".to_owned()),
            undo_by: is_undone.then(|| "审核员乙".to_owned()),
            undone: is_undone.then(|| Undone {
                links: 912_000,
                removed: 790_000,
                unclaimed: 3,
                sessions: 17,
                refused: if long { refused() } else { vec![] },
                disclosed: vec![Disclosed {
                    account: Uuid::from_u128(7),
                    client: "licences".to_owned(),
                    at: "2026-11-23T06:05:00Z".to_owned(),
                    scopes: "openid profile".to_owned(),
                }],
            }),
            may_undo: true,
            two_operators,
            reason: String::new(),
            faults: if long && !own && !is_undone { vec![Fault::ReasonMissing] } else { vec![] },
        }
    };
    vec![
        sample!("console-batches", list(BatchState::ALL.to_vec())),
        sample!("console-batches-none", list(vec![])),
        sample!("console-batch", batch(BatchState::Done, false, false)),
        sample!("console-batch-two", batch(BatchState::Done, false, true)),
        sample!("console-batch-own", batch(BatchState::UndoProposed, true, true)),
        sample!("console-batch-proposed", batch(BatchState::UndoProposed, false, true)),
        sample!("console-batch-undoing", batch(BatchState::Undoing, false, false)),
        sample!("console-batch-undone", batch(BatchState::Undone, false, false)),
    ]
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
        deadline: None,
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
