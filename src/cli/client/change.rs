//! `yihao client disable`, `rotate-secret` and `registration-token`

use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use super::super::Call;
use super::add::shown;
use super::{known, new_secret};
use crate::audit::{self, About, Event};
use crate::client::{self, ClientState};
use crate::crypto::{Ticket, TicketKind};

pub async fn disable(call: &Call, id: &str) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    known(&app, id).await?;
    let mut tx = app.db.begin().await?;
    let changed = client::set_state(&mut tx, &app.keys.data(), &visit, id, ClientState::Disabled).await?;
    tx.commit().await?;
    call.print.either(&json!({ "client_id": id, "state": "disabled", "changed": changed }), || {
        let was = if changed { "disabled" } else { "was disabled already" };
        format!("{id} {was}; running servers know within seconds")
    });
    Ok(())
}

pub async fn rotate_secret(call: &Call, id: &str) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let method = known(&app, id).await?.metadata.token_endpoint_auth_method;
    if !method.uses_secret() {
        bail!("{id} has no secret: it authenticates by {}", method.as_str());
    }
    let secret = new_secret(&visit);
    let mut tx = app.db.begin().await?;
    let changed = client::set_secret(&mut tx, &app.keys.data(), &visit, id, &secret).await?;
    ensure!(changed, "{id} is not there any more");
    tx.commit().await?;
    call.print.value(&shown(id, Some(&secret)));
    Ok(())
}

pub async fn registration_token(call: &Call, uses: u32, hours: u64) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let keys = app.keys.data();
    let life = Duration::from_secs(hours * 3600);
    let mut tx = app.db.begin().await?;
    let id = client::registration::allow(&mut tx, &visit, uses, life).await?;
    audit::record(&mut tx, &keys, &visit, Event::RegistrationAllowed { uses }, About::default()).await?;
    tx.commit().await?;
    let token = Ticket::of(id).write(&keys, TicketKind::InitialAccess)?;
    call.print.value(&json!({ "token": token }));
    Ok(())
}
