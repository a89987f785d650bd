//! The same rooms as JSON, for programs.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yihao::operator::Role;

use super::console::first_sign_in;
use super::rooms::house;
use crate::legacy_merge::{Old, population};
use crate::support::operator::citizen_id;
use crate::support::{Browser, HOUR, House, http};

/// A token of an operator who has just signed in.
pub async fn token(house: &House, role: Role) -> String {
    let staff = house.staff(&[role]).await;
    let mut browser = Browser::new(house);
    first_sign_in(house, &mut browser, &staff).await;
    browser.open("/console/token").await;
    browser.submit("#console-token", &[]).await.text("#token")
}

pub async fn calls(
    house: &House,
    method: Method,
    path: &str,
    token: &str,
    body: Value,
) -> (StatusCode, Value) {
    let request = http().request(method.clone(), format!("{}/console/api/legacy{path}", house.base));
    let request = request.bearer_auth(token);
    let request = if method == Method::POST { request.json(&body) } else { request };
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_program_reads_the_report_decides_and_takes_back() {
    let house = house(false).await;
    let numbers = [citizen_id(), citizen_id()];
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &persons).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", numbers[0].as_str(), "张伟").await;
    let unsure = si.person("2", numbers[1].as_str(), "张炜").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id;
    let (one, two) = (token(&house, Role::Decider).await, token(&house, Role::Decider).await);
    let get = async |path: &str| calls(&house, Method::GET, path, &one, Value::Null).await.1;

    let sources = get("/sources").await;
    assert_eq!((&sources["sources"][0]["name"], &sources["sources"][0]["cases"]), (&json!("si"), &json!(1)));
    let report = get("/sources/si/report").await;
    let lines = report["lines"].as_array().unwrap();
    assert_eq!(lines.iter().map(|line| line["accounts"].as_u64().unwrap()).sum::<u64>(), 2);
    assert!(!report.to_string().contains(numbers[0].as_str()));

    let cases = get("/cases?source=si&state=open").await;
    let id = cases["cases"][0]["case_id"].as_str().unwrap().to_owned();
    assert_eq!(cases["cases"][0]["sides"]["same_name"], false);
    assert!(!cases.to_string().contains(numbers[1].as_str()));
    let reveal = format!("/cases/{id}/reveal");
    let (status, refused) = calls(&house, Method::POST, &reveal, &one, json!({})).await;
    assert_eq!((status.as_u16(), &refused["error"]), (422, &json!("reason_missing")));
    let (_, whole) = calls(&house, Method::POST, &reveal, &one, json!({ "reason": "papers" })).await;
    assert_eq!(whole["sides"]["legacy"]["number"], numbers[1].as_str());

    let decision = json!({ "cases": [id], "decision": "merge", "reason": "papers" });
    let decides =
        async |token: &str| calls(&house, Method::POST, "/decisions", token, decision.clone()).await.1;
    assert_eq!(decides(&one).await["outcomes"][0]["state"], "proposed");
    assert_eq!(decides(&one).await["outcomes"][0]["error"], "same_operator");
    assert_eq!(decides(&two).await["outcomes"][0]["state"], "merged");
    assert_eq!(si.state(unsure).await.0, "merged");
    assert_eq!(decides(&two).await["outcomes"][0]["error"], "changed");
    let (status, undone) = calls(&house, Method::POST, &format!("/cases/{id}/undo"), &two, json!({})).await;
    assert_eq!((status.as_u16(), &undone["links"]), (200, &json!(1)));

    let path = format!("/batches/{batch}");
    assert_eq!(get(&path).await["dormant"], 1);
    let (_, undone) =
        calls(&house, Method::POST, &format!("{path}/undo"), &one, json!({ "reason": "wrong extract" }))
            .await;
    assert_eq!((&undone["state"], &undone["undone"]["links"]), (&json!("undone"), &json!(1)));
    assert_eq!(si.state(sure).await.0, "matched");
}

#[tokio::test]
async fn who_has_no_token_or_not_the_role_gets_nothing() {
    let house = house(false).await;
    let si = Old::system(&house, "si", None).await;
    let _ = si;
    let viewer = token(&house, Role::Viewer).await;
    let of = async |method: Method, path: &str, token: &str| {
        let (status, body) = calls(&house, method, path, token, json!({ "reason": "x" })).await;
        (status.as_u16(), body["error"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(of(Method::GET, "/sources", &viewer).await.0, 200);
    assert_eq!(of(Method::GET, "/sources/none/report", &viewer).await, (404, "not_found".to_owned()));
    let no_right = (403, "no_right".to_owned());
    assert_eq!(of(Method::GET, "/cases", &viewer).await, no_right);
    assert_eq!(
        of(Method::POST, "/batches/0199c0de-7000-7000-8000-000000000007/undo", &viewer).await,
        no_right
    );
    for wrong in ["", "x", &viewer[1..]] {
        assert_eq!(of(Method::GET, "/sources", wrong).await, (401, "not_authenticated".to_owned()));
    }
    let clerk = token(&house, Role::Clerk).await;
    assert_eq!(of(Method::GET, "/sources", &clerk).await, no_right);
    let decider = token(&house, Role::Decider).await;
    for bad in ["/cases?state=x", "/cases?due=x", "/cases?after=x"] {
        assert_eq!(of(Method::GET, bad, &decider).await, (400, "invalid_request".to_owned()), "{bad}");
    }
    assert_eq!(of(Method::POST, "/decisions", &decider).await.0, 400);
    // The console's own cookie reads, and changes nothing without the ticket of a form.
    let staff = house.staff(&[Role::Decider]).await;
    let mut browser = Browser::new(&house);
    first_sign_in(&house, &mut browser, &staff).await;
    assert_eq!(browser.open("/console/api/legacy/cases").await.status.as_u16(), 200);
    let forged = browser.post("/console/api/legacy/decisions", &[]).await;
    assert_eq!(forged.status.as_u16(), 403);
    // It ends with the session.
    house.pass(HOUR);
    assert_eq!(of(Method::GET, "/sources", &viewer).await.0, 401);
}
