//! `yihao migrate`

use serde_json::json;

use super::Call;
use crate::base::Clock;
use crate::db::Db;

pub async fn run(call: &Call) -> anyhow::Result<()> {
    let db = Db::open(&call.config()?.storage.url).await?;
    let ran = db.migrate(Clock::Machine.now()).await?;
    call.print.either(&json!({ "migrated": ran }), || match &ran[..] {
        [] => "the database is up to date".to_owned(),
        names => format!("migrated: {}", names.join(", ")),
    });
    Ok(())
}
