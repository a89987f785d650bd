//! `yihao client cas`

use serde_json::{Value, json};

use super::super::Call;
use crate::client;

pub async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = client::cas_clients(&mut &app.db, visit.now, &after).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        found.extend(page);
    }
    found.sort_by_key(|client| std::cmp::Reverse(client.uses));
    let until = |client: &client::CasClient| client.until.map(|day| day.to_string()).unwrap_or_default();
    let last = |client: &client::CasClient| client.last_used.map(|at| at.shown()).unwrap_or_default();
    let cells = found
        .iter()
        .map(|one| [one.id.clone(), until(one), last(one), one.uses.to_string(), one.name.clone()])
        .collect();
    let rows: Vec<Value> = found
        .iter()
        .map(|one| {
            json!({
                "client_id": one.id,
                "client_name": one.name,
                "cas_until": until(one),
                "cas_services": one.services,
                "last_used": one.last_used.map(|at| at.seconds()),
                "uses_30_days": one.uses,
            })
        })
        .collect();
    call.print.table(&rows, ["client_id", "until", "last used", "in 30 days", "name"], cells);
    Ok(())
}
