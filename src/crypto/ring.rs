//! Data keys by purpose and version.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, UnboundKey};
use zeroize::Zeroizing;

use super::{Suite, Unopenable};

/// What a data key is for. One key never serves two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Columns that hold numbers, names and phones.
    Field,
    /// The blind index by which they are found.
    Index,
    /// The seal on rows that grant something.
    Seal,
    /// Session cookies, refresh tokens and form tokens.
    Ticket,
}

impl Purpose {
    pub const ALL: [Purpose; 4] = [Self::Field, Self::Index, Self::Seal, Self::Ticket];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Index => "index",
            Self::Seal => "seal",
            Self::Ticket => "ticket",
        }
    }
}

impl std::str::FromStr for Purpose {
    type Err = Unopenable;

    fn from_str(text: &str) -> Result<Self, Unopenable> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or(Unopenable)
    }
}

/// A key of 256 bits with its name.
#[derive(Clone)]
pub struct DataKey {
    pub purpose: Purpose,
    pub version: u16,
    pub suite: Suite,
    pub bytes: Zeroizing<[u8; 32]>,
    /// Ready for use: expanding a key costs more than using it.
    pub(super) mac: aws_lc_rs::hmac::Key,
    /// None only if the library knows no such cipher: then nothing opens.
    pub(super) cipher: Option<Arc<LessSafeKey>>,
}

impl DataKey {
    pub fn new(purpose: Purpose, version: u16, suite: Suite, bytes: [u8; 32]) -> Self {
        let mac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &bytes);
        let cipher = UnboundKey::new(&AES_256_GCM_SIV, &bytes).ok().map(LessSafeKey::new).map(Arc::new);
        Self { purpose, version, suite, bytes: Zeroizing::new(bytes), mac, cipher }
    }
}

/// The live keys of one purpose. The newest makes new things; all open old ones.
#[derive(Clone, Default)]
pub struct Ring(BTreeMap<u16, DataKey>);

impl Ring {
    pub fn newest(&self) -> Result<&DataKey, Unopenable> {
        self.0.values().next_back().ok_or(Unopenable)
    }

    pub fn version(&self, version: u16) -> Result<&DataKey, Unopenable> {
        self.0.get(&version).ok_or(Unopenable)
    }

    /// Newest first.
    pub fn iter(&self) -> impl Iterator<Item = &DataKey> {
        self.0.values().rev()
    }

    pub fn versions(&self) -> Vec<u16> {
        self.0.keys().copied().collect()
    }
}

/// All live data keys.
#[derive(Clone, Default)]
pub struct DataKeys {
    pub field: Ring,
    pub index: Ring,
    pub seal: Ring,
    pub ticket: Ring,
}

impl FromIterator<DataKey> for DataKeys {
    fn from_iter<I: IntoIterator<Item = DataKey>>(keys: I) -> Self {
        let mut all = DataKeys::default();
        for key in keys {
            let ring = match key.purpose {
                Purpose::Field => &mut all.field,
                Purpose::Index => &mut all.index,
                Purpose::Seal => &mut all.seal,
                Purpose::Ticket => &mut all.ticket,
            };
            ring.0.insert(key.version, key);
        }
        all
    }
}
