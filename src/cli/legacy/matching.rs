//! `yihao legacy match`

use anyhow::Context;
use serde_json::json;

use super::{Call, source};
use crate::app::{Matched, Pause, match_source};
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
                "asked": matched.asked, "unanswered": matched.unanswered,
            }));
            return finished(&matched);
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
        finished(&matched)
    }
}

/// What is not asked yet, or has no answer, is for another run.
fn finished(matched: &Matched) -> anyhow::Result<()> {
    let Matched { asked, unanswered, pause, .. } = matched;
    match pause {
        Some(Pause::Quota) => anyhow::bail!(
            "REGISTER_QUOTA: {asked} asked, {unanswered} accounts left: the questions of the day are spent \
             (registers.per_day, of which matching takes registers.matching_share); run it again tomorrow to go on"
        ),
        Some(Pause::NoAnswer(why)) => anyhow::bail!(
            "REGISTER_SILENT: {asked} asked, {unanswered} accounts left: {why}; run it again later to go on"
        ),
        Some(Pause::Turn) | None if *unanswered > 0 => anyhow::bail!(
            "REGISTER_UNANSWERED: {asked} asked, {unanswered} accounts left about which there was no answer, as the log \
             says; run it again to ask once more"
        ),
        Some(Pause::Turn) | None => Ok(()),
    }
}
