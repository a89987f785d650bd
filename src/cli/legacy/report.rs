//! `yihao legacy report`

use serde_json::json;

use super::{Call, source};
use crate::legacy::report;

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
        let (mut read, keys) = (&app.db, app.keys.data());
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        for count in report::counts(&mut read, source.id).await? {
            let samples = report::samples(&mut read, &keys, source.id, &count).await?;
            let first = samples.first().map(|one| format!("{} {}", one.name, one.number));
            rows.push(json!({
                "state": count.state, "class": count.class, "reason": count.reason, "kind": count.kind,
                "accounts": count.accounts, "samples": samples,
            }));
            cells.push([
                count.state.as_str().to_owned(),
                count.class,
                count.reason,
                count.kind,
                count.accounts.to_string(),
                first.unwrap_or_default(),
            ]);
        }
        call.print.table(&rows, ["state", "class", "reason", "kind", "accounts", "sample"], cells);
        Ok(())
    }
}
