//! `yihao legacy undo`

use anyhow::{Context, ensure};
use uuid::Uuid;

use super::super::acting::Acting;
use super::matching::again;
use super::{Call, DECIDERS};
use crate::app::App;
use crate::base::Visit;
use crate::legacy::cases;
use crate::legacy::undo::{self, Undone};

#[derive(clap::Args)]
pub struct Undo {
    #[command(flatten)]
    what: What,
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
            (Some(id), ..) => batch_of(&app, &visit, id).await?,
            (_, Some(id), _) => {
                let mut tx = app.db.begin().await?;
                let undone = undo::account(&mut tx, &app.keys.data(), &visit, id).await?;
                tx.commit().await?;
                undone
            }
            (.., Some(id)) => {
                let mut tx = app.db.begin().await?;
                let undone = cases::undo(&mut tx, &app.keys.data(), &visit, id).await?;
                tx.commit().await?;
                undone
            }
            (None, None, None) => Undone::default(),
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

/// Each step in a transaction of its own.
async fn batch_of(app: &App, visit: &Visit, id: Uuid) -> anyhow::Result<Undone> {
    let mut tx = app.db.begin().await?;
    let mut batch = undo::begin_batch(&mut tx, visit, id).await?;
    tx.commit().await?;
    let mut all = Undone::default();
    let (mut after, mut tries) = (Some(Uuid::nil()), 0);
    while let Some(at) = after {
        let mut tx = app.db.begin().await?;
        match undo::step_batch(&mut tx, &app.keys.data(), visit, &mut batch, at).await {
            Ok((undone, next)) => {
                tx.commit().await?;
                all.add(undone);
                (after, tries) = (next, 0);
            }
            Err(error) => {
                drop(tx);
                again(app, error, &mut tries).await.context("undoing stopped; run it again to go on")?;
            }
        }
    }
    Ok(all)
}
