//! What this server can do (RFC 7644 section 4): open to everybody, as there is nothing of anybody in it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::attributes::{CORE, OURS};
use super::problem::{Problem, document};
use crate::http::urls;

pub async fn config() -> Response {
    let no = json!({ "supported": false });
    document(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": { "supported": true },
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "filter": { "supported": true, "maxResults": 2 },
            "changePassword": { "supported": true },
            "sort": no, "etag": no,
            "authenticationSchemes": [{
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A client's own access token with the scope scim (grant client_credentials)",
                "primary": true,
            }],
        }),
    )
}

pub async fn types() -> Response {
    list(vec![user_type()])
}

pub async fn resource_type(Path(name): Path<String>) -> Result<Response, Problem> {
    if name == "User" { Ok(document(StatusCode::OK, &user_type())) } else { Err(Problem::not_found()) }
}

pub async fn schemas() -> Response {
    list(vec![core(), ours()])
}

pub async fn schema(Path(id): Path<String>) -> Result<Response, Problem> {
    match id.as_str() {
        CORE => Ok(document(StatusCode::OK, &core())),
        OURS => Ok(document(StatusCode::OK, &ours())),
        _ => Err(Problem::not_found()),
    }
}

fn list(all: Vec<Value>) -> Response {
    document(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": all.len(), "startIndex": 1, "itemsPerPage": all.len(), "Resources": all,
        }),
    )
}

fn user_type() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User", "name": "User", "endpoint": "/Users", "schema": CORE,
        "schemaExtensions": [{ "schema": OURS, "required": false }],
        "meta": { "resourceType": "ResourceType", "location": format!("{}/User", urls::SCIM_TYPES) },
    })
}

fn attribute(name: &str, kind: &str, required: bool, (mutability, returned): (&str, &str)) -> Value {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": false,
        "mutability": mutability, "returned": returned, "uniqueness": if name == "userName" { "server" } else { "none" },
    })
}

const SHOWN: (&str, &str) = ("readWrite", "default");
const SECRET: (&str, &str) = ("writeOnly", "never");

fn core() -> Value {
    let mut name = attribute("name", "complex", false, SHOWN);
    name["subAttributes"] = json!([attribute("formatted", "string", false, SHOWN)]);
    let mut phones = attribute("phoneNumbers", "complex", false, SHOWN);
    phones["multiValued"] = true.into();
    phones["subAttributes"] =
        json!([attribute("value", "string", false, SHOWN), attribute("type", "string", false, SHOWN)]);
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": CORE, "name": "User", "description": "An account of the system that asks",
        "attributes": [
            attribute("userName", "string", true, SHOWN),
            attribute("externalId", "string", false, ("immutable", "default")),
            name,
            attribute("displayName", "string", false, ("writeOnly", "never")),
            attribute("active", "boolean", false, SHOWN),
            attribute("password", "string", false, SECRET),
            phones,
        ],
    })
}

fn ours() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": OURS, "name": "Account", "description": "Whose account it is",
        "attributes": [
            attribute("kind", "string", false, SHOWN),
            attribute("number", "string", false, SECRET),
            attribute("numberKind", "string", false, SECRET),
            attribute("numberVerdict", "string", false, ("readOnly", "default")),
        ],
    })
}
