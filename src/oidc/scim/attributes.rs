//! An account as a SCIM user, and back. What a user has beside RFC 7643 section 4.1 stands in an extension of ours:
//! whether it is a person's or an organization's account, and the number. The number and the password are written only.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::app::App;
use crate::http::urls;
use crate::legacy::{KeyKind, Record, Seen, Status, SubjectKind};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const OURS: &str = "urn:yihao:params:scim:schemas:extension:2.0:Account";

/// Characters of the longest text.
const LONGEST: usize = 200;

/// What a request says.
pub struct Given {
    pub kind: SubjectKind,
    pub status: Status,
    pub record: Record,
    pub number_kind: KeyKind,
    pub password: Option<String>,
}

/// Reads a user. What was there before fills in what is never shown: the number.
pub fn read(user: &Value, before: Option<&Seen>) -> Result<Given, Problem> {
    let user = user.as_object().ok_or_else(|| Problem::syntax("a JSON object"))?;
    let user_name = text(member(user, "userName"), "userName")?;
    let user_name = user_name.ok_or_else(|| Problem::invalid("userName is needed"))?;
    let external = text(member(user, "externalId"), "externalId")?;
    if let (Some(before), Some(external)) = (before, &external)
        && before.record.local_id != *external
    {
        return Err(Problem::new(
            axum::http::StatusCode::BAD_REQUEST,
            Some("mutability"),
            "externalId is the account's id in its system and does not change",
        ));
    }
    let local_id = match (before, external) {
        (Some(before), _) => before.record.local_id.clone(),
        (None, Some(external)) => external,
        (None, None) => user_name.clone(),
    };
    let ours = member(user, OURS).and_then(Value::as_object);
    let ours = |name: &str| ours.and_then(|ours| member(ours, name));
    let kind = match (text(ours("kind"), "kind")?.as_deref(), before) {
        (None, Some(before)) => before.kind,
        (None | Some("person"), _) => SubjectKind::Person,
        (Some("organization"), _) => SubjectKind::Organization,
        _ => return Err(Problem::invalid("kind: person or organization")),
    };
    let number = text(ours("number"), "number")?;
    let number = number.or_else(|| before.map(|before| before.record.given_number.clone()));
    let number_kind = match text(ours("numberKind"), "numberKind")? {
        Some(word) => word.parse().map_err(|_| Problem::invalid("numberKind: no such kind of number"))?,
        None if kind == SubjectKind::Person => KeyKind::Official(crate::base::number::NumberKind::CitizenId),
        None => KeyKind::Organization,
    };
    let phone = member(user, "phoneNumbers").and_then(|phones| match phones {
        Value::Array(all) => all.first().and_then(|one| one.get("value")),
        _ => None,
    });
    let mut record = before.map(|before| before.record.clone()).unwrap_or_default();
    record.local_id = local_id;
    record.user_name = Some(user_name);
    record.name = name_of(user)?;
    record.given_number = number.unwrap_or_default();
    record.phone = text(phone, "phoneNumbers")?;
    let active = member(user, "active").and_then(Value::as_bool).unwrap_or(true);
    let status = if active { Status::Active } else { Status::Disabled };
    Ok(Given { kind, status, record, number_kind, password: text(member(user, "password"), "password")? })
}

/// RFC 7643 section 2.1: names of attributes differ by more than case.
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text(value: Option<&Value>, name: &str) -> Result<Option<String>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            let text = text.trim();
            if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                return Err(Problem::invalid(format!(
                    "{name}: at most {LONGEST} characters, no control characters"
                )));
            }
            Ok((!text.is_empty()).then(|| text.to_owned()))
        }
        Some(_) => Err(Problem::invalid(format!("{name}: text"))),
    }
}

/// The whole name, wherever it stands.
fn name_of(user: &Map<String, Value>) -> Result<String, Problem> {
    let name = member(user, "name").and_then(Value::as_object);
    let part = |part: &str| text(name.and_then(|name| member(name, part)), part);
    if let Some(whole) = part("formatted")? {
        return Ok(whole);
    }
    if let Some(shown) = text(member(user, "displayName"), "displayName")? {
        return Ok(shown);
    }
    // A Chinese name is its family name and then the given one, without a space.
    Ok(format!("{}{}", part("familyName")?.unwrap_or_default(), part("givenName")?.unwrap_or_default()))
}

/// The account as its system may see it.
pub fn shown(app: &App, seen: &Seen) -> Value {
    let mut user = json!({
        "schemas": [CORE, OURS],
        "id": seen.id,
        "externalId": seen.record.local_id,
        "userName": seen.record.user_name.as_deref().unwrap_or(&seen.record.local_id),
        "name": { "formatted": seen.record.name },
        "active": seen.status == Status::Active,
        "meta": { "resourceType": "User", "location": location(app, seen) },
        OURS: { "kind": seen.kind.as_str(), "numberVerdict": seen.reason },
    });
    if let Some(phone) = &seen.record.phone {
        user["phoneNumbers"] = json!([{ "value": phone, "type": "mobile" }]);
    }
    user
}

pub fn location(app: &App, seen: &Seen) -> String {
    format!("{}{}/{}", app.config.issuer().trim_end_matches('/'), urls::SCIM_USERS, seen.id)
}
