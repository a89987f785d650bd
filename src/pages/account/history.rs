//! Who received which data, when, and on what ground (政务数据共享条例; 个人信息保护法 44, 45).

use axum::http::StatusCode;
use axum::response::Response;

use super::names_of;
use crate::audit;
use crate::base::Scopes;
use crate::http::{Failure, urls};
use crate::pages::here::Here;
use crate::pages::view::{DisclosureRow, History};

pub async fn show(here: Here) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session,
        Err(first) => return Ok(here.go(&first)),
    };
    let before = here.query.get("before").and_then(|id| id.parse().ok());
    let entries = audit::disclosures(&mut &here.app.db, session.person, before).await?;
    let older = entries.last().filter(|_| entries.len() == 50).map(|last| last.id);
    let mut rows = Vec::new();
    for entry in &entries {
        let service = match &entry.client {
            Some(id) => here.app.client(id).await?.map(|client| client.metadata.client_name.clone()),
            None => None,
        };
        rows.push(DisclosureRow {
            service: service.or(entry.client.clone()).unwrap_or_default(),
            at: entry.at().local(),
            fields: names_of(Scopes::parse(entry.detail["scopes"].as_str().unwrap_or_default())),
            by_law: entry.detail["basis"] == "statutory",
        });
    }
    let older = older.map(|id| format!("{}?before={id}", urls::ACCOUNT_HISTORY));
    Ok(here.page(StatusCode::OK, History { rows, older }.render(&here.frame()?)))
}
