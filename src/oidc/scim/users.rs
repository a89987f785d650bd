//! `/scim/v2/Users` (RFC 7644 section 3).

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::attributes::{self, Given};
use super::patch;
use super::problem::{Problem, document};
use super::source;
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::http::Params;
use crate::legacy::{self, Password, Seen, Source, Told, matching};

/// Section 3.4.2, with the one filter that names an account. There is no list of all.
pub async fn search(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let params = Params::parse(query.unwrap_or_default().as_bytes())
        .map_err(|_| Problem::syntax("a parameter is given twice"))?;
    let Some(filter) = params.get("filter") else {
        let why = "name the account: filter=userName eq \"…\"";
        return Err(Problem::new(StatusCode::BAD_REQUEST, Some("tooMany"), why));
    };
    let (keys, mut read) = (app.keys.data(), &app.db);
    let found = match equals(filter).ok_or_else(invalid_filter)? {
        ("username", value) => source.accounts_named(&mut read, &keys, &value).await?,
        ("externalid", value) => source.account_of_id(&mut read, &keys, &value).await?.into_iter().collect(),
        _ => return Err(invalid_filter()),
    };
    let all: Vec<Value> = found.iter().map(|seen| attributes::shown(&app, seen)).collect();
    Ok(document(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": all.len(),
            "startIndex": 1,
            "itemsPerPage": all.len(),
            "Resources": all,
        }),
    ))
}

fn invalid_filter() -> Problem {
    let why = "userName eq \"…\" and externalId eq \"…\" are the filters there are";
    Problem::new(StatusCode::BAD_REQUEST, Some("invalidFilter"), why)
}

/// `attribute eq "value"`: the attribute in lower case, the value as JSON reads it.
fn equals(filter: &str) -> Option<(&'static str, String)> {
    let (attribute, rest) = filter.trim().split_once(' ')?;
    let (operator, value) = rest.trim().split_once(' ')?;
    let attribute =
        ["username", "externalid"].into_iter().find(|known| known.eq_ignore_ascii_case(attribute))?;
    let value = serde_json::from_str::<String>(value.trim()).ok()?;
    operator.eq_ignore_ascii_case("eq").then_some((attribute, value))
}

/// Section 3.3.
pub async fn create(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let given = attributes::read(&json_of(&body)?, None)?;
    let (keys, mut read) = (app.keys.data(), &app.db);
    let named = given.record.user_name.as_deref().unwrap_or_default();
    if !source.accounts_named(&mut read, &keys, named).await?.is_empty()
        || source.account_of_id(&mut read, &keys, &given.record.local_id).await?.is_some()
    {
        return Err(Problem::taken());
    }
    let seen = keep(&app, &visit, &source, given, None).await?;
    let mut response = document(StatusCode::CREATED, &attributes::shown(&app, &seen));
    if let Ok(location) = HeaderValue::from_str(&attributes::location(&app, &seen)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub async fn read(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let seen = account(&app, &source, &id).await?;
    Ok(document(StatusCode::OK, &attributes::shown(&app, &seen)))
}

/// Section 3.5.1.
pub async fn replace(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let before = account(&app, &source, &id).await?;
    update(&app, &visit, &source, before, &json_of(&body)?).await
}

/// Section 3.5.2.
pub async fn change(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let before = account(&app, &source, &id).await?;
    let mut user = attributes::shown(&app, &before);
    patch::apply(&mut user, &json_of(&body)?)?;
    update(&app, &visit, &source, before, &user).await
}

/// Section 3.6.
pub async fn remove(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let source = source(&app, &mut visit, &headers).await?;
    let seen = account(&app, &source, &id).await?;
    let mut tx = app.db.begin().await?;
    if !source.withdraw(&mut tx, &app.keys.data(), &visit, seen.id).await? {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn update(
    app: &App,
    visit: &Visit,
    source: &Source,
    before: Seen,
    user: &Value,
) -> Result<Response, Problem> {
    let given = attributes::read(user, Some(&before))?;
    let named = given.record.user_name.as_deref().unwrap_or_default();
    let named = source.accounts_named(&mut &app.db, &app.keys.data(), named).await?;
    if named.iter().any(|other| other.id != before.id) {
        return Err(Problem::taken());
    }
    let seen = keep(app, visit, source, given, Some(before)).await?;
    Ok(document(StatusCode::OK, &attributes::shown(app, &seen)))
}

async fn keep(
    app: &App,
    visit: &Visit,
    source: &Source,
    given: Given,
    before: Option<Seen>,
) -> Result<Seen, Problem> {
    let password = match given.password {
        Some(password) => {
            let hash = app.hasher.hash(Secret::new(password)).await;
            let busy = |_| {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, None, "too many passwords at once: try again")
            };
            let hash = hash.map_err(busy)?;
            Some(Password { schemes: vec!["argon2id".to_owned()], hash, salt: String::new() })
        }
        None => None,
    };
    let Given { kind, status, record, number_kind, .. } = given;
    let told = Told { kind, status, record, number_kind, password };
    let mut tx = app.db.begin().await?;
    let id = source.put(&mut tx, &app.keys, visit, told, before.as_ref()).await?;
    tx.commit().await?;
    find_owner(app, visit, source, id).await?;
    account(app, source, &id.to_string()).await
}

/// Looks whose the account is, where there is an extract of the registers to look in; else it waits for the next run of
/// matching, which may ask the platform.
async fn find_owner(app: &App, visit: &Visit, source: &Source, id: Uuid) -> Result<(), Problem> {
    let days = app.config.registers.stale_days;
    let oldest = visit.now.minus(std::time::Duration::from_secs(days * 24 * 3600));
    let registry = match matching::extract(&mut &app.db, &app.keys, oldest).await {
        Ok(registry) => registry,
        Err(legacy::Error::NoExtract(_) | legacy::Error::Stale) => return Ok(()),
        Err(other) => return Err(other.into()),
    };
    let mut tx = app.db.begin().await?;
    match source.match_one(&mut tx, &app.keys, visit, registry, id).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(legacy::Error::OtherKey | legacy::Error::Changed | legacy::Error::KeysChanged) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

async fn account(app: &App, source: &Source, id: &str) -> Result<Seen, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    source.account(&mut &app.db, &app.keys.data(), id).await?.ok_or_else(Problem::not_found)
}

fn json_of(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|_| Problem::syntax("the body is no JSON"))
}

#[cfg(test)]
mod tests {
    use super::equals;

    #[test]
    fn filters_that_name_an_account() {
        assert_eq!(equals("userName eq \"a \\\"b\\\"\""), Some(("username", "a \"b\"".to_owned())));
        assert_eq!(equals("ExternalID EQ \"7\""), Some(("externalid", "7".to_owned())));
        for bad in [
            "userName",
            "userName sw \"a\"",
            "userName eq a",
            "name eq \"a\"",
            "userName eq \"a\" or x eq \"b\"",
        ] {
            assert_eq!(equals(bad), None, "{bad}");
        }
    }
}
