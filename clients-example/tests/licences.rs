//! The licence library: whose licences it shows, to which tokens.

use clients_example::dpop::ProofKey;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use url::Url;

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

    // Bound in another way, which this library cannot check.
    *issuer.introspection.lock().unwrap() = json!({"cnf": {"x5t#S256": "x"}});
    let answer = ask(&library, Some("access-1")).await;
    assert!(answer.status() == 401 && challenge(&answer).contains("invalid_token"));

    *issuer.introspection.lock().unwrap() = json!({"active": "broken"});
    assert_eq!(ask(&library, Some("access-1")).await.status(), 503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bound_token_wants_the_proof_of_its_key_each_time() {
    let issuer = Issuer::start().await;
    let library = library(&issuer);
    let (key, other) = (ProofKey::generate().expect("a key"), ProofKey::generate().expect("a key"));
    let jkt = key.thumbprint().expect("a thumbprint");
    *issuer.introspection.lock().unwrap() = json!({"channel": "mobile", "cnf": {"jkt": jkt}});
    let url: Url = format!("{}/licences", library.url).parse().expect("a URL");
    let show = async |scheme: &str, proof: Option<String>| {
        let request = Client::new().get(url.clone()).header("authorization", format!("{scheme} access-1"));
        let request = match proof {
            Some(proof) => request.header("dpop", proof),
            None => request,
        };
        request.send().await.expect("an answer")
    };
    let proof = |key: &ProofKey, token| key.proof("GET", &url, Some(token), None).expect("a proof");
    let good = proof(&key, "access-1");
    let answer: Value = show("DPoP", Some(good.clone())).await.json().await.expect("JSON");
    assert_eq!((&answer["token"]["channel"], &answer["token"]["bound"]), (&json!("mobile"), &json!(true)));
    for (scheme, proof, error) in [
        ("DPoP", Some(good), "invalid_dpop_proof"),
        ("DPoP", Some(proof(&key, "access-2")), "invalid_dpop_proof"),
        ("DPoP", Some(proof(&other, "access-1")), "invalid_dpop_proof"),
        ("DPoP", None, "invalid_dpop_proof"),
        ("Bearer", Some(proof(&key, "access-1")), "invalid_token"),
    ] {
        let answer = show(scheme, proof).await;
        assert_eq!(answer.status(), 401);
        assert!(challenge(&answer).contains(&format!("error=\"{error}\"")), "{}", challenge(&answer));
    }
    *issuer.introspection.lock().unwrap() = json!({});
    let answer = show("DPoP", Some(proof(&key, "access-1"))).await;
    assert!(answer.status() == 401 && challenge(&answer).starts_with("DPoP"), "an unbound token");
}
