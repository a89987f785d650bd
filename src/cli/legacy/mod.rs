//! `yihao legacy`

mod cases;
mod decide;
pub mod import;
mod matching;
mod merge;
mod report;
mod source;
mod undo;
mod verdicts;

use anyhow::Context;

use super::Call;
use crate::app::App;
use crate::legacy::Source;
use crate::operator::Role;

/// Who decides about accounts, and takes decisions back.
const DECIDERS: &[Role] = &[Role::Decider];

#[derive(clap::Subcommand)]
pub enum Command {
    /// Legacy systems.
    #[command(subcommand)]
    Source(source::Command),
    /// Take over the accounts of a legacy system from its file. Cut off, it goes on where it was when it is run again;
    /// a row that is in already is changed or left alone.
    Import(import::Import),
    /// What became of each account, one JSON object a line.
    Verdicts(verdicts::Verdicts),
    /// Find out whose the accounts of a source are, by the registers' extract. Cut off, run it again.
    Match(matching::Match),
    /// Link those whose owner is certain, as one batch that can be undone. Cut off, run it again.
    Merge(merge::Merge),
    /// List what a person must decide.
    Cases(cases::Cases),
    /// Decide a case, or many.
    Decide(decide::Decide),
    /// Take back what was linked: the exact inverse of merging. What cannot be taken back is named.
    Undo(undo::Undo),
    /// Count what came of a source, by class and reason, with masked samples.
    Report(report::Report),
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Source(command) => command.run(call).await,
            Self::Import(import) => import.run(call).await,
            Self::Verdicts(verdicts) => verdicts.run(call).await,
            Self::Match(run) => run.run(call).await,
            Self::Merge(run) => run.run(call).await,
            Self::Cases(list) => list.run(call).await,
            Self::Decide(decide) => decide.run(call).await,
            Self::Undo(undo) => undo.run(call).await,
            Self::Report(report) => report.run(call).await,
        }
    }
}

/// The source of a name.
async fn source(app: &App, name: &str) -> anyhow::Result<Source> {
    let found = Source::by_name(&mut &app.db, name).await?;
    found.with_context(|| format!("no source is called {name}: `yihao legacy source add` adds one"))
}
