use serde_json::json;

use super::*;
use crate::crypto::Algorithm;

fn refused(entry: Value) -> String {
    read(&entry).err().unwrap_or_default()
}

#[test]
fn an_object_a_list_and_lines_are_the_same() {
    for text in ["[{\"a\":1},{\"a\":2}]", "{\"a\":1}\n\n{\"a\":2}\n", "[\n{\"a\":1},\n{\"a\":2}\n]"] {
        let found: Vec<Value> = entries(text).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, [json!({"a": 1}), json!({"a": 2})], "{text}");
    }
    assert_eq!(entries("{\n\"a\": 1\n}").len(), 1);
    let mixed = entries("{\"a\":1}\nnot json\n");
    assert!(mixed[0].is_ok() && mixed[1].is_err());
}

#[test]
fn what_is_left_out_is_as_openid_registration_says() {
    let wanted = read(&json!({"client_name": "厅", "redirect_uris": ["https://a.example/cb"]})).unwrap();
    assert_eq!(wanted.metadata.id_token_signed_response_alg, Algorithm::RS256);
    assert_eq!(wanted.metadata.token_endpoint_auth_method, AuthMethod::Basic);
    assert!(wanted.id.is_none() && wanted.secret.is_none());
    assert!(!wanted.metadata.first_party && !wanted.metadata.resource_server);
}

#[test]
fn a_refusal_names_the_field() {
    let with = |name: &str, value: Value| {
        let mut entry = json!({"client_name": "厅", "redirect_uris": ["https://a.example/cb"]});
        entry[name] = value;
        refused(entry)
    };
    assert!(with("redirect_uris", json!(["/cb"])).starts_with("redirect_uris"));
    assert!(with("client_id", json!("two words")).starts_with("client_id"));
    assert!(with("client_id", json!(7)).starts_with("client_id"));
    assert!(with("client_secret", json!("")).starts_with("client_secret"));
    assert!(with("channel", json!("moon")).contains("moon"));
    assert!(refused(json!("text")).contains("object"));
    let mut short = json!({"client_name": "厅", "redirect_uris": ["https://a.example/cb"],
        "token_endpoint_auth_method": "client_secret_jwt", "client_secret": "short"});
    assert!(refused(short.clone()).contains("32"));
    short["token_endpoint_auth_method"] = json!("none");
    assert!(refused(short).contains("has none"));
}
