//! What has served its time goes. Tables that grow with use have keys that begin with the time, so each
//! batch reads the oldest end of one.

use std::time::Duration;

use crate::app::App;
use crate::client::cas_day;
use crate::db::{Value, values};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Sessions and grants are kept so long after their end, for questions about them.
const KEPT_AFTER_END: u32 = 30;
/// Logs are kept for six months at least (Cybersecurity Law of 2016, article 21 (3)); six months have up
/// to 184 days.
const AUDIT_KEPT: u32 = 190;
/// Who still used CAS is counted by days; the counts of a year tell who can be asked to change.
const CAS_USE_KEPT: u32 = 400;
/// Rows in one transaction: short enough that nobody waits for it.
const BATCH: i64 = 500;

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub sessions: u64,
    pub grants: u64,
    pub deliveries: u64,
    pub audit: u64,
    pub initial_access: u64,
    pub recoveries: u64,
    pub answers: u64,
    pub blocks: u64,
    pub cas_tickets: u64,
    pub cas_uses: u64,
    /// Questions to the registers whose answers are not believed any more.
    pub questions: u64,
}

/// Deletes by age, in batches.
pub async fn sweep(app: &App) -> anyhow::Result<Swept> {
    let now = app.clock.now();
    let ended = now.minus(DAY * KEPT_AFTER_END);
    let ended_key = ended.first_id();
    let audited_key = now.minus(DAY * AUDIT_KEPT).first_id();
    let swept = Swept {
        sessions: in_batches(
            app,
            "delete from session where id in (select id from session
               where id < $1 and (ended_at < $2 or expires_at < $2) order by id limit $3)",
            values![ended_key, ended, BATCH],
        )
        .await?,
        grants: in_batches(
            app,
            "delete from grants where id in (select id from grants
               where id < $1 and expires_at < $2 order by id limit $3)",
            values![ended_key, ended, BATCH],
        )
        .await?,
        deliveries: in_batches(
            app,
            "delete from logout_delivery where id in (select id from logout_delivery
               where id < $1 order by id limit $2)",
            values![ended_key, BATCH],
        )
        .await?,
        audit: in_batches(
            app,
            "delete from audit where id in (select id from audit where id < $1 order by id limit $2)",
            values![audited_key, BATCH],
        )
        .await?,
        initial_access: in_batches(
            app,
            "delete from initial_access where id in (select id from initial_access
               where expires_at < $1 order by id limit $2)",
            values![now, BATCH],
        )
        .await?,
        answers: in_batches(
            app,
            "delete from answered_request where id in (select id from answered_request
               where id < $1 order by id limit $2)",
            values![audited_key, BATCH],
        )
        .await?,
        blocks: in_batches(
            app,
            "delete from request_block where (person, client) in (select person, client from request_block
               where until < $1 limit $2)",
            values![now, BATCH],
        )
        .await?,
        cas_tickets: in_batches(
            app,
            "delete from cas_ticket where id in (select id from cas_ticket where id < $1
               and not exists (select 1 from session s where s.id = cas_ticket.session and s.ended_at is null
                                 and s.expires_at > $2) order by id limit $3)",
            values![ended_key, ended, BATCH],
        )
        .await?,
        cas_uses: in_batches(
            app,
            "delete from cas_use where (client, day) in (select client, day from cas_use where day < $1 limit $2)",
            values![cas_day(now.minus(DAY * CAS_USE_KEPT)), BATCH],
        )
        .await?,
        questions: in_batches(
            app,
            "delete from register_question where digest in (select digest from register_question
               where asked_at < $1 order by asked_at limit $2)",
            values![now.minus(DAY * days(app.config.registers.stale_days)), BATCH],
        )
        .await?,
        recoveries: in_batches(
            app,
            "delete from recovery where id in (select id from recovery
               where id < $1 and ends_at < $2 order by id limit $3)",
            values![ended_key, ended, BATCH],
        )
        .await?,
    };
    if swept != Swept::default() {
        tracing::info!(
            sessions = swept.sessions,
            grants = swept.grants,
            deliveries = swept.deliveries,
            audit = swept.audit,
            "what has served its time is deleted"
        );
    }
    Ok(swept)
}

fn days(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

async fn in_batches(app: &App, delete: &'static str, values: &[Value<'_>]) -> anyhow::Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let deleted = tx.execute(delete, values).await?;
        tx.commit().await?;
        all += deleted;
        if deleted < BATCH.unsigned_abs() {
            return Ok(all);
        }
    }
}
