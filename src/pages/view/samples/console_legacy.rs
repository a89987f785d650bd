//! The operators' rooms for accounts of earlier systems.

use jiff::civil::DateTime;

use super::*;
use crate::legacy::State;
use crate::legacy::matching::Class;
use crate::legacy::merge::BatchState;
use crate::legacy::report::Unregistered;
use crate::legacy::task::{Progress, TaskState, WaitsFor, Work};
use crate::legacy::undo::{Disclosed, Refused};
use crate::view::console_sources::*;

pub(super) const ID: &str = "0199c0de-7000-7000-8000-000000000007";

pub(super) fn console_legacy(length: Length) -> Vec<Sample> {
    let mut all = sources(length);
    all.extend(batches(length));
    all
}

pub(super) fn at() -> DateTime {
    date(2026, 11, 23).at(14, 5, 0, 0)
}

pub(super) fn title(length: Length) -> String {
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
            asked: 0,
            accounts: 681_230,
            written: 680_012,
            cases: 4_321,
            links: 600_000,
            made: 412,
            held: 7,
        },
        expected: Some(1_080_000),
        failed: None,
        waits_for: None,
        batch: (work == Work::Merge && state == TaskState::Done).then(|| ID.to_owned()),
        asked: at(),
        ended: (!state.is_open()).then(at),
    }
}

/// One that has asked the registers and waits until it can go on.
fn paused(waits_for: Option<WaitsFor>) -> RunRow {
    let mut row = run(Work::Match, TaskState::Waiting, true);
    row.progress = Progress { asked: 431_204, ..Progress::default() };
    RunRow { waits_for, ..row }
}

/// One of each that is over.
fn past_runs() -> Vec<RunRow> {
    let mut all = vec![run(Work::Merge, TaskState::Done, true), run(Work::Match, TaskState::Done, false)];
    for code in ["no-extract", "extract-old", "extract-key", "registers", "storage"] {
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
        sample!("console-source-counting", ConsoleSource { is_counting: true, ..source(true) }),
        sample!("console-source-asking", with(paused(None), vec![])),
        sample!("console-source-waits-quota", with(paused(Some(WaitsFor::Quota)), vec![])),
        sample!("console-source-waits-registers", with(paused(Some(WaitsFor::Registers)), vec![])),
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
