//! What a service is told (section 2.5.2 and appendix A): XML, or JSON where it asks for that.

use std::fmt::Write;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::http::{Failure, Params};

/// Section 2.5.3 and section 2.7.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    InvalidTicket,
    InvalidService,
    InvalidProxyCallback,
    UnauthorizedServiceProxy,
    InternalError,
}

impl Code {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::InvalidTicket => "INVALID_TICKET",
            Self::InvalidService => "INVALID_SERVICE",
            Self::InvalidProxyCallback => "INVALID_PROXY_CALLBACK",
            Self::UnauthorizedServiceProxy => "UNAUTHORIZED_SERVICE_PROXY",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }
}

#[derive(Debug)]
pub struct Refused {
    pub code: Code,
    pub why: String,
}

impl Refused {
    pub fn new(code: Code, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }

    /// The cause is for the log.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a ticket could not be validated");
        Self::new(Code::InternalError, "something of ours does not work: try again")
    }

    pub fn of_failure(failure: Failure) -> Self {
        if failure.status.is_server_error() {
            return Self::new(Code::InternalError, "something of ours does not work: try again");
        }
        Self::new(Code::InvalidService, failure.detail.unwrap_or_else(|| failure.code.to_owned()))
    }
}

pub struct Validated {
    pub user: String,
    /// Empty where the service asked without (CAS 2.0).
    pub attributes: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Xml,
    Json,
}

impl Form {
    pub fn of(params: &Params) -> Self {
        let json = params.get("format").is_some_and(|format| format.eq_ignore_ascii_case("json"));
        if json { Self::Json } else { Self::Xml }
    }

    pub fn validated(self, Validated { user, attributes }: &Validated) -> Response {
        match self {
            Self::Json => {
                let mut success = json!({ "user": user });
                if !attributes.is_empty() {
                    let flat = attributes.iter().map(|(name, value)| {
                        let mut values = texts(value);
                        let one = values.len() == 1 && !value.is_array();
                        (name.clone(), if one { json!(values.remove(0)) } else { json!(values) })
                    });
                    success["attributes"] = Value::Object(flat.collect());
                }
                told(json!({ "authenticationSuccess": success }))
            }
            Self::Xml => {
                let mut xml = format!("<cas:authenticationSuccess><cas:user>{}</cas:user>", escaped(user));
                if !attributes.is_empty() {
                    xml.push_str("<cas:attributes>");
                    for (name, value) in attributes {
                        for text in texts(value) {
                            let _ = write!(xml, "<cas:{name}>{}</cas:{name}>", escaped(&text));
                        }
                    }
                    xml.push_str("</cas:attributes>");
                }
                xml.push_str("</cas:authenticationSuccess>");
                document(&xml)
            }
        }
    }

    pub fn refused(self, refused: &Refused) -> Response {
        self.failure("authenticationFailure", refused)
    }

    pub fn proxy_refused(self, refused: &Refused) -> Response {
        self.failure("proxyFailure", refused)
    }

    fn failure(self, what: &'static str, Refused { code, why }: &Refused) -> Response {
        let code = code.as_str();
        match self {
            Self::Json => {
                let mut answer = Map::new();
                answer.insert(what.to_owned(), json!({ "code": code, "description": why }));
                told(Value::Object(answer))
            }
            Self::Xml => document(&format!("<cas:{what} code=\"{code}\">{}</cas:{what}>", escaped(why))),
        }
    }
}

/// Every answer is 200: clients read what stands in it.
fn told(answer: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "serviceResponse": answer }))).into_response()
}

fn document(inner: &str) -> Response {
    let xml = format!(
        "<cas:serviceResponse xmlns:cas=\"http://www.yale.edu/tp/cas\">{inner}</cas:serviceResponse>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, xml).into_response()
}

/// An attribute is text, or several. Of an object the part that names it: an address's text, an account's id.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => match members.get("formatted").or_else(|| members.get("id")) {
            Some(named) => texts(named),
            None => vec![value.to_string()],
        },
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

/// Text in XML 1.0, which cannot say control characters at all.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push(c),
            c if (c as u32) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_xml_cannot_leave_it() {
        assert_eq!(escaped("<a b=\"c\">&'\u{0}"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\u{fffd}");
    }

    #[test]
    fn attributes_are_texts() {
        assert_eq!(texts(&json!({"formatted": "路1号"})), ["路1号"]);
        assert_eq!(texts(&json!([{"source": "si", "id": "7"}, {"source": "si", "id": "8"}])), ["7", "8"]);
        assert_eq!(
            (texts(&json!(true)), texts(&json!(3)).len(), texts(&json!(null)).len()),
            (vec!["true".to_owned()], 1, 0)
        );
    }
}
