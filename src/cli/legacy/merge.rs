//! `yihao legacy merge`

use anyhow::Context;

use super::{Call, source};
use crate::app::{Merged, merge_source};

#[derive(clap::Args)]
pub struct Merge {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
    /// Do everything and keep nothing: tells what would be linked.
    #[arg(long)]
    dry_run: bool,
}

impl Merge {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let merged = merge_source(&app, &visit, &source, self.dry_run, None)
            .await
            .context("merging stopped; run it again to go on")?;
        call.print.either(&merged, || {
            let Merged { batch_id, links, made, held, dry_run } = &merged;
            let batch = batch_id.map_or_else(|| "no batch".to_owned(), |id| format!("batch {id}"));
            let would = if *dry_run { "dry run, nothing kept: " } else { "" };
            format!("{would}{batch}: {links} linked, {made} accounts made, {held} held")
        });
        Ok(())
    }
}
