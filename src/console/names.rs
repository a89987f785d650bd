//! How what stands in rows as an id is called for who reads it.

use std::collections::HashMap;

use uuid::Uuid;

use super::desk::Desk;
use crate::http::{Failure, urls};
use crate::legacy::Source;
use crate::operator;

/// Who did something, by the word of the audit log: an operator by name, others as they are.
pub async fn who(desk: &Desk, actor: &str) -> Result<String, Failure> {
    let Some(id) = actor.strip_prefix("operator:").and_then(|id| id.parse().ok()) else {
        return Ok(actor.to_owned());
    };
    let found = operator::find(&mut &desk.app.db, &desk.app.keys.data(), id).await?;
    Ok(found.map_or_else(|| actor.to_owned(), |operator| operator.name.reveal().to_owned()))
}

/// All sources, by id.
pub async fn sources(desk: &Desk) -> Result<HashMap<Uuid, Source>, Failure> {
    let all = Source::all(&mut &desk.app.db).await?;
    Ok(all.into_iter().map(|source| (source.id, source)).collect())
}

/// The source of a name in an address.
pub async fn source(desk: &Desk, name: &str) -> Result<Source, Failure> {
    Source::by_name(&mut &desk.app.db, name).await?.ok_or_else(missing)
}

pub fn missing() -> Failure {
    Failure::new(axum::http::StatusCode::NOT_FOUND, "not_found")
}

/// An address with its parameters, those that are empty left out.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The page of a source, and its batches below it.
pub fn source_address(name: &str, below: &str) -> String {
    format!("{}/{name}{below}", urls::CONSOLE_SOURCES)
}
