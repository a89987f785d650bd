//! `yihao client list` and `show`

use serde_json::{Value, json};

use super::super::Call;
use super::known;
use crate::client::{self, ClientState, Metadata};

pub async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = client::list(&mut &app.db, &after).await?;
        let Some((last, ..)) = page.last() else { break };
        after = last.clone();
        found.extend(page);
    }
    let cells = found.iter().map(|(id, state, metadata)| {
        let method = metadata.token_endpoint_auth_method.as_str();
        [id.as_str(), state.as_str(), metadata.channel.as_str(), method, &metadata.client_name]
            .map(str::to_owned)
    });
    let cells = cells.collect();
    let rows: Vec<Value> = found.iter().map(|(id, state, metadata)| whole(id, *state, metadata)).collect();
    call.print.table(&rows, ["client_id", "state", "channel", "authentication", "name"], cells);
    Ok(())
}

pub async fn show(call: &Call, id: &str) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let client = known(&app, id).await?;
    let whole = whole(&client.id, client.state, &client.metadata);
    call.print.either(&whole, || serde_json::to_string_pretty(&whole).unwrap_or_default());
    Ok(())
}

/// Everything but the secret.
fn whole(id: &str, state: ClientState, metadata: &Metadata) -> Value {
    let mut whole = json!({ "client_id": id, "state": state.as_str() });
    if let (Value::Object(whole), Ok(Value::Object(members))) = (&mut whole, serde_json::to_value(metadata)) {
        whole.extend(members);
    }
    whole
}
