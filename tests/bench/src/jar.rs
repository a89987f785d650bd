//! The part of a browser's cookie jar that signing in on one host needs:
//! name, path, value and deletion.

use hyper::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

#[derive(Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
}

struct Cookie {
    name: String,
    path: String,
    value: String,
}

impl Jar {
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    pub fn store(&mut self, headers: &HeaderMap, url: &Url) {
        for header in headers.get_all(SET_COOKIE) {
            if let Ok(text) = header.to_str() {
                self.store_one(text, url);
            }
        }
    }

    fn store_one(&mut self, text: &str, url: &Url) {
        let mut parts = text.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut path = default_path(url);
        let mut gone = value.is_empty();
        for attribute in parts {
            let (key, val) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" if val.starts_with('/') => path = val.to_owned(),
                "max-age" => gone |= val.parse::<i64>().is_ok_and(|age| age <= 0),
                "expires" => gone |= val.contains("1970"),
                _ => {}
            }
        }
        self.cookies.retain(|c| !(c.name == name && c.path == path));
        if !gone {
            self.cookies.push(Cookie { name: name.to_owned(), path, value: value.to_owned() });
        }
    }

    /// The `Cookie` header for a request to this URL.
    pub fn header(&self, url: &Url) -> Option<HeaderValue> {
        let mut line = String::new();
        for cookie in self.cookies.iter().filter(|c| path_matches(url.path(), &c.path)) {
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(&cookie.name);
            line.push('=');
            line.push_str(&cookie.value);
        }
        if line.is_empty() { None } else { HeaderValue::from_str(&line).ok() }
    }
}

/// RFC 6265, section 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}

fn path_matches(request: &str, cookie: &str) -> bool {
    request
        .strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(lines: &[&str]) -> Jar {
        let url = Url::parse("http://h/a/b").unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(SET_COOKIE, line.parse().unwrap());
        }
        let mut jar = Jar::default();
        jar.store(&headers, &url);
        jar
    }

    fn sent(jar: &Jar, url: &str) -> String {
        let header = jar.header(&Url::parse(url).unwrap());
        header.map(|h| h.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn keeps_to_the_path() {
        let jar = jar(&["s=1; Path=/", "i=2; path=/x; HttpOnly", "d=3"]);
        assert_eq!(sent(&jar, "http://h/x/y"), "s=1; i=2");
        assert_eq!(sent(&jar, "http://h/xy"), "s=1");
        assert_eq!(sent(&jar, "http://h/a/c"), "s=1; d=3");
    }

    #[test]
    fn replaces_and_deletes() {
        let jar = jar(&["s=1; Path=/", "s=2; Path=/", "t=1; Path=/", "t=; Path=/", "u=1; Max-Age=0"]);
        assert_eq!(sent(&jar, "http://h/a/b"), "s=2");
    }
}
