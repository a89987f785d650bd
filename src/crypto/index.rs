//! The blind index: equal values have equal digests, and without the key a digest tells nothing. A plain
//! hash would not do: there are only some 10^10 possible citizen numbers.

use super::{DataKey, DataKeys, form};

/// The digest of a value under one key version, suite and version in front.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlindIndex {
    pub version: u16,
    pub digest: Vec<u8>,
}

impl DataKeys {
    /// The digests of `value` under every live key version, newest first. `domain` keeps apart values of
    /// different meaning: a phone and a user name of the same digits have different digests.
    pub fn blind(&self, domain: &str, value: &str) -> Vec<BlindIndex> {
        self.index.iter().map(|key| blind(key, domain, value)).collect()
    }
}

pub fn blind(key: &DataKey, domain: &str, value: &str) -> BlindIndex {
    let mut mac = aws_lc_rs::hmac::Context::with_key(&key.mac);
    mac.update(domain.as_bytes());
    mac.update(&[0]);
    mac.update(value.as_bytes());
    let mut digest = form::head(key.suite, key.version).to_vec();
    digest.extend_from_slice(mac.sign().as_ref());
    BlindIndex { version: key.version, digest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Purpose, Suite};

    #[test]
    fn domains_and_versions_are_kept_apart() {
        let keys: DataKeys = [1, 2]
            .map(|v| DataKey::new(Purpose::Index, v, Suite::International, [u8::try_from(v).unwrap(); 32]))
            .into_iter()
            .collect();
        let digests = keys.blind("phone", "1");
        assert_eq!(digests.iter().map(|d| d.version).collect::<Vec<_>>(), [2, 1]);
        assert_ne!(digests[0].digest[3..], digests[1].digest[3..]);
        assert_ne!(keys.blind("phone", "1"), keys.blind("user-name", "1"));
        assert_eq!(keys.blind("phone", "1"), digests);
    }
}
