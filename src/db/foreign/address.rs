//! Where a source is, and by which name one comes in: a URL whose user and password are percent-encoded where they
//! have characters that a URL has for itself (`%`, `/`, `?`, `#`, `:`).

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::Url;

use super::Error;

pub(super) struct Address {
    pub(super) scheme: String,
    /// Without the brackets of IPv6.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) user: String,
    pub(super) password: String,
    /// Without its first slash.
    pub(super) path: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Address {
    /// # Errors
    /// `form`: what the address should be like. What it is like is not told, since a password is in it.
    pub(super) fn parse(url: &str, schemes: &[&str], form: &'static str) -> Result<Self, Error> {
        let wrong = || Error::Address(form);
        let url = Url::parse(url).map_err(|_| wrong())?;
        let decoded =
            |text: &str| percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| wrong());
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        if !schemes.contains(&url.scheme()) || url.fragment().is_some() {
            return Err(wrong());
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: decoded(host.trim_start_matches('[').trim_end_matches(']'))?,
            port: url.port(),
            user: decoded(url.username())?,
            password: decoded(url.password().unwrap_or_default())?,
            path: decoded(url.path().trim_start_matches('/'))?,
            parameters: url.query_pairs().into_owned().collect(),
        })
    }

    /// Whether the source is on this machine: nobody else hears what it says then.
    pub(super) fn is_here(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, Error> {
        Address::parse(url, &["ldap", "mysql"], "of another form")
    }

    #[test]
    fn users_and_passwords_may_be_anything() {
        let address =
            parse("ldap://cn=读者,ou=系统 账号,dc=old:p+a%3A%2Fß@s@Old.example:1389/?tls=none").unwrap();
        assert_eq!(address.user, "cn=读者,ou=系统 账号,dc=old");
        assert_eq!(address.password, "p+a:/ß@s");
        assert_eq!((address.port, address.path.as_str()), (Some(1389), ""));
        assert_eq!(address.parameters, [("tls".to_owned(), "none".to_owned())]);
        assert!(!address.is_here());
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (host, here) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("10.0.0.1", false),
            ("[fe80::1]", false),
            ("localhost.example", false),
        ] {
            assert_eq!(parse(&format!("mysql://{host}/x")).unwrap().is_here(), here, "{host}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        for url in ["", "secret", "mysql://", "mysql:///x", "oracle://u:secret@h/x", "mysql://u:secret@h/x#y"]
        {
            let error = parse(url).err().expect("refused").to_string();
            assert!(error.contains("of another form") && !error.contains("secret"), "{url}: {error}");
        }
    }
}
