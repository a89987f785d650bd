//! `yihao legacy merge`

use anyhow::Context;
use serde::Serialize;
use uuid::Uuid;

use super::matching::again;
use super::{Call, source};
use crate::app::App;
use crate::base::Visit;
use crate::legacy::Source;
use crate::legacy::merge::{self, Batch};

#[derive(clap::Args)]
pub struct Merge {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
    /// Do everything and keep nothing: tells what would be linked.
    #[arg(long)]
    dry_run: bool,
}

/// What a run has done.
#[derive(Debug, Default, Serialize)]
pub struct Merged {
    /// What undoes it: `yihao legacy undo --batch`. None if nothing was linked.
    pub batch_id: Option<Uuid>,
    pub links: u64,
    /// Accounts made here. In a dry run, at most so many: one person's accounts may stand far apart.
    pub made: u64,
    /// Not linked, because the account here is in doubt: a Case says why.
    pub held: u64,
    pub dry_run: bool,
}

impl Merge {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let merged = run(&app, &visit, &source, self.dry_run).await?;
        call.print.either(&merged, || {
            let Merged { batch_id, links, made, held, dry_run } = &merged;
            let batch = batch_id.map_or_else(|| "no batch".to_owned(), |id| format!("batch {id}"));
            let would = if *dry_run { "dry run, nothing kept: " } else { "" };
            format!("{would}{batch}: {links} linked, {made} accounts made, {held} held")
        });
        Ok(())
    }
}

/// Each step in a transaction of its own, which a dry run takes back.
pub async fn run(app: &App, visit: &Visit, source: &Source, dry_run: bool) -> anyhow::Result<Merged> {
    app.db.refresh_statistics(&merge::JOINED).await?;
    let mut merged = Merged { dry_run, ..Merged::default() };
    let mut batch: Option<Batch> = None;
    let (mut done, mut tries) = (false, 0);
    while !done {
        let mut tx = app.db.begin().await?;
        let mut current = match batch.clone() {
            Some(batch) if !dry_run => batch,
            // What a dry run began went with its transaction.
            before => {
                let Some(mut begun) = merge::begin(&mut tx, visit, source).await? else { break };
                if let Some(before) = before {
                    begun.go_on_from(&mut tx, visit, &before).await?;
                }
                begun
            }
        };
        match merge::step(&mut tx, &app.keys, visit, &app.config.trust, &mut current).await {
            Ok((step, last)) => {
                if dry_run {
                    drop(tx)
                } else {
                    tx.commit().await?
                }
                merged.links += step.links;
                merged.made += step.made;
                merged.held += step.held;
                (done, tries) = (last, 0);
                batch = Some(current);
            }
            Err(error) => {
                drop(tx);
                // A batch that was begun in this transaction went with it.
                if merged.links == 0 && merged.held == 0 {
                    batch = None;
                }
                again(app, error, &mut tries).await.context("merging stopped; run it again to go on")?;
            }
        }
    }
    merged.batch_id = batch.filter(|batch| batch.links > 0 && !dry_run).map(|batch| batch.id);
    Ok(merged)
}
