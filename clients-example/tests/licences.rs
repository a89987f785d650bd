//! The licence library: whose licences it shows, to which tokens.

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::issuer::Issuer;
use crate::program::Program;

pub fn library(issuer: &Issuer) -> Program {
    let flags = [
        "--issuer",
        &issuer.url,
        "--listen",
        "127.0.0.1:0",
        "--client-id",
        "licences",
        "--client-secret",
        "s",
    ];
    Program::start(env!("CARGO_BIN_EXE_licences"), &flags)
}

async fn ask(library: &Program, token: Option<&str>) -> Response {
    let request = Client::new().get(format!("{}/licences", library.url));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.expect("an answer")
}

fn challenge(answer: &Response) -> &str {
    answer.headers()["www-authenticate"].to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_token_is_answered_with_the_masked_number_and_the_channel() {
    let issuer = Issuer::start().await;
    let library = library(&issuer);
    let answer: Value = ask(&library, Some("access-1")).await.json().await.expect("JSON");
    assert_eq!(answer["holder"]["number"], "4412**********8545");
    assert_eq!(answer["token"]["channel"], "hall");
    assert_eq!(answer["token"]["trust_level"], 3);
    assert_eq!(answer["licences"][0]["title"], "社会保障卡");
    assert!(!answer.to_string().contains(crate::issuer::NUMBER));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_token_is_told_what_is_missing() {
    let issuer = Issuer::start().await;
    let library = library(&issuer);
    let answer = ask(&library, None).await;
    assert_eq!((answer.status().as_u16(), challenge(&answer)), (401, "Bearer realm=\"licences\""));
    let answer = ask(&library, Some("forged")).await;
    assert!(answer.status() == 401 && challenge(&answer).contains("error=\"invalid_token\""));

    *issuer.introspection.lock().unwrap() = json!({"trust_level": 2});
    let answer = ask(&library, Some("access-1")).await;
    assert!(answer.status() == 403);
    assert!(challenge(&answer).contains("error=\"insufficient_user_authentication\", trust_level=\"3\""));

    *issuer.introspection.lock().unwrap() = json!({"official_number": null});
    let answer = ask(&library, Some("access-1")).await;
    assert!(answer.status() == 403 && challenge(&answer).contains("scope=\"official_number\""));

    *issuer.introspection.lock().unwrap() = json!({"cnf": {"jkt": "x"}});
    let answer = ask(&library, Some("access-1")).await;
    assert!(answer.status() == 401 && challenge(&answer).contains("invalid_token"));

    *issuer.introspection.lock().unwrap() = json!({"active": "broken"});
    assert_eq!(ask(&library, Some("access-1")).await.status(), 503);
}
