//! The password hashes of legacy systems. They are compared once, so that their owner gets in and sets a new
//! password; none is ever made.
//!
//! Which schemes a hash may be of is declared by its source's profile. Form alone does not decide: `{MD5}` is
//! base64 to an LDAP server and hexadecimal with a salt to Spring, and 32 hexadecimal digits are MD5 in half a
//! dozen arrangements. What fits the form of several declared schemes is compared with each.

mod aspnet;
mod bcrypt;
mod digest;
mod django;
mod ldap;
mod pbkdf2;
mod phpass;
mod scheme;
mod spring;

pub use scheme::Scheme;

use zeroize::Zeroizing;

use crate::base::Secret;

/// Bytes of the longest password that is tried: beyond it lies nobody's password, only work for us.
const LONGEST: usize = 512;

/// A stored hash of one declared scheme, read.
trait Check: Send + Sync {
    /// Whether it was made of these bytes. Compares in constant time.
    fn matches(&self, password: &[u8]) -> bool;
}

/// A stored hash, read; what comparing costs was bounded by reading it.
pub struct LegacyHash(Vec<Box<dyn Check>>);

impl LegacyHash {
    /// Reads `stored`, with the salt of a column of its own (or empty). `None` if it has the form of none of the
    /// declared schemes, or would cost more to compare than a row of somebody's dump may make us pay.
    pub fn read(schemes: &[Scheme], stored: &str, salt: &str) -> Option<Self> {
        let checks: Vec<_> = schemes.iter().filter_map(|scheme| scheme.read(stored.trim(), salt)).collect();
        (!checks.is_empty()).then_some(Self(checks))
    }

    /// Whether `password` is the one it was made of, as UTF-8 or, where that makes a difference, as the GBK that
    /// older systems hashed. Takes the same time whichever it is.
    pub(super) fn matches(&self, password: &Secret) -> bool {
        let text = password.reveal();
        if text.is_empty() || text.len() > LONGEST {
            return false;
        }
        let mut encodings = vec![Zeroizing::new(text.as_bytes().to_vec())];
        if !text.is_ascii() {
            let (gbk, _, unmappable) = encoding_rs::GBK.encode(text);
            let gbk = Zeroizing::new(gbk.into_owned());
            // What GBK cannot say the encoder writes as a numeric reference, which nobody has typed.
            encodings.extend((!unmappable).then_some(gbk));
        }
        let each = self.0.iter().flat_map(|check| encodings.iter().map(|bytes| check.matches(bytes)));
        each.fold(false, |any, one| any | one)
    }
}

impl std::fmt::Debug for LegacyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegacyHash(…)")
    }
}

/// The bytes of hexadecimal text, in either case.
fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let nibble = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    });
    bytes.collect::<Option<Vec<_>>>().map(Zeroizing::new)
}

/// Lower-case hexadecimal text.
fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write;
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of base64 text (RFC 4648 section 4); what dumps have lost of the padding is forgiven.
fn from_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests;
