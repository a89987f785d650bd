//! `yihao register`

mod changes;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::Call;
use crate::app::App;
use crate::base::Visit;
use crate::outbound::registers::extract::{self, Loaded, Part};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Load a local extract of the registers, for `registers.source = "extract"`. CSV in UTF-8; what is loaded
    /// again is changed, what is not in the file stays.
    Load(Load),
}

#[derive(clap::Args)]
#[group(required = true, multiple = true)]
pub struct Load {
    /// Persons: idno, name, former_names, status, mobile, updated_at
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// Organizations: uscc, name, status, merged_into, legal_rep_name, legal_rep_id, updated_at
    #[arg(long, value_name = "FILE")]
    legal_persons: Option<PathBuf>,
    /// Corrected numbers: old_idno, new_idno, changed_at, reason
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Load(load) => load.run(&call).await,
        }
    }
}

impl Load {
    async fn run(self, call: &Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let parts = [
            (Part::Population, self.population),
            (Part::LegalPersons, self.legal_persons),
            (Part::Changes, self.changes),
        ];
        let mut refused = 0;
        for (part, file) in parts.into_iter().filter_map(|(part, file)| Some((part, file?))) {
            let loaded = one(&app, &visit, part, &file).await.with_context(|| file.display().to_string())?;
            refused += loaded.refused.values().sum::<u64>();
            call.print.either(&loaded, || told(&loaded));
            if part == Part::Changes {
                let followed = changes::follow(&app, &visit, &file).await?;
                let (done, cases) = (followed.renumbered, followed.cases);
                call.print
                    .either(&followed, || format!("accounts: {done} renumbered, {cases} to be decided"));
            }
        }
        ensure!(refused == 0, "{refused} rows refused; the others are loaded");
        Ok(())
    }
}

async fn one(app: &App, visit: &Visit, part: Part, file: &Path) -> anyhow::Result<Loaded> {
    let file = std::fs::File::open(file)?;
    Ok(extract::load(&app.db, &app.keys.data(), visit, part, file).await?)
}

fn told(loaded: &Loaded) -> String {
    let Loaded { part, written, unchanged, refused, first_refused } = loaded;
    let mut line = format!("{}: {written} written, {unchanged} unchanged", part.as_str());
    for (code, count) in refused {
        line.push_str(&format!(", {count} refused ({code})"));
    }
    if let Some(first) = first_refused {
        line.push_str(&format!("; the first in row {first}"));
    }
    line
}
