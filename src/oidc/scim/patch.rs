//! PATCH (RFC 7644 section 3.5.2) on the user as it is shown: the simple attributes that an old system has.

use serde_json::{Map, Value, json};

use super::attributes::OURS;
use super::problem::Problem;

/// Operations of one request.
const MOST: usize = 50;

pub fn apply(user: &mut Value, body: &Value) -> Result<(), Problem> {
    let operations = find(body.as_object(), "Operations").and_then(Value::as_array);
    let operations = operations.filter(|all| (1..=MOST).contains(&all.len()));
    let operations = operations.ok_or_else(|| Problem::syntax("Operations: 1 to 50"))?;
    for operation in operations {
        let operation = operation.as_object();
        let op = find(operation, "op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let path = find(operation, "path").and_then(Value::as_str);
        let value = find(operation, "value");
        match (op.as_str(), path, value) {
            ("add" | "replace", None, Some(Value::Object(members))) => {
                for (name, value) in members {
                    set(user, name, Some(value))?;
                }
            }
            ("add" | "replace", Some(path), Some(value)) => set(user, path, Some(value))?,
            ("remove", Some(path), _) => set(user, path, None)?,
            ("remove", None, _) => {
                return Err(Problem::new(
                    axum::http::StatusCode::BAD_REQUEST,
                    Some("noTarget"),
                    "remove needs a path",
                ));
            }
            _ => {
                return Err(Problem::syntax(
                    "op is add, replace or remove, with a path or an object as value",
                ));
            }
        }
    }
    Ok(())
}

fn find<'a>(object: Option<&'a Map<String, Value>>, name: &str) -> Option<&'a Value> {
    object?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn set(user: &mut Value, path: &str, value: Option<&Value>) -> Result<(), Problem> {
    let value = value.cloned().unwrap_or(Value::Null);
    let bare = path.rsplit_once("User:").map_or(path, |(_, bare)| bare);
    if path.get(..OURS.len()).is_some_and(|head| head.eq_ignore_ascii_case(OURS)) {
        let Some(name) = path.get(OURS.len() + 1..) else {
            if let (Value::Object(members), Value::Object(ours)) = (value, &mut user[OURS]) {
                ours.extend(members);
            }
            return Ok(());
        };
        let name =
            ["kind", "number", "numberKind"].into_iter().find(|known| known.eq_ignore_ascii_case(name));
        user[OURS][name.ok_or_else(unknown)?] = value;
        return Ok(());
    }
    match bare.to_ascii_lowercase().as_str() {
        "username" => user["userName"] = value,
        "externalid" => user["externalId"] = value,
        "password" => user["password"] = value,
        // Some clients send booleans as text.
        "active" => {
            user["active"] = match value {
                Value::String(text) => json!(text.eq_ignore_ascii_case("true")),
                other => other,
            }
        }
        "name" => user["name"] = value,
        "name.formatted" | "displayname" => user["name"] = json!({ "formatted": value }),
        "phonenumbers" => user["phoneNumbers"] = value,
        phones if phones.starts_with("phonenumbers[") && phones.ends_with("].value") => {
            user["phoneNumbers"] = json!([{ "value": value, "type": "mobile" }]);
        }
        // Attributes of the standard that no old account has are taken and not kept (RFC 7644 section 3.3).
        "nickname" | "title" | "locale" | "timezone" | "emails" | "addresses" | "usertype" | "schemas" => {}
        _ => return Err(unknown()),
    }
    Ok(())
}

fn unknown() -> Problem {
    Problem::new(axum::http::StatusCode::BAD_REQUEST, Some("invalidPath"), "no such attribute")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_in_their_spellings() {
        let mut user = json!({ "userName": "a", "active": true, OURS: {} });
        let body = json!({ "Operations": [
            { "op": "Replace", "path": "active", "value": "False" },
            { "op": "add", "value": { "displayName": "王五" } },
            { "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "b" },
            { "op": "replace", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" },
            { "op": "add", "path": format!("{OURS}:number"), "value": "2" },
        ]});
        apply(&mut user, &body).unwrap();
        assert_eq!(user["active"], json!(false));
        assert_eq!((&user["name"]["formatted"], &user["userName"]), (&json!("王五"), &json!("b")));
        assert_eq!((&user["phoneNumbers"][0]["value"], &user[OURS]["number"]), (&json!("1"), &json!("2")));
        for bad in [
            json!({}),
            json!({ "Operations": [] }),
            json!({ "Operations": [{ "op": "remove" }] }),
            json!({ "Operations": [{ "op": "move", "path": "active", "value": 1 }] }),
            json!({ "Operations": [{ "op": "add", "path": "groups", "value": [] }] }),
        ] {
            assert!(apply(&mut user, &bad).is_err(), "{bad}");
        }
    }
}
