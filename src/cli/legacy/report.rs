//! `yihao legacy report`

use super::{Call, source};
use crate::app::count_report;

#[derive(clap::Args)]
pub struct Report {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
}

impl Report {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, _) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let report = count_report(&app, source.id).await?;
        let lines = report.lines(&mut &app.db, &app.keys.data()).await?;
        let cells = lines
            .iter()
            .map(|line| {
                let first = line.samples.first().map(|one| format!("{} {}", one.name, one.number));
                [
                    line.count.state.as_str().to_owned(),
                    line.count.class.clone(),
                    line.count.reason.clone(),
                    line.count.kind.clone(),
                    line.count.accounts.to_string(),
                    first.unwrap_or_default(),
                ]
            })
            .collect();
        call.print.table(&lines, ["state", "class", "reason", "kind", "accounts", "sample"], cells);
        Ok(())
    }
}
