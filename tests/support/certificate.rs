//! A certificate of a server on this machine, which vouches for itself: who is told that it is a root believes it.

use std::path::{Path, PathBuf};

pub struct Certificate {
    pub file: PathBuf,
    pub key_file: PathBuf,
}

impl Certificate {
    /// Writes certificate and key into a directory. The certificate is for `localhost`, and for no address.
    pub fn write_into(directory: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let (file, key_file) = (directory.join("server.pem"), directory.join("server.key"));
        std::fs::write(&file, made.cert.pem()).expect("the directory can be written");
        std::fs::write(&key_file, made.signing_key.serialize_pem()).expect("the directory can be written");
        Self { file, key_file }
    }
}
