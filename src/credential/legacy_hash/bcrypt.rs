//! bcrypt, `$2a$`, `$2b$` and `$2y$`: three names of one computation in every implementation that is left.

use super::Check;

/// The dearest cost (2^n rounds) that one comparison may have: half a second. Each step above doubles it; 31,
/// the highest there is, takes two days.
const MOST_COST: u32 = 13;

struct Hashed(zeroize::Zeroizing<String>);

pub(super) fn read(stored: &str) -> Option<Box<dyn Check>> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| stored.strip_prefix(prefix))?;
    let (cost, rest) = rest.split_once('$')?;
    let digits = cost.len() == 2 && cost.bytes().all(|c| c.is_ascii_digit());
    let affordable = digits && (4..=MOST_COST).contains(&cost.parse().ok()?);
    let whole =
        rest.len() == 53 && rest.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'/'));
    (affordable && whole).then(|| Box::new(Hashed(stored.to_owned().into())) as Box<dyn Check>)
}

impl Check for Hashed {
    fn matches(&self, password: &[u8]) -> bool {
        bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}
