//! `yihao terminal`

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use yihao::terminal::Kind;

use crate::support::House;
use crate::support::machine::Pair;

/// Runs the command with this on standard input; whether it was done, and what it said.
async fn run(house: &House, input: &Value, arguments: &[&str]) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_yihao"))
        .arg("terminal")
        .args(arguments)
        .env("YIHAO__STORAGE__URL", &house.home.storage)
        .env("YIHAO__TRANSIENT__URL", &house.home.transient)
        .env("YIHAO__KEYS__MASTER_FILE", &house.home.master_file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = program.stdin.take().expect("it reads");
    stdin.write_all(input.to_string().as_bytes()).await.expect("it reads");
    drop(stdin);
    let output = program.wait_with_output().await.expect("it ends");
    let text = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(text).expect("UTF-8").trim().to_owned())
}

#[tokio::test]
async fn enrolled_listed_suspended() {
    let house = House::open().await;
    let client = house.terminal_client(Kind::Kiosk, json!({})).await.id;
    let key = Pair::new().named("x").public_jwk();
    let hours = "mon-fri 09:00-12:00,13:30-17:30";
    let place = "天河区政务服务中心1号机";
    let enroll =
        ["enroll", "--kind", "kiosk", "--place", place, "--client", &client, "--jwk", "-", "--hours", hours];
    let (done, said) = run(&house, &key, &enroll).await;
    assert!(done, "{said}");
    let enrolled: Value = serde_json::from_str(&said).unwrap();
    let id = enrolled["terminal_id"].as_str().unwrap();

    let (done, said) = run(&house, &key, &enroll).await;
    assert!(!done && said.contains("enrolled before"), "{said}");
    let mut private = key.clone();
    private["d"] = "x".into();
    let (done, said) = run(&house, &private, &enroll).await;
    assert!(!done && said.contains("private half"), "{said}");

    let (_, said) = run(&house, &json!({}), &["list", "--json"]).await;
    let list: Value = serde_json::from_str(&said).unwrap();
    let one = &list[0];
    assert_eq!(
        (&one["terminal_id"], &one["place"], &one["state"]),
        (&json!(id), &json!(place), &json!("active"))
    );
    assert_eq!(one["hours"], "mon-fri 09:00-12:00; mon-fri 13:30-17:30");

    let (done, said) = run(&house, &json!({}), &["suspend", id, "--reason", "stolen", "--json"]).await;
    assert!(done && said == r#"{"ended":0}"#, "{said}");
    let (done, said) = run(&house, &json!({}), &["suspend", id]).await;
    assert!(!done && said.contains("suspended before"), "{said}");
    let (_, said) = run(&house, &json!({}), &["list"]).await;
    assert!(said.contains("suspended") && said.contains(place), "{said}");
}
