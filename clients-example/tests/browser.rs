//! As much of a browser as the tests need: cookies by name (ports are ignored, as in life) and redirects.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, StatusCode, redirect::Policy};
use url::Url;

pub struct Browser {
    http: Client,
    pub cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub url: Url,
    pub text: String,
}

impl Page {
    /// The text of the element with this id.
    pub fn element(&self, id: &str) -> Option<&str> {
        let (_, after) = self.text.split_once(&format!("id=\"{id}\""))?;
        let (_, content) = after.split_once('>')?;
        content.split_once('<').map(|(text, _)| text)
    }
}

impl Browser {
    pub fn new() -> Self {
        let http = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { http, cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, url: &str) -> Page {
        self.go(Method::GET, url, &[], true).await
    }

    pub async fn post(&mut self, url: &str) -> Page {
        self.fill(url, &[]).await
    }

    /// Posts a form.
    pub async fn fill(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        self.go(Method::POST, url, form, true).await
    }

    /// Where this address leads, without going there.
    pub async fn redirect(&mut self, url: &str) -> Url {
        self.go(Method::GET, url, &[], false).await.url
    }

    async fn go(&mut self, mut method: Method, url: &str, form: &[(&str, &str)], follow: bool) -> Page {
        let mut url = Url::parse(url).expect("an address");
        for _ in 0..10 {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = self.http.request(method.clone(), url.clone()).header(COOKIE, cookies.join("; "));
            let request = if method == Method::POST { request.form(form) } else { request };
            let answer = request.send().await.expect("an answer");
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let cookie = cookie.to_str().expect("a cookie is text");
                assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
                let (name, value) =
                    cookie.split(';').next().and_then(|c| c.split_once('=')).expect("a cookie");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let status = answer.status();
            let Some(location) = answer.headers().get(LOCATION) else {
                return Page { status, url, text: answer.text().await.expect("a text") };
            };
            url = url.join(location.to_str().expect("text")).expect("an address");
            method = Method::GET;
            if !follow {
                return Page { status, url, text: String::new() };
            }
        }
        panic!("redirected for ever, at last to {url}");
    }
}
