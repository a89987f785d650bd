//! `yihao legacy match`

use anyhow::Context;
use serde_json::json;

use super::{Call, source};
use crate::app::match_source;
use crate::legacy::matching;

#[derive(clap::Args)]
pub struct Match {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
}

impl Match {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let matched = match_source(&app, &visit, &source, None)
            .await
            .context("matching stopped; run it again to go on")?;
        let rows: Vec<_> = matched
            .classes
            .iter()
            .map(|((class, reason), accounts)| {
                json!({ "class": class, "reason": reason, "accounts": accounts })
            })
            .collect();
        if call.print.json {
            call.print.value(&json!({
                "accounts": matched.accounts, "written": matched.written, "cases": matched.cases,
                "rules": matching::rules::VERSION, "classes": rows,
            }));
            return Ok(());
        }
        let cells = matched
            .classes
            .iter()
            .map(|((class, reason), accounts)| {
                [class.as_str().to_owned(), reason.clone(), accounts.to_string()]
            })
            .collect();
        call.print.table(&rows, ["class", "reason", "accounts"], cells);
        let (accounts, written, cases) = (matched.accounts, matched.written, matched.cases);
        call.print.line(&format!("{accounts} matched, {written} written, {cases} cases opened"));
        Ok(())
    }
}
