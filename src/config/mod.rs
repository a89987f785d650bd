//! Rank 0: configuration. Read once, from `--config FILE` (TOML) and then the environment
//! (`YIHAO__SECTION__KEY`), and handed on as values.
//!
//! A key, its default and what an operator must know of it stand in one place, `sections.rs`;
//! `yihao config reference` prints them from there.

mod channels;
mod danger;
mod request;
mod section;
mod sections;

use std::path::Path;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use channels::{ChannelPolicy, Channels};
pub use request::Requests;
pub use section::Setting;
pub use sections::*;

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub storage: Storage,
    pub transient: TransientStore,
    pub keys: Keys,
    pub password: Password,
    pub trust: Trust,
    pub session: Session,
    pub operator: Operator,
    pub token: Token,
    pub dpop: Dpop,
    pub channel: Channels,
    pub request: Requests,
    pub limits: Limits,
    pub registers: Registers,
    pub legacy: Legacy,
    pub sms: Sms,
    pub face: Face,
    pub national: National,
    pub network_identity: NetworkIdentity,
    pub certificate: Certificate,
    pub chip: Chip,
    pub outbound: Outbound,
    pub log: Log,
    pub danger: Danger,
}

/// A configuration that cannot be used: which key, and why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Config {
    /// Reads the file, if one is given, and the environment over it; checks the result.
    pub fn load(file: Option<&Path>) -> Result<Self, Invalid> {
        // Each channel has defaults of its own, which a key beside them leaves as they are.
        let mut figment = Figment::from(Serialized::default("channel", Channels::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Invalid(format!("{}: no such file", file.display())));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let config: Self = figment
            .merge(Env::prefixed("YIHAO__").split("__"))
            .extract()
            .map_err(|e| Invalid(e.to_string().trim_end().to_owned()))?;
        config.check()?;
        Ok(config)
    }

    /// What no single key can tell: whether they fit together.
    pub fn check(&self) -> Result<(), Invalid> {
        let issuer = &self.server.issuer;
        if !matches!(issuer.scheme(), "http" | "https") || issuer.host_str().is_none() {
            return Err(Invalid("server.issuer: an http or https URL".to_owned()));
        }
        if issuer.query().is_some() || issuer.fragment().is_some() || issuer.path() != "/" {
            return Err(Invalid("server.issuer: scheme, host and port only".to_owned()));
        }
        if self.server.tls.cert.is_some() != self.server.tls.key.is_some() {
            return Err(Invalid("server.tls: cert and key are given together".to_owned()));
        }
        if self.certificate.from_proxy && self.server.trusted_proxies.is_empty() {
            return Err(Invalid("certificate.from_proxy: server.trusted_proxies names no proxy".to_owned()));
        }
        if !(4..=5).contains(&self.national.trust) {
            return Err(Invalid("national.trust: 4 or 5".to_owned()));
        }
        if !(4..=5).contains(&self.network_identity.trust) {
            return Err(Invalid("network_identity.trust: 4 or 5".to_owned()));
        }
        if self.password.memory_kib < 8 || self.password.passes == 0 || self.password.lanes == 0 {
            return Err(Invalid(
                "password: memory_kib is 8 at least, passes and lanes 1 at least".to_owned(),
            ));
        }
        Ok(())
    }

    /// The issuer as it stands in tokens: without a slash at the end.
    pub fn issuer(&self) -> &str {
        self.server.issuer.as_str().trim_end_matches('/')
    }

    /// Every key with its default and meaning, in the order of the file.
    pub fn reference() -> Vec<Setting> {
        [
            Server::reference(),
            Tls::reference(),
            Storage::reference(),
            TransientStore::reference(),
            Keys::reference(),
            Password::reference(),
            Trust::reference(),
            Session::reference(),
            Operator::reference(),
            Token::reference(),
            Dpop::reference(),
            Channels::reference(),
            Requests::reference(),
            Limits::reference(),
            Registers::reference(),
            Legacy::reference(),
            Sms::reference(),
            Face::reference(),
            National::reference(),
            NetworkIdentity::reference(),
            Certificate::reference(),
            Chip::reference(),
            Outbound::reference(),
            Log::reference(),
            Danger::reference(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_a_good_configuration() {
        Config::default().check().unwrap();
    }

    #[test]
    fn every_key_is_in_the_reference_and_every_line_of_it_is_a_key() {
        let whole = serde_json::to_value(Config::default()).unwrap();
        let mut keys = Vec::new();
        collect("", &whole, &mut keys);
        let mut told: Vec<_> = Config::reference().into_iter().map(|s| s.key).collect();
        keys.sort();
        told.sort();
        assert_eq!(keys, told);
        assert!(Config::reference().iter().all(|s| !s.meaning.is_empty()));
    }

    fn collect(prefix: &str, value: &serde_json::Value, keys: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => {
                for (name, member) in members {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    collect(&format!("{prefix}{dot}{name}"), member, keys);
                }
            }
            _ => keys.push(prefix.to_owned()),
        }
    }
}
