//! Suites: sets of algorithms that are chosen together.

/// The algorithms behind a key. The number is the first byte of everything made with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Suite {
    /// AES-256-GCM-SIV (RFC 8452) and HMAC-SHA-256 (RFC 2104).
    International = 1,
}

impl Suite {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::International => "international",
        }
    }
}

impl std::str::FromStr for Suite {
    type Err = UnknownSuite;

    fn from_str(text: &str) -> Result<Self, UnknownSuite> {
        match text {
            "international" => Ok(Self::International),
            _ => Err(UnknownSuite),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a suite this program does not know")]
pub struct UnknownSuite;
