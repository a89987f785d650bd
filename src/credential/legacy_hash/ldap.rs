//! What directories keep in `userPassword` (RFC 2307 section 5.3): a scheme in braces and base64 of the digest,
//! with the salt behind it.

use zeroize::Zeroizing;

use super::digest::Algorithm;
use super::{Check, Scheme, from_base64};
use crate::crypto;

/// Bytes of the longest salt.
const LONGEST_SALT: usize = 64;

struct Digested {
    algorithm: Algorithm,
    /// Digest and salt.
    whole: Zeroizing<Vec<u8>>,
}

pub(super) fn read(scheme: Scheme, stored: &str) -> Option<Box<dyn Check>> {
    let (prefix, algorithm) = match scheme {
        Scheme::LdapSsha => ("{SSHA}", Algorithm::Sha1),
        Scheme::LdapSha => ("{SHA}", Algorithm::Sha1),
        Scheme::LdapMd5 => ("{MD5}", Algorithm::Md5),
        _ => return None,
    };
    let whole = from_base64(after(prefix, stored)?)?;
    let salt = whole.len().checked_sub(algorithm.length())?;
    let fits = if scheme == Scheme::LdapSsha { (1..=LONGEST_SALT).contains(&salt) } else { salt == 0 };
    fits.then(|| Box::new(Digested { algorithm, whole }) as Box<dyn Check>)
}

/// What stands behind the scheme's name, which directories compare without case.
fn after<'a>(prefix: &str, stored: &'a str) -> Option<&'a str> {
    let (head, rest) = stored.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl Check for Digested {
    fn matches(&self, password: &[u8]) -> bool {
        let (expected, salt) = self.whole.split_at(self.algorithm.length());
        crypto::equal(expected, &self.algorithm.digest(&[password, salt]))
    }
}
