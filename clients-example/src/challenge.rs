//! The `WWW-Authenticate` header of a resource server (RFC 6750 §3, RFC 9470 §3): written by the licence
//! library, read by the hall, which then knows what to ask the provider for.

/// Why a token was refused, and what would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// None when no token came at all.
    pub error: Option<String>,
    /// The trust level that is needed.
    pub trust_level: Option<u8>,
    /// The scope that is needed.
    pub scope: Option<String>,
    /// The token is bound to a key: it goes by the scheme `DPoP` (RFC 9449 §7.1).
    pub bound: bool,
}

impl Challenge {
    pub const INSUFFICIENT_SCOPE: &'static str = "insufficient_scope";
    /// RFC 9470, here for the person's trust level.
    pub const INSUFFICIENT_AUTHENTICATION: &'static str = "insufficient_user_authentication";
    pub const INVALID_TOKEN: &'static str = "invalid_token";
    pub const INVALID_DPOP_PROOF: &'static str = "invalid_dpop_proof";

    /// Reads a header; what it does not know, it passes over.
    pub fn parse(header: &str) -> Self {
        let mut challenge = Self::default();
        let Some((scheme, parameters)) = header.split_once(' ') else { return challenge };
        challenge.bound = match scheme {
            "DPoP" => true,
            "Bearer" => false,
            _ => return challenge,
        };
        for parameter in parameters.split(',') {
            let Some((name, value)) = parameter.trim().split_once('=') else { continue };
            let value = value.trim_matches('"').to_owned();
            match name {
                "error" => challenge.error = Some(value),
                "trust_level" => challenge.trust_level = value.parse().ok(),
                "scope" => challenge.scope = Some(value),
                _ => {}
            }
        }
        challenge
    }
}

impl std::fmt::Display for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.bound { "DPoP" } else { "Bearer" })?;
        f.write_str(" realm=\"licences\"")?;
        if self.bound {
            f.write_str(", algs=\"ES256 EdDSA\"")?;
        }
        if let Some(error) = &self.error {
            write!(f, ", error=\"{error}\"")?;
        }
        if let Some(level) = self.trust_level {
            write!(f, ", trust_level=\"{level}\"")?;
        }
        if let Some(scope) = &self.scope {
            write!(f, ", scope=\"{scope}\"")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_writes_the_other_reads() {
        let challenge = Challenge {
            error: Some(Challenge::INSUFFICIENT_AUTHENTICATION.into()),
            trust_level: Some(3),
            scope: Some("official_number".into()),
            bound: false,
        };
        assert_eq!(Challenge::parse(&challenge.to_string()), challenge);
        let bound = Challenge { error: Some(Challenge::INVALID_DPOP_PROOF.into()), bound: true, ..challenge };
        assert_eq!(Challenge::parse(&bound.to_string()), bound);
        assert_eq!(Challenge::parse("Basic realm=\"x\""), Challenge::default());
        assert_eq!(Challenge::parse("Bearer"), Challenge::default());
    }
}
