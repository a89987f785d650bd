//! Recipes: the requests a browser (or a sign-in page's script) sends on its
//! way to the authorization code, with fields taken from earlier answers.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use regex::Regex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use crate::http::{Conn, Reply};
use crate::jar::Jar;

/// Redirects followed within one step before giving up.
const MAX_REDIRECTS: usize = 10;

pub type Vars = HashMap<String, String>;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default = "get")]
    pub method: String,
    /// Absolute, or relative to the URL the step before ended at.
    pub url: String,
    pub form: Option<BTreeMap<String, String>>,
    pub json: Option<serde_json::Value>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub extract: Vec<Extract>,
}

/// One value to take from an answer: exactly one of `regex` (first group),
/// `css` (with `attr`, else the element's text), `json` (a pointer), or none
/// of them for the whole text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    pub var: String,
    /// `body` (the default), `url`, or `header:<name>`.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default, deserialize_with = "compile")]
    pub regex: Option<Regex>,
    pub css: Option<String>,
    pub attr: Option<String>,
    pub json: Option<String>,
    /// `spow` solves a proof-of-work puzzle of that kind.
    pub solve: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

fn compile<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(d)?;
    Regex::new(&text).map(Some).map_err(serde::de::Error::custom)
}

impl Step {
    pub fn get(url: &str) -> Self {
        Step {
            method: get(),
            url: url.to_owned(),
            form: None,
            json: None,
            headers: BTreeMap::new(),
            extract: Vec::new(),
        }
    }
}

/// Runs the steps until an answer redirects to `redirect_uri`; gives that URL.
pub async fn run(
    steps: &[Step],
    conn: &mut Conn,
    jar: &mut Jar,
    vars: &mut Vars,
    redirect_uri: &str,
) -> Result<Url> {
    let mut at: Option<Url> = None;
    for (index, step) in steps.iter().enumerate() {
        let target = fill(&step.url, vars);
        let mut url = match &at {
            Some(base) => base.join(&target)?,
            None => Url::parse(&target)?,
        };
        let mut method = Method::from_bytes(step.method.as_bytes())?;
        let (mut headers, mut body) = step_content(step, vars)?;
        for hop in 0.. {
            if let Some(cookie) = jar.header(&url) {
                headers.insert(COOKIE, cookie);
            }
            let reply = conn.send(method.clone(), &url, headers.clone(), body.clone()).await?;
            jar.store(&reply.headers, &url);
            // Some sign-in scripts are handed the way on in a 2xx answer's Location.
            if let Some(location) = reply.headers.get(LOCATION) {
                let next = url.join(location.to_str()?)?;
                if next.as_str().starts_with(redirect_uri) {
                    return Ok(next);
                }
                if reply.status.is_redirection() {
                    if hop == MAX_REDIRECTS {
                        bail!("step {index}: more than {MAX_REDIRECTS} redirects, last to {next}");
                    }
                    url = next;
                    method = Method::GET;
                    headers = HeaderMap::new();
                    body = Bytes::new();
                    continue;
                }
            }
            if !reply.status.is_success() {
                bail!("step {index} at {url}: {}: {}", reply.status, reply.excerpt());
            }
            for extract in &step.extract {
                let value = take(extract, &reply, &url)
                    .with_context(|| format!("step {index} at {url}: {}", reply.excerpt()))?;
                vars.insert(extract.var.clone(), value);
            }
            break;
        }
        at = Some(url);
    }
    bail!("the recipe ended without a redirect to {redirect_uri}")
}

fn step_content(step: &Step, vars: &Vars) -> Result<(HeaderMap, Bytes)> {
    let mut headers = HeaderMap::new();
    for (name, value) in &step.headers {
        headers.insert(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(&fill(value, vars))?);
    }
    let body = if let Some(form) = &step.form {
        headers.insert(CONTENT_TYPE, form_type());
        form_body(form.iter().map(|(k, v)| (k.as_str(), fill(v, vars))))
    } else if let Some(json) = &step.json {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Bytes::from(serde_json::to_vec(&fill_json(json, vars))?)
    } else {
        Bytes::new()
    };
    Ok((headers, body))
}

/// Replaces each `{name}` that names a variable; leaves other braces alone.
pub fn fill(template: &str, vars: &Vars) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        match rest.find('}').and_then(|close| vars.get(&rest[1..close]).map(|v| (v, close))) {
            Some((value, close)) => {
                out.push_str(value);
                rest = &rest[close + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn fill_json(value: &serde_json::Value, vars: &Vars) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(fill(text, vars)),
        Value::Array(items) => items.iter().map(|v| fill_json(v, vars)).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), fill_json(v, vars))).collect())
        }
        other => other.clone(),
    }
}

fn take(extract: &Extract, reply: &Reply, url: &Url) -> Result<String> {
    let source = match extract.from.as_deref() {
        None | Some("body") => String::from_utf8_lossy(&reply.body).into_owned(),
        Some("url") => url.to_string(),
        Some(from) => {
            let name = from.strip_prefix("header:").context("unknown extract source")?;
            let header = reply.headers.get(name).with_context(|| format!("no header {name}"))?;
            header.to_str()?.to_owned()
        }
    };
    let value = if let Some(regex) = &extract.regex {
        let found = regex.captures(&source).and_then(|groups| groups.get(1));
        found.with_context(|| format!("{regex} not found"))?.as_str().to_owned()
    } else if let Some(css) = &extract.css {
        take_css(&source, css, extract.attr.as_deref())?
    } else if let Some(pointer) = &extract.json {
        let json: serde_json::Value = serde_json::from_str(&source)?;
        let found = json.pointer(pointer).with_context(|| format!("no {pointer}"))?;
        found.as_str().map_or_else(|| found.to_string(), str::to_owned)
    } else {
        source
    };
    match extract.solve.as_deref() {
        None => Ok(value),
        Some("spow") => solve_spow(value.trim_matches('"')),
        Some(other) => bail!("no solver for {other}"),
    }
}

fn take_css(html: &str, css: &str, attr: Option<&str>) -> Result<String> {
    let selector =
        scraper::Selector::parse(css).map_err(|e| anyhow::anyhow!("bad CSS selector {css}: {e}"))?;
    let document = scraper::Html::parse_document(html);
    let element = document.select(&selector).next().with_context(|| format!("no {css}"))?;
    Ok(match attr {
        Some(name) => element.attr(name).with_context(|| format!("{css} has no {name}"))?.to_owned(),
        None => element.text().collect(),
    })
}

/// A puzzle `1:<bits>:…:` is solved by the first counter whose addition makes
/// the SHA-256 of the whole start with that many zero bits.
fn solve_spow(puzzle: &str) -> Result<String> {
    let bits: u32 = puzzle.split(':').nth(1).context("no difficulty in puzzle")?.parse()?;
    if bits > 24 {
        bail!("puzzle of {bits} bits is too hard to be part of a load test");
    }
    let prefix = Sha256::new().chain_update(puzzle);
    for counter in 0u64.. {
        let hash = prefix.clone().chain_update(counter.to_string()).finalize();
        let head = u32::from_be_bytes(hash[..4].try_into().expect("four bytes"));
        if head.leading_zeros() >= bits {
            return Ok(format!("{puzzle}{counter}"));
        }
    }
    unreachable!("the counter does not end")
}

pub fn form_type() -> HeaderValue {
    HeaderValue::from_static("application/x-www-form-urlencoded")
}

pub fn form_body<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Bytes {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        form.append_pair(name, &value);
    }
    Bytes::from(form.finish())
}

pub fn basic(id: &str, secret: &str) -> Result<(HeaderName, HeaderValue)> {
    let encode = |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
    Ok((AUTHORIZATION, HeaderValue::from_str(&format!("Basic {pair}"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_only_known_names() {
        let vars = Vars::from([("a".to_owned(), "1".to_owned())]);
        assert_eq!(fill("{a}/{b}/{a}{", &vars), "1/{b}/1{");
    }

    #[test]
    fn solves_a_puzzle() {
        let solved = solve_spow("1:08:0:salt:hash:").unwrap();
        assert_eq!(Sha256::digest(&solved)[0], 0);
    }

    #[test]
    fn takes_by_css() {
        let html = r#"<form><input name="t" value="x1"></form>"#;
        assert_eq!(take_css(html, "input[name=t]", Some("value")).unwrap(), "x1");
    }
}
