//! Bare digests in hexadecimal, with or without the salt of a column beside them.

use md5::Digest as _;
use zeroize::Zeroizing;

use super::{Check, Scheme, from_hex, hex};
use crate::crypto;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Sm3,
}

impl Algorithm {
    pub const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 | Self::Sm3 => 32,
        }
    }

    /// Of the parts, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let whole = Zeroizing::new(parts.concat());
        let sha = |algorithm| aws_lc_rs::digest::digest(algorithm, &whole).as_ref().to_vec();
        Zeroizing::new(match self {
            Self::Md5 => md5::Md5::digest(whole.as_slice()).to_vec(),
            Self::Sha1 => sha(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY),
            Self::Sha256 => sha(&aws_lc_rs::digest::SHA256),
            Self::Sm3 => sm3::Sm3::digest(whole.as_slice()).to_vec(),
        })
    }
}

/// How password and salt were put together, and what was kept.
enum Form {
    Alone,
    /// The digest of the lower-case hexadecimal digest.
    Twice,
    /// The middle eight bytes are kept.
    Middle,
    SaltFirst(String),
    SaltLast(String),
}

struct Digested {
    algorithm: Algorithm,
    form: Form,
    expected: Zeroizing<Vec<u8>>,
}

pub(super) fn read(scheme: Scheme, stored: &str, salt: &str) -> Option<Box<dyn Check>> {
    let with_salt = |form: fn(String) -> Form| (!salt.is_empty()).then(|| form(salt.to_owned()));
    let (algorithm, form) = match scheme {
        Scheme::Md5 | Scheme::Md5Upper => (Algorithm::Md5, Form::Alone),
        Scheme::Md5Twice => (Algorithm::Md5, Form::Twice),
        Scheme::Md5Middle => (Algorithm::Md5, Form::Middle),
        Scheme::Md5SaltFirst => (Algorithm::Md5, with_salt(Form::SaltFirst)?),
        Scheme::Md5SaltLast => (Algorithm::Md5, with_salt(Form::SaltLast)?),
        Scheme::Sha1 => (Algorithm::Sha1, Form::Alone),
        Scheme::Sha256 => (Algorithm::Sha256, Form::Alone),
        Scheme::Sha256SaltFirst => (Algorithm::Sha256, with_salt(Form::SaltFirst)?),
        Scheme::Sm3SaltFirst => (Algorithm::Sm3, with_salt(Form::SaltFirst)?),
        _ => return None,
    };
    let expected = from_hex(stored)?;
    let length = if matches!(form, Form::Middle) { 8 } else { algorithm.length() };
    (expected.len() == length).then(|| Box::new(Digested { algorithm, form, expected }) as Box<dyn Check>)
}

impl Check for Digested {
    fn matches(&self, password: &[u8]) -> bool {
        let digest = |parts: &[&[u8]]| self.algorithm.digest(parts);
        match &self.form {
            Form::Alone => crypto::equal(&self.expected, &digest(&[password])),
            Form::Twice => {
                let inner = hex(&digest(&[password]));
                crypto::equal(&self.expected, &digest(&[inner.as_bytes()]))
            }
            Form::Middle => crypto::equal(&self.expected, &digest(&[password])[4..12]),
            Form::SaltFirst(salt) => crypto::equal(&self.expected, &digest(&[salt.as_bytes(), password])),
            Form::SaltLast(salt) => crypto::equal(&self.expected, &digest(&[password, salt.as_bytes()])),
        }
    }
}
