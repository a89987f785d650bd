//! The schemes by name, as profiles declare them.

use super::{Check, aspnet, bcrypt, digest, django, ldap, phpass, spring};

macro_rules! schemes {
    ($($(#[doc = $doc:literal])* $variant:ident = $word:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Scheme { $($(#[doc = $doc])* #[serde(rename = $word)] $variant,)+ }

        impl Scheme {
            pub const ALL: &[Scheme] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

schemes! {
    /// MD5 in hexadecimal.
    Md5 = "md5",
    /// The same in capitals; told apart because dumps do.
    Md5Upper = "md5_upper",
    /// MD5 of the lower-case hexadecimal MD5.
    Md5Twice = "md5x2",
    /// The middle sixteen hexadecimal digits of an MD5.
    Md5Middle = "md5_16",
    /// MD5 of salt and password.
    Md5SaltFirst = "md5_salt_pwd",
    /// MD5 of password and salt.
    Md5SaltLast = "md5_pwd_salt",
    Sha1 = "sha1",
    Sha256 = "sha256",
    /// SHA-256 of salt and password.
    Sha256SaltFirst = "sha256_salt",
    /// SM3 of salt and password.
    Sm3SaltFirst = "sm3_salt",
    /// `{SSHA}`: SHA-1 of password and salt, then the salt, in base64.
    LdapSsha = "ssha",
    LdapSha = "ldap_sha",
    LdapMd5 = "ldap_md5",
    /// `{MD5}{salt}`: MD5 of password and `{salt}`, in hexadecimal.
    SpringMd5 = "spring_md5",
    SpringSm3 = "spring_sm3",
    /// `{noop}`: the password itself.
    SpringNoop = "spring_noop",
    /// `{pbkdf2}`: HMAC-SHA1, 185,000 rounds.
    SpringPbkdf2 = "spring_pbkdf2",
    /// `{pbkdf2@SpringSecurity_v5_8}`: HMAC-SHA256, 310,000 rounds.
    SpringPbkdf2V58 = "spring_pbkdf2_58",
    SpringBcrypt = "spring_bcrypt",
    DjangoPbkdf2 = "pbkdf2_django",
    /// ASP.NET Identity, version 2 of its format.
    AspNetV2 = "aspnet_v2",
    AspNetV3 = "aspnet_v3",
    Phpass = "phpass",
    Bcrypt = "bcrypt",
}

impl std::str::FromStr for Scheme {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|scheme| scheme.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|scheme| scheme.as_str()).collect();
            format!("no password scheme; one of {}", all.join(", "))
        })
    }
}

impl Scheme {
    /// Whether a hash of this scheme can look like this. Of two schemes with one form both can.
    pub fn has_form(self, stored: &str, salt: &str) -> bool {
        self.read(stored, salt).is_some()
    }

    /// The hash, if it has this scheme's form and costs what one comparison may.
    pub(super) fn read(self, stored: &str, salt: &str) -> Option<Box<dyn Check>> {
        match self {
            Self::Md5
            | Self::Md5Upper
            | Self::Md5Twice
            | Self::Md5Middle
            | Self::Md5SaltFirst
            | Self::Md5SaltLast
            | Self::Sha1
            | Self::Sha256
            | Self::Sha256SaltFirst
            | Self::Sm3SaltFirst => digest::read(self, stored, salt),
            Self::LdapSsha | Self::LdapSha | Self::LdapMd5 => ldap::read(self, stored),
            Self::SpringMd5
            | Self::SpringSm3
            | Self::SpringNoop
            | Self::SpringPbkdf2
            | Self::SpringPbkdf2V58
            | Self::SpringBcrypt => spring::read(self, stored),
            Self::DjangoPbkdf2 => django::read(stored),
            Self::AspNetV2 | Self::AspNetV3 => aspnet::read(self, stored),
            Self::Phpass => phpass::read(stored),
            Self::Bcrypt => bcrypt::read(stored),
        }
    }
}
