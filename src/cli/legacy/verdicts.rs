//! `yihao legacy verdicts`: page by page, so that a hundred million take no more memory than one.

use anyhow::Context;
use serde::Serialize;
use uuid::Uuid;

use super::super::Call;
use super::super::acting::Acting;
use super::DECIDERS;
use crate::app::App;
use crate::audit::{self, About, Event};
use crate::base::number::mask;
use crate::db::{Read, values};
use crate::legacy::{Record, cases};

/// Accounts of one page.
const PAGE: i64 = 2000;

#[derive(clap::Args)]
pub struct Verdicts {
    /// The name of the source.
    #[arg(long)]
    source: String,
    /// Numbers, and ids that are numbers, whole: in the name of an operator who decides cases, and noted.
    #[arg(long, requires = "as")]
    reveal_numbers: bool,
    /// Why they are revealed; noted with it. No number, no name.
    #[arg(long, value_name = "TEXT", default_value = "by command")]
    reason: String,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Serialize)]
struct Verdict {
    local_id: String,
    state: String,
    class: Option<String>,
    reason: String,
    number: Option<String>,
    account_id: Option<Uuid>,
}

struct Row {
    id: Uuid,
    local_digest: Vec<u8>,
    record: Vec<u8>,
    has_number: bool,
    verdict: Verdict,
}

impl Verdicts {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let acting = self.acting.read(&mut call)?;
        let (app, mut visit) = call.app().await?;
        let source = super::source(&app, &self.source).await?;
        let keys = app.keys.data();
        let whole = self.reveal_numbers;
        if whole {
            acting.require(&app, &mut visit, DECIDERS).await?;
            let reason = cases::reason(&self.reason).context("--reason")?;
            let event = Event::LegacyNumbersRevealed { source: source.id, reason };
            let mut tx = app.db.begin().await?;
            audit::record(&mut tx, &keys, &visit, event, About::default()).await?;
            tx.commit().await?;
        }
        let mut after = Uuid::nil();
        loop {
            let page = page(&app, source.id, after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for row in page {
                let record = Record::open(&keys, &row.local_digest, &row.record)?;
                let number = row.has_number.then(|| match whole {
                    true => record.canonical().to_owned(),
                    false => mask(record.canonical()),
                });
                let local_id = if whole { record.local_id.clone() } else { shown(&record) };
                call.print.value(&Verdict { local_id, number, ..row.verdict });
            }
        }
    }
}

/// Some systems call their accounts by the number.
fn shown(record: &Record) -> String {
    let is_number = !record.given_number.is_empty()
        && (record.local_id == record.given_number || record.local_id == record.canonical());
    if is_number { mask(&record.local_id) } else { record.local_id.clone() }
}

async fn page(app: &App, source: Uuid, after: Uuid) -> anyhow::Result<Vec<Row>> {
    let mut read = &app.db;
    let rows = read
        .all(
            "select id, local_digest, record, number_digest is not null, state, class,
                    case when class is null then reason else match_reason end, account
             from legacy_account where source = $1 and id > $2 order by id limit $3",
            values![source, after, PAGE],
            |row| {
                Ok(Row {
                    id: row.get(0)?,
                    local_digest: row.get(1)?,
                    record: row.get(2)?,
                    has_number: row.get(3)?,
                    verdict: Verdict {
                        local_id: String::new(),
                        state: row.get(4)?,
                        class: row.get(5)?,
                        reason: row.get(6)?,
                        number: None,
                        account_id: row.get(7)?,
                    },
                })
            },
        )
        .await?;
    Ok(rows)
}
