//! One question sent, and the text of what came back.

use encoding_rs::{Encoding, UTF_8};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::NoAnswer;
use super::question::Question;
use crate::outbound::transport;

/// The longest answer that is read; the contract's have some 100 to 500 bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// Sends a question; `simulated` tells whether a simulator may answer it.
pub(super) async fn exchange(
    http: &Client,
    address: &Url,
    question: &Question<'_>,
    simulated: bool,
) -> Result<String, NoAnswer> {
    let response = http.post(address.clone()).json(question).send().await.map_err(|e| cause(&e))?;
    if response.headers().contains_key(transport::SIMULATOR) && !simulated {
        return Err(NoAnswer::Simulator);
    }
    match response.status() {
        StatusCode::OK => text(response).await,
        StatusCode::TOO_MANY_REQUESTS => Err(NoAnswer::Busy),
        status => Err(NoAnswer::Refused(status.as_u16())),
    }
}

/// The whole body, in the encoding that it says it has: serde_json would not look at the encoding of members
/// that it skips.
async fn text(response: Response) -> Result<String, NoAnswer> {
    let encoding = declared(response.headers()).ok_or(NoAnswer::Unreadable)?;
    let body =
        transport::body(response, LONGEST).await.map_err(|e| cause(&e))?.ok_or(NoAnswer::Unreadable)?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(&body);
    Ok(text.ok_or(NoAnswer::Unreadable)?.into_owned())
}

/// JSON is UTF-8 (RFC 8259 section 8.1) unless told otherwise, as older platforms do. `None` for a charset that
/// is not known.
fn declared(headers: &HeaderMap) -> Option<&'static Encoding> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let charset = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    charset.map_or(Some(UTF_8), |charset| Encoding::for_label(charset.as_bytes()))
}

fn cause(error: &reqwest::Error) -> NoAnswer {
    if error.is_timeout() { NoAnswer::Timeout } else { NoAnswer::Unreachable }
}
