//! `yihao audit`

use anyhow::ensure;
use serde_json::json;
use uuid::Uuid;

use super::Call;
use crate::audit;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check the seal of every event. Prints the ids of those that were changed; what was deleted leaves
    /// no seal to check.
    Verify,
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let Self::Verify = self;
        let (app, _) = call.app().await?;
        let keys = app.keys.data();
        let (mut good, mut bad, mut after) = (0, Vec::new(), Uuid::nil());
        while let Some(checked) = audit::verify(&mut &app.db, &keys, after).await? {
            good += checked.good;
            bad.extend(checked.bad);
            after = checked.last;
        }
        call.print.either(&json!({ "good": good, "bad": bad }), || {
            let mut lines: Vec<String> = bad.iter().map(|id| format!("changed: {id}")).collect();
            lines.push(format!("{good} events as they were written"));
            lines.join("\n")
        });
        ensure!(
            bad.is_empty(),
            "{} events were changed after they were written: find out by whom",
            bad.len()
        );
        Ok(())
    }
}
