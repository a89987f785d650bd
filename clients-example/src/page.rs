//! Pages: a template, the one style sheet, and the headers that let a page do nothing it need not do.

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// A rendered page.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Adds `/page.css` and the headers. `sends_forms_to` is one more origin that a form's answer may lead to:
/// browsers follow the policy through redirects, and signing out leads to the provider.
pub fn with_pages(router: Router, sends_forms_to: &str) -> Router {
    with_policy(router, sends_forms_to, "")
}

/// The same for pages with a script, at `/page.js`, that may speak to its own server.
pub fn with_pages_and_script(router: Router, sends_forms_to: &str, script: &'static str) -> Router {
    let answer = move || async move {
        let headers = [
            (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
            (header::CACHE_CONTROL, "max-age=3600"),
        ];
        (headers, script).into_response()
    };
    with_policy(router, sends_forms_to, "script-src 'self'; connect-src 'self'; ")
        .route("/page.js", get(answer))
}

fn with_policy(router: Router, sends_forms_to: &str, more: &str) -> Router {
    let policy = format!(
        "default-src 'none'; style-src 'self'; {more}form-action 'self' {sends_forms_to}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    router
        .layer(axum::middleware::map_response(move |mut response: Response| {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            // These pages are one person's.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            async move { response }
        }))
        .route("/page.css", get(style_sheet))
}

async fn style_sheet() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (kind, include_str!("../assets/page.css")).into_response()
}
