//! Parameters of a query or a form, by the rules of OAuth.

use std::borrow::Cow;

/// RFC 6749 section 3.1: a parameter without a value is as good as absent, and none comes twice.
/// RFC 8707 section 2 lets `resource` repeat.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parameter is given twice")]
pub struct RepeatedParameter(pub String);

impl Params {
    pub fn parse(encoded: &[u8]) -> Result<Self, RepeatedParameter> {
        let mut params: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            if name != "resource" && params.iter().any(|(known, _)| *known == name) {
                return Err(RepeatedParameter(known(&name).into_owned()));
            }
            params.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(params))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A name that is repeated back to the caller: short and plain, whatever was sent.
fn known(name: &str) -> Cow<'_, str> {
    if name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        Cow::Borrowed(name)
    } else {
        Cow::Borrowed("parameter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_absent_and_twice_is_refused() {
        let params = Params::parse(b"a=1&b=&c=%E4%B8%AD+x").unwrap();
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), (Some("1"), None, Some("中 x")));
        assert_eq!(Params::parse(b"a=1&a=1").unwrap_err().0, "a");
        assert_eq!(Params::parse(b"%3Cb%3E=1&%3Cb%3E=1").unwrap_err().0, "parameter");
        assert!(Params::parse(b"resource=1&resource=2").is_ok());
    }
}
