//! Signing keys of the JOSE algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1), parsed once and kept:
//! parsing costs as much as signing.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Unopenable, base64url};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    ES256,
    EdDSA,
    RS256,
    PS256,
}

impl Algorithm {
    pub const ALL: [Algorithm; 4] = [Self::ES256, Self::EdDSA, Self::RS256, Self::PS256];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
        }
    }

    /// The same algorithm by the name that `jsonwebtoken` gives it.
    pub const fn jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::ES256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDSA => jsonwebtoken::Algorithm::EdDSA,
            Self::RS256 => jsonwebtoken::Algorithm::RS256,
            Self::PS256 => jsonwebtoken::Algorithm::PS256,
        }
    }
}

impl std::str::FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|a| a.as_str() == text).ok_or(UnknownAlgorithm)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a signature algorithm of this server: ES256, EdDSA, RS256 or PS256")]
pub struct UnknownAlgorithm;

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

pub struct SigningKey {
    pub kid: String,
    pub algorithm: Algorithm,
    pair: Pair,
}

impl SigningKey {
    /// Makes a key pair and gives it as PKCS #8, to be sealed. RSA keys have 2048 bits.
    pub fn generate(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        let random = SystemRandom::new();
        let bytes = match algorithm {
            Algorithm::ES256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map(|document| document.as_ref().to_vec()),
            Algorithm::EdDSA => {
                Ed25519KeyPair::generate_pkcs8(&random).map(|document| document.as_ref().to_vec())
            }
            Algorithm::RS256 | Algorithm::PS256 => {
                use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
                RsaKeyPair::generate(KeySize::Rsa2048)
                    .and_then(|pair| AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map(|der| der.as_ref().to_vec()))
            }
        };
        bytes.map(Zeroizing::new).map_err(|_| Unopenable)
    }

    pub fn from_pkcs8(kid: String, algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, Unopenable> {
        let pair = match algorithm {
            Algorithm::ES256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::Ecdsa)
            }
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed25519),
            Algorithm::RS256 | Algorithm::PS256 => {
                RsaKeyPair::from_pkcs8(pkcs8).map(|pair| Pair::Rsa(Box::new(pair)))
            }
        };
        Ok(Self { kid, algorithm, pair: pair.map_err(|_| Unopenable)? })
    }

    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unopenable> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => Ok(pair.sign(&random, message).map_err(|_| Unopenable)?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let padding =
                    if self.algorithm == Algorithm::RS256 { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).map_err(|_| Unopenable)?;
                Ok(signature)
            }
        }
    }

    /// The public half as a JWK (RFC 7517), ready for the key set.
    pub fn public_jwk(&self) -> serde_json::Value {
        let mut jwk = match &self.pair {
            Pair::Ecdsa(pair) => {
                // An uncompressed point: 0x04, x, y (SEC 1 section 2.3.3).
                let point = pair.public_key().as_ref();
                serde_json::json!({
                    "kty": "EC", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..65])
                })
            }
            Pair::Ed25519(pair) => serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())
            }),
            Pair::Rsa(pair) => serde_json::json!({
                "kty": "RSA",
                "n": base64url(pair.public_key().modulus().big_endian_without_leading_zero()),
                "e": base64url(pair.public_key().exponent().big_endian_without_leading_zero()),
            }),
        };
        jwk["kid"] = self.kid.clone().into();
        jwk["alg"] = self.algorithm.as_str().into();
        jwk["use"] = "sig".into();
        jwk
    }
}
