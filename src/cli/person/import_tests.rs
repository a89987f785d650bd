use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::base::TrustLevel;

const TODAY: Date = date(2026, 11, 1);
const NUMBER: &str = "440106199003070124";

fn line(changes: Value) -> String {
    let mut line =
        json!({"citizen_id": NUMBER, "name": "李华", "phone": "13812345678", "password": "correct horse"});
    for (name, value) in changes.as_object().unwrap() {
        line[name] = value.clone();
    }
    line.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    line.to_string()
}

fn refused(line: &str) -> String {
    read(line, 7, "people.ndjson", TODAY).err().map(|why| why.to_string()).unwrap_or_default()
}

#[test]
fn a_line_becomes_a_person() {
    let given = line(json!({"trust": 3, "email": " a@b.cn ", "email_verified": true, "user_name": "lihua"}));
    let Candidate { new, password } = read(&given, 7, "people.ndjson", TODAY).ok().unwrap();
    assert!(matches!(password, Given::Plain(_)));
    assert_eq!((new.evidence.trust, new.evidence.method), (TrustLevel::Matched, "import"));
    assert_eq!((new.evidence.source.as_str(), new.evidence.reference.as_str()), ("people.ndjson", "line 7"));
    assert_eq!(new.email.unwrap().reveal(), "a@b.cn");
    let plain = read(&line(json!({})), 1, "-", TODAY).ok().unwrap().new;
    assert_eq!((plain.evidence.trust, plain.email_verified), (TrustLevel::Asserted, false));
}

#[test]
fn a_hash_comes_with_its_scheme() {
    let phc = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let with =
        |hash: Value, scheme: Value| line(json!({"password": null, "password_hash": hash, "scheme": scheme}));
    assert_eq!(refused(&with(json!(phc), json!("argon2id"))), "");
    assert!(refused(&with(json!(phc), Value::Null)).starts_with("password"));
    assert!(refused(&with(json!("$2b$10$abc"), json!("bcrypt"))).contains("legacy accounts"));
    assert!(refused(&with(json!("$2b$10$abc"), json!("argon2id"))).starts_with("password_hash"));
    assert!(refused(&with(Value::Null, Value::Null)).starts_with("password"));
}

#[test]
fn a_refusal_names_the_field_and_repeats_nothing() {
    let secret = "440106199003070125";
    for (changes, field) in [
        (json!({"citizen_id": secret}), "citizen_id"),
        (json!({"name": "<b>"}), "name"),
        (json!({"phone": "12"}), "phone"),
        (json!({"trust": 6}), "trust"),
        (json!({"trust": 1}), "trust"),
        (json!({"password": "short"}), "password"),
        (json!({"email": "nobody"}), "email"),
        (json!({"user_name": ""}), "user_name"),
        (json!({"trust": secret}), "the line"),
        (json!({"number": secret}), "the line"),
        (json!({"name": null}), "the line: missing field `name`"),
    ] {
        let why = refused(&line(changes.clone()));
        assert!(why.starts_with(field), "{changes}: {why}");
        assert!(!why.contains(secret) && !why.contains("李华"), "{why}");
    }
    assert!(refused("{\"citizen_id\": \"440106").starts_with("the line: not JSON"));
}
