//! The operators' rooms for earlier systems: imports, what became of their accounts, and what was linked.

use std::time::Duration;

use jiff::civil::DateTime;

use super::case_words::reason_key;
use super::{Fault, Frame};
use crate::legacy::matching::Class;
use crate::legacy::merge::BatchState;
use crate::legacy::report::Unregistered;
use crate::legacy::task::{Progress, TaskState, WaitsFor, Work};
use crate::legacy::undo::{Disclosed, Refused};
use crate::legacy::{self, State};

page!(ConsoleSources, "console_sources.html");
page!(ConsoleSource, "console_source.html");
page!(ConsoleBatches, "console_batches.html");
page!(ConsoleBatch, "console_batch.html");

pub struct ConsoleSources {
    pub rows: Vec<SourceRow>,
}

pub struct SourceRow {
    pub name: String,
    pub title: String,
    /// The newest.
    pub import: Option<ImportRow>,
    /// Cases that wait, and those past their deadline.
    pub waiting: u64,
    pub overdue: u64,
}

/// A run of the import.
pub struct ImportRow {
    pub file: String,
    pub state: ImportState,
    /// How much of the file was read, in hundredths.
    pub percent: Option<u64>,
    pub left: Option<Duration>,
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// When it began, and when it last stored something.
    pub began: DateTime,
    pub moved: DateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    Running,
    /// It has not moved for long.
    Still,
    Finished,
    /// Another began anew in its place.
    Abandoned,
}

impl ImportRow {
    pub fn of(import: &legacy::Import, now: crate::base::Moment) -> Self {
        let state = match import.state.as_str() {
            "running" if import.is_still(now) => ImportState::Still,
            "running" => ImportState::Running,
            "finished" => ImportState::Finished,
            _ => ImportState::Abandoned,
        };
        let percent = import.share().map(|share| (share * 100.0) as u64);
        Self {
            file: import.file.clone(),
            state,
            percent: if state == ImportState::Finished { Some(100) } else { percent },
            left: import.left().filter(|_| state == ImportState::Running),
            rows: import.rows,
            added: import.counts.added,
            changed: import.counts.changed,
            unchanged: import.counts.unchanged,
            rejected: import.counts.rejected,
            began: import.started_at.local(),
            moved: import.changed_at.local(),
        }
    }

    pub const fn is_running(&self) -> bool {
        matches!(self.state, ImportState::Running | ImportState::Still)
    }

    pub const fn state_key(&self) -> &'static str {
        match self.state {
            ImportState::Running => "import-running",
            ImportState::Still => "import-still",
            ImportState::Finished => "import-finished",
            ImportState::Abandoned => "import-abandoned",
        }
    }
}

/// The report of a source: each table is its own chart.
pub struct ConsoleSource {
    pub name: String,
    pub title: String,
    /// The relying system that its accounts belong to.
    pub client: Option<String>,
    pub imports: Vec<ImportRow>,
    /// Of matching and merging, the newest first.
    pub runs: Vec<RunRow>,
    /// How many accounts a run would look at.
    pub to_match: u64,
    pub to_merge: u64,
    /// Whether a merger needs a second operator.
    pub two_operators: bool,
    pub accounts: u64,
    pub states: Vec<Bar>,
    pub classes: Vec<Bar>,
    pub reasons: Vec<ReasonRow>,
    /// Accounts that no register knows, and of how many numbers they are.
    pub unregistered: Option<Unregistered>,
    pub waiting: u64,
    pub overdue: u64,
    pub may_decide: bool,
    pub counted: DateTime,
    /// It is being counted anew.
    pub is_counting: bool,
    pub faults: Vec<Fault>,
}

/// A run of matching or merging that was asked for here. Forms `run-match` and `run-merge` (button `work`), `run-confirm`,
/// `run-stop`.
pub struct RunRow {
    pub id: String,
    pub work: Work,
    pub state: TaskState,
    pub by: String,
    /// Who looks has asked for it.
    pub is_own: bool,
    pub confirmed_by: Option<String>,
    /// In hundredths, while it is under way.
    pub percent: Option<u64>,
    pub left: Option<Duration>,
    pub progress: Progress,
    pub expected: Option<u64>,
    pub failed: Option<String>,
    /// Why it does not go on now.
    pub waits_for: Option<WaitsFor>,
    pub batch: Option<String>,
    pub asked: DateTime,
    pub ended: Option<DateTime>,
}

impl ConsoleSource {
    /// The run that keeps others from beginning.
    pub fn open_run(&self) -> Option<&RunRow> {
        self.runs.iter().find(|run| run.state.is_open())
    }

    pub fn has_past_runs(&self) -> bool {
        self.runs.iter().any(|run| !run.state.is_open())
    }

    /// Whether something changes by itself: then the page looks again.
    pub fn is_moving(&self) -> bool {
        let runs = |run: &RunRow| matches!(run.state, TaskState::Waiting | TaskState::Running);
        self.is_counting || self.runs.iter().any(runs)
    }

    /// Whether one may be asked for.
    pub fn may_run(&self) -> bool {
        self.may_decide && self.open_run().is_none()
    }
}

impl RunRow {
    pub const fn work_words(&self) -> &'static str {
        match self.work {
            Work::Match => "run-match",
            Work::Merge => "run-merge",
        }
    }

    pub const fn state_words(&self) -> &'static str {
        match self.state {
            TaskState::Proposed => "run-proposed",
            TaskState::Waiting if self.waits_for.is_some() => "run-paused",
            // Between two turns.
            TaskState::Waiting if self.progress.asked > 0 => "run-running",
            TaskState::Waiting => "run-waiting",
            TaskState::Running => "run-running",
            TaskState::Done => "run-done",
            TaskState::Failed => "run-failed",
            TaskState::Withdrawn => "run-withdrawn",
            TaskState::Stopped => "run-stopped",
        }
    }

    pub const fn is_proposed(&self) -> bool {
        matches!(self.state, TaskState::Proposed)
    }

    pub const fn is_merge(&self) -> bool {
        matches!(self.work, Work::Merge)
    }

    /// Whether the registers' platform was asked for it.
    pub const fn has_asked(&self) -> bool {
        self.progress.asked > 0
    }

    /// What it waits for.
    pub const fn waits_words(&self) -> Option<&'static str> {
        match self.waits_for {
            Some(WaitsFor::Quota) => Some("run-waits-quota"),
            Some(WaitsFor::Registers) => Some("run-waits-registers"),
            None => None,
        }
    }

    /// Why it has failed, as a person can do something about it.
    pub fn failed_words(&self) -> Option<&'static str> {
        Some(match self.failed.as_deref()? {
            "no-extract" => "run-no-extract",
            "extract-old" => "run-extract-old",
            "extract-key" => "run-extract-key",
            "registers" => "run-not-asked",
            _ => "run-try-again",
        })
    }
}

/// A line of a chart: what, how many, which part of all.
pub struct Bar {
    pub key: &'static str,
    pub count: u64,
    pub share: f64,
}

pub struct ReasonRow {
    pub class: &'static str,
    pub code: String,
    pub kind: &'static str,
    pub count: u64,
    pub share: f64,
    /// Name and number, masked.
    pub samples: Vec<(String, String)>,
}

/// The part of all, of 1.
pub fn share(count: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { count as f64 / all as f64 }
}

/// The width of a bar, of 100: what is there at all can be seen.
fn width(share: f64) -> String {
    if share == 0.0 { "0".to_owned() } else { format!("{:.2}", (share * 100.0).clamp(0.4, 100.0)) }
}

/// A part of all, as people read it.
fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0%".to_owned(),
        little if little < 0.1 => "<0.1%".to_owned(),
        percent => format!("{percent:.1}%"),
    }
}

impl Bar {
    pub fn width(&self) -> String {
        width(self.share)
    }

    pub fn percent(&self) -> String {
        percent(self.share)
    }
}

impl ReasonRow {
    pub fn width(&self) -> String {
        width(self.share)
    }

    pub fn percent(&self) -> String {
        percent(self.share)
    }

    pub fn words(&self) -> &'static str {
        reason_key(&self.code)
    }
}

pub const fn account_state_key(state: State) -> &'static str {
    match state {
        State::Waiting => "account-state-waiting",
        State::Matched => "account-state-matched",
        State::Merged => "account-state-merged",
        State::Unmerged => "account-state-unmerged",
        State::Rejected => "account-state-rejected",
    }
}

pub const fn class_key(class: Option<Class>) -> &'static str {
    match class {
        None => "class-none",
        Some(Class::Auto) => "class-auto",
        Some(Class::AutoRegister) => "class-auto-register",
        Some(Class::Review) => "class-review",
        Some(Class::NotInRegister) => "class-not-in-register",
        Some(Class::Deceased) => "class-deceased",
        Some(Class::InactiveEntity) => "class-inactive-entity",
    }
}

pub struct ConsoleBatches {
    pub name: String,
    pub title: String,
    pub rows: Vec<BatchRow>,
    /// The page behind this one.
    pub next: Option<String>,
}

pub struct BatchRow {
    pub id: String,
    pub state: BatchState,
    pub began: DateTime,
    pub links: u64,
    pub by: String,
}

impl BatchRow {
    pub fn state_key(&self) -> &'static str {
        batch_state_key(self.state)
    }
}

const fn batch_state_key(state: BatchState) -> &'static str {
    match state {
        BatchState::Running => "batch-running",
        BatchState::Done => "batch-done",
        BatchState::UndoProposed => "batch-undo-proposed",
        BatchState::Undoing => "batch-undoing",
        BatchState::Undone => "batch-undone",
    }
}

/// Forms `batch-undo` (field `reason`) and `batch-keep`.
pub struct ConsoleBatch {
    pub id: String,
    pub source: String,
    pub title: String,
    pub state: BatchState,
    pub by: String,
    pub began: DateTime,
    pub ended: Option<DateTime>,
    pub links: u64,
    pub made: u64,
    pub held: u64,
    /// Links that nobody has woken; that somebody has come in by.
    pub dormant: u64,
    pub live: u64,
    pub refused: Vec<Refused>,
    /// Who wants it taken back, and whether that is who looks.
    pub proposal: Option<(String, bool)>,
    pub undo_reason: Option<String>,
    pub undo_by: Option<String>,
    pub undone: Option<Undone>,
    pub may_undo: bool,
    pub two_operators: bool,
    pub reason: String,
    pub faults: Vec<Fault>,
}

/// What came of taking a batch back, so far.
pub struct Undone {
    pub links: u64,
    pub removed: u64,
    pub unclaimed: u64,
    pub sessions: u64,
    pub refused: Vec<Refused>,
    pub disclosed: Vec<Disclosed>,
}

impl ConsoleBatch {
    pub fn state_key(&self) -> &'static str {
        batch_state_key(self.state)
    }

    /// Whether it can still be taken back.
    pub fn stands(&self) -> bool {
        matches!(self.state, BatchState::Running | BatchState::Done | BatchState::UndoProposed)
    }

    /// Who looks has proposed it: another operator must confirm.
    pub fn is_own_proposal(&self) -> bool {
        matches!(&self.proposal, Some((_, true)))
    }

    pub fn is_going_on(&self) -> bool {
        self.state == BatchState::Undoing
    }

    pub fn refused_key(&self, reason: &str) -> &'static str {
        match reason {
            "ACCOUNT_GONE" => "refused-gone",
            "SEAL_BROKEN" => "refused-seal",
            _ => "refused-changed",
        }
    }

    /// What the button says: to ask for it, to confirm it, to do it.
    pub fn button(&self) -> &'static str {
        match (&self.proposal, self.two_operators) {
            (Some(_), _) => "batch-confirm",
            (None, true) => "batch-propose",
            (None, false) => "batch-undo",
        }
    }
}

impl Frame {
    /// A count, in groups of three: 1,080,000.
    pub fn number(&self, count: &u64) -> String {
        let digits = count.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}
