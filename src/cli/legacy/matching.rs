//! `yihao legacy match`

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::{Call, source};
use crate::app::App;
use crate::base::Visit;
use crate::legacy::matching::{self, Class, Position};
use crate::legacy::{self, Source};

#[derive(clap::Args)]
pub struct Match {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
}

/// How often a step is begun anew before somebody must look.
pub(super) const TRIES: u32 = 5;

impl Match {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let matched = run(&app, &visit, &source).await?;
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

/// What a run has done.
#[derive(Debug, Default)]
pub struct Matched {
    pub accounts: u64,
    pub written: u64,
    pub cases: u64,
    pub classes: BTreeMap<(Class, String), u64>,
}

/// Each step in a transaction of its own: cut off, it can be run again.
pub async fn run(app: &App, visit: &Visit, source: &Source) -> anyhow::Result<Matched> {
    let oldest = visit.now.minus(Duration::from_secs(24 * 3600 * app.config.registers.stale_days));
    let extract = matching::extract(&mut &app.db, &app.keys, oldest).await?;
    app.db.refresh_statistics(&matching::JOINED).await?;
    let mut matched = Matched::default();
    let mut position = Some(Position::START);
    let mut tries = 0;
    while let Some(at) = position {
        let mut tx = app.db.begin().await?;
        match matching::step(&mut tx, &app.keys, visit, source, extract, at).await {
            Ok(step) => {
                tx.commit().await?;
                matched.accounts += step.accounts;
                matched.written += step.written;
                matched.cases += step.cases;
                for (class, accounts) in step.classes {
                    *matched.classes.entry(class).or_default() += accounts;
                }
                position = step.next;
                tries = 0;
            }
            Err(error) => {
                drop(tx);
                again(app, error, &mut tries).await.context("matching stopped; run it again to go on")?;
            }
        }
    }
    loop {
        let mut tx = app.db.begin().await?;
        let opened = matching::differing(&mut tx, &app.keys.data(), visit, source).await?;
        tx.commit().await?;
        matched.cases += opened as u64;
        if opened == 0 {
            return Ok(matched);
        }
    }
}

/// Whether a step is begun anew after this.
pub(super) async fn again(app: &App, error: legacy::Error, tries: &mut u32) -> anyhow::Result<()> {
    *tries += 1;
    match error {
        legacy::Error::KeysChanged | legacy::Error::Changed if *tries < TRIES => {
            Ok(app.keys.reload(&app.db).await?)
        }
        other => bail!(other),
    }
}
