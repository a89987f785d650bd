//! The redirect URI is one that the client has registered: compared as text (RFC 9700 section 2.1), except
//! that a native client on loopback may use any port (RFC 8252 section 7.3).

use url::Url;

use crate::client::Metadata;

pub fn registered(metadata: &Metadata, uri: &str) -> bool {
    metadata.redirect_uris.iter().any(|known| known == uri || same_but_for_port(known, uri))
}

fn same_but_for_port(known: &str, uri: &str) -> bool {
    let (Ok(mut known), Ok(mut asked)) = (Url::parse(known), Url::parse(uri)) else { return false };
    // Only the literal addresses: what `localhost` resolves to is not ours to know.
    let loopback = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    if known.scheme() != "http" || !loopback(&known) || !loopback(&asked) {
        return false;
    }
    known.set_port(None).is_ok() && asked.set_port(None).is_ok() && known == asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_registered_and_any_loopback_port() {
        let metadata = Metadata {
            redirect_uris: vec!["https://a.example/cb".to_owned(), "http://127.0.0.1/cb".to_owned()],
            ..Metadata::default()
        };
        for good in ["https://a.example/cb", "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"] {
            assert!(registered(&metadata, good), "{good}");
        }
        for bad in [
            "https://a.example/cb/",
            "https://a.example/cb?x=1",
            "https://A.example/cb",
            "http://a.example/cb",
            "https://a.example:444/cb",
            "http://127.0.0.1:1/other",
            "https://127.0.0.1/cb",
            "http://localhost/cb",
            "http://127.0.0.1:1@evil.example/cb",
            "",
        ] {
            assert!(!registered(&metadata, bad), "{bad}");
        }
    }
}
