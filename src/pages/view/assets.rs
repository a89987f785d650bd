//! Style sheet, scripts and seal. The address holds a hash of the content: a browser may keep it for ever.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};

/// A static file, compiled in.
pub struct Asset {
    name: &'static str,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    path: LazyLock<String>,
}

macro_rules! asset {
    ($name:literal, $content_type:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../assets/", $name));
        Asset {
            name: $name,
            content_type: $content_type,
            bytes: BYTES,
            path: LazyLock::new(|| address($name, BYTES)),
        }
    }};
}

static ALL: [Asset; 4] = [
    asset!("yihao.css", "text/css; charset=utf-8"),
    asset!("passkey.js", "text/javascript; charset=utf-8"),
    asset!("reveal.js", "text/javascript; charset=utf-8"),
    asset!("seal.svg", "image/svg+xml"),
];

impl Asset {
    /// `/assets/<hash>/yihao.css`: serve it with `Cache-Control: public, max-age=31536000, immutable`.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn all() -> &'static [Asset] {
        &ALL
    }

    pub fn named(name: &str) -> Option<&'static Asset> {
        ALL.iter().find(|asset| asset.name == name)
    }

    /// The asset that lives at a path of a request.
    pub fn at(path: &str) -> Option<&'static Asset> {
        ALL.iter().find(|asset| asset.path() == path)
    }
}

fn address(name: &str, bytes: &[u8]) -> String {
    let hash: String = digest(&SHA256, bytes).as_ref().iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("/assets/{hash}/{name}")
}
