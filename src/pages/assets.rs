//! Style sheet, scripts and seal, by addresses that change with the content.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::view::Asset;
use crate::http::Failure;

pub async fn serve(uri: Uri) -> Result<Response, Failure> {
    let asset = Asset::at(uri.path()).ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "not_found"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.bytes).into_response())
}
