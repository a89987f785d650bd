//! What a hash is made with: algorithm, cost and salt; read from and written as a PHC string
//! (the format of the Password Hashing Competition: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::config::{self, Invalid};

/// Bytes of a salt and of a hash that we make (RFC 9106 section 4).
pub(super) const SALT: usize = 16;
const OUTPUT: usize = 32;

/// What an imported hash may cost at most: 256 MiB and 16 passes. More would let one row stop sign-in.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// The cost of a new hash, as configured.
pub(super) fn cost(config: &config::Password) -> Result<Params, Invalid> {
    Params::new(config.memory_kib, config.passes, config.lanes, Some(OUTPUT))
        .map_err(|e| Invalid(format!("password: memory_kib is 8 times lanes at least ({e})")))
}

/// Everything but the password.
#[derive(Clone)]
pub(super) struct Recipe {
    pub algorithm: Algorithm,
    pub version: Version,
    pub params: Params,
    pub salt: Salt,
}

/// A hash as it is stored.
pub(super) struct Stored {
    pub recipe: Recipe,
    pub output: Output,
}

impl Recipe {
    /// Of a new hash.
    pub fn new(cost: Params, salt: &[u8; SALT]) -> Self {
        // A salt is 8 to 48 bytes.
        let salt = Salt::new(salt).expect("16 bytes are a salt");
        Self { algorithm: Algorithm::Argon2id, version: Version::V0x13, params: cost, salt }
    }

    pub fn argon2(&self) -> Argon2<'static> {
        Argon2::new(self.algorithm, self.version, self.params.clone())
    }

    /// Bytes of the hash.
    pub fn output_length(&self) -> usize {
        self.params.output_len().unwrap_or(OUTPUT)
    }

    /// Whether a new hash would be made the same way.
    pub fn is_as_new(&self, cost: &Params) -> bool {
        self.algorithm == Algorithm::Argon2id && self.version == Version::V0x13 && self.params == *cost
    }

    /// As a PHC string. `None` only if `output` is not one that this recipe makes.
    pub fn written(&self, output: &[u8]) -> Option<String> {
        let whole = PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params).ok()?,
            salt: Some(self.salt),
            hash: Some(Output::new(output).ok()?),
        };
        Some(whole.to_string())
    }
}

impl Stored {
    /// `None` where the string is no argon2 hash, or one that would cost too much to verify.
    pub fn read(phc: &str) -> Option<Self> {
        let whole = PasswordHash::new(phc).ok()?;
        let params = Params::try_from(&whole).ok()?;
        let affordable = params.m_cost() <= MOST_MEMORY_KIB
            && params.t_cost() <= MOST_PASSES
            && params.p_cost() <= MOST_LANES;
        let recipe = Recipe {
            algorithm: Algorithm::try_from(whole.algorithm.as_str()).ok()?,
            version: whole.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?,
            params,
            salt: whole.salt?,
        };
        affordable.then_some(Self { recipe, output: whole.hash? })
    }
}
