//! The languages the pages are written in.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "zh-Hans")]
    Simplified,
    #[serde(rename = "zh-Hant")]
    Traditional,
    #[serde(rename = "en")]
    English,
}

impl Language {
    pub const ALL: [Language; 3] = [Self::Simplified, Self::Traditional, Self::English];

    /// The BCP 47 tag, as in `<html lang>` and `ui_locales`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Simplified => "zh-Hans",
            Self::Traditional => "zh-Hant",
            Self::English => "en",
        }
    }

    /// The language a BCP 47 tag asks for, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        match parts.next()? {
            "en" => Some(Self::English),
            "zh" => {
                let traditional = parts.any(|p| matches!(p, "hant" | "tw" | "hk" | "mo"));
                Some(if traditional { Self::Traditional } else { Self::Simplified })
            }
            _ => None,
        }
    }

    /// The first of ours in an `Accept-Language` header, read in the order written: browsers send it
    /// sorted by weight.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split(';').next()).find_map(Self::from_tag)
    }

    /// The first of ours in `ui_locales`, a space-separated list (OpenID Connect Core section 3.1.2.1).
    pub fn from_ui_locales(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().find_map(Self::from_tag)
    }
}
