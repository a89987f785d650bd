//! `yihao legacy undo`

use anyhow::{Context, ensure};
use serde_json::json;
use uuid::Uuid;

use super::super::acting::Acting;
use super::{Call, DECIDERS};
use crate::app::{undo_batch, undo_case};
use crate::legacy::undo::{self, Asked, Deciding, Undone};

#[derive(clap::Args)]
pub struct Undo {
    #[command(flatten)]
    what: What,
    /// Leave a batch as it is, though an operator has proposed to take it back.
    #[arg(long, requires = "batch")]
    withdraw: bool,
    /// Why a batch is taken back; kept with it. No number, no name.
    #[arg(long, value_name = "TEXT", default_value = "by command")]
    reason: String,
    #[command(flatten)]
    acting: Acting,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct What {
    /// Everything that a run of `legacy merge` has linked. Cut off, run it again.
    #[arg(long, value_name = "BATCH")]
    batch: Option<Uuid>,
    /// What is linked to an account here; or the one account of a source, by its id.
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<Uuid>,
    /// A decision; the case waits again.
    #[arg(long, value_name = "CASE")]
    case: Option<Uuid>,
}

impl Undo {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let acting = self.acting.read(&mut call)?;
        let (app, mut visit) = call.app().await?;
        acting.require(&app, &mut visit, DECIDERS).await?;
        let What { batch, account, case } = self.what;
        let undone = match (batch, account, case) {
            (Some(id), ..) if self.withdraw => {
                let mut tx = app.db.begin().await?;
                undo::withdraw(&mut tx, &app.keys.data(), &visit, id)
                    .await
                    .context("nobody has proposed to take it back")?;
                tx.commit().await?;
                call.print
                    .either(&json!({ "batch_id": id, "state": "done" }), || format!("{id}: left as it is"));
                return Ok(());
            }
            (Some(id), ..) => {
                let two_operators = app.config.legacy.two_operators_to_undo;
                let deciding = Deciding { reason: &self.reason, two_operators, go_on: false };
                let mut tx = app.db.begin().await?;
                let asked = undo::ask_batch(&mut tx, &app.keys.data(), &visit, id, deciding).await?;
                tx.commit().await?;
                match asked {
                    Asked::Begun(batch) => undo_batch(&app, &visit, *batch, None)
                        .await
                        .context("undoing stopped; run it again to go on")?,
                    Asked::Proposed => {
                        let told = json!({ "batch_id": id, "state": "undo_proposed" });
                        let words = || format!("{id}: proposed; another operator must confirm it");
                        call.print.either(&told, words);
                        return Ok(());
                    }
                }
            }
            (_, Some(id), _) => {
                let mut tx = app.db.begin().await?;
                let undone = undo::account(&mut tx, &app.keys.data(), &visit, id).await?;
                tx.commit().await?;
                undone
            }
            (None, None, Some(id)) => undo_case(&app, &visit, id).await?,
            // The group of arguments wants one of them.
            (None, None, None) => return Ok(()),
        };
        if call.print.json {
            call.print.value(&undone);
        } else {
            let Undone { links, removed, sessions_ended, unclaimed, .. } = &undone;
            call.print.line(&format!(
                "{links} unlinked, {removed} accounts removed, {unclaimed} unclaimed, {sessions_ended} sessions ended"
            ));
            for one in &undone.refused {
                call.print.line(&format!("refused {}: {}", one.legacy_account, one.reason));
            }
            for one in &undone.disclosed {
                call.print
                    .line(&format!("told of {}: {} {} {}", one.account, one.client, one.at, one.scopes));
            }
        }
        ensure!(undone.refused.is_empty(), "{} refused; the others are undone", undone.refused.len());
        Ok(())
    }
}
