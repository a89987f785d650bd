//! The master key: 256 bits that never touch the database. It seals the data keys and the signing keys.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Suite, Unopenable, form};
use crate::base::Chance;

const NONCE: usize = 12;

pub struct MasterKey(LessSafeKey);

#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error("{path}: {why}")]
    File { path: String, why: String },
    #[error("{0}: a master key is 32 bytes in base64, on one line")]
    Form(String),
}

impl MasterKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        // The length is the algorithm's own, so this cannot fail.
        let key = UnboundKey::new(&AES_256_GCM_SIV, &bytes).expect("32 bytes make a key");
        Self(LessSafeKey::new(key))
    }

    /// Reads the key from a file.
    pub fn read(path: &Path) -> Result<Self, MasterKeyError> {
        let shown = path.display().to_string();
        let text = Zeroizing::new(
            std::fs::read_to_string(path)
                .map_err(|e| MasterKeyError::File { path: shown.clone(), why: e.to_string() })?,
        );
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Form(shown))?;
        Ok(Self::from_bytes(bytes))
    }

    /// Makes a new key in a file that only its owner can read. An existing file is never overwritten.
    pub fn create(path: &Path, chance: &Chance) -> Result<(), MasterKeyError> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let failed =
            |e: std::io::Error| MasterKeyError::File { path: path.display().to_string(), why: e.to_string() };
        let bytes = Zeroizing::new(chance.bytes::<32>());
        let text = Zeroizing::new(STANDARD.encode(bytes.as_ref()));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        writeln!(file, "{}", text.as_str()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Seals key material; `name` says which key it is and is bound to it.
    pub fn seal(&self, chance: &Chance, name: &str, key: &[u8]) -> Result<Vec<u8>, Unopenable> {
        let nonce: [u8; NONCE] = chance.bytes();
        let mut body = key.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut body,
            )
            .map_err(|_| Unopenable)?;
        let mut out = form::head(Suite::International, 1).to_vec();
        out.extend_from_slice(&nonce);
        out.append(&mut body);
        Ok(out)
    }

    pub fn unseal(&self, name: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        let (_, rest) = form::split(bytes)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(Unopenable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopenable)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length =
            self.0.open_in_place(nonce, Aad::from(name.as_bytes()), &mut body).map_err(|_| Unopenable)?.len();
        body.truncate(length);
        Ok(body)
    }
}
