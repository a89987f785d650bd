//! `yihao legacy`

mod import;
mod source;
mod verdicts;

use super::Call;

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
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Source(command) => command.run(call).await,
            Self::Import(import) => import.run(call).await,
            Self::Verdicts(verdicts) => verdicts.run(call).await,
        }
    }
}

/// The source of a name, or what to do.
async fn source(app: &crate::app::App, name: &str) -> anyhow::Result<crate::legacy::Source> {
    crate::legacy::Source::by_name(&mut &app.db, name).await?.ok_or_else(|| {
        anyhow::anyhow!("no source is called {name}: `yihao legacy source list` tells those that are there")
    })
}
