use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::middleware::Next;
use axum::routing::{get, post};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

fn router() -> Router {
    Router::new()
        .route("/page", get(|| async { Failure::bad_request("own_code") }))
        .route("/body", post(|body: axum::body::Bytes| async move { body.len().to_string() }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("secret")
                }
            }),
        )
        .layer(DefaultBodyLimit::max(10))
        .layer(super::super::public::catch_panics())
        .layer(axum::middleware::from_fn(|request: Request, next: Next| async {
            let asker = Asker::of(&request);
            dress(asker, Uuid::nil(), next.run(request).await)
        }))
}

async fn ask(method: &str, path: &str, accept: &str, body: &'static str) -> Response {
    let request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
    router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
}

async fn json(response: Response) -> serde_json::Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn programs_get_codes() {
    let missing = ask("GET", "/none", "*/*", "").await;
    assert_eq!(missing.status(), 404);
    assert_eq!(json(missing).await["error"], "not_found");
    let method = ask("GET", "/body", "*/*", "").await;
    assert_eq!(method.headers()[header::ALLOW], "POST");
    assert_eq!(json(method).await["error"], "invalid_request");
    let large = ask("POST", "/body", "*/*", "more than ten bytes").await;
    assert_eq!(large.status(), 413);
    assert_eq!(json(large).await["error"], "invalid_request");
    assert_eq!(ask("POST", "/body", "*/*", "few").await.status(), 200);
}

#[tokio::test]
async fn a_panic_says_nothing_of_itself() {
    let response = ask("GET", "/panic", "*/*", "").await;
    assert_eq!(response.status(), 500);
    let body = json(response).await;
    assert_eq!(body["error"], "server_error");
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn people_get_a_page_with_a_code() {
    let missing = ask("GET", "/none", "text/html,*/*", "").await;
    assert_eq!(missing.extensions().get::<Failure>().unwrap().code, "not_found");
    let own = ask("GET", "/page", "text/html", "").await;
    assert_eq!(own.extensions().get::<Failure>().unwrap().code, "own_code");
}
