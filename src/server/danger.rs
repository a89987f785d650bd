//! What must never be on in production is not served in production.

use crate::client::is_loopback;
use crate::config::{Config, Invalid};

/// Refuses `[danger]` on an https issuer that is not loopback: that is somebody's real service.
pub fn refuse_danger(config: &Config) -> Result<(), Invalid> {
    let on = config.danger.switched_on();
    let issuer = &config.server.issuer;
    if on.is_empty() || issuer.scheme() != "https" || is_loopback(issuer) {
        return Ok(());
    }
    Err(Invalid(format!("{} must be off on {}: this is no test system", on.join(" and "), config.issuer())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(issuer: &str, simulate_sms: bool) -> bool {
        let mut config = Config::default();
        config.server.issuer = issuer.parse().unwrap();
        config.danger.simulate_sms = simulate_sms;
        refuse_danger(&config).is_err()
    }

    #[test]
    fn simulators_stay_at_home() {
        assert!(refused("https://id.gd.gov.cn", true));
        assert!(!refused("https://id.gd.gov.cn", false));
        assert!(!refused("https://localhost:8443", true));
        assert!(!refused("http://localhost:8080", true));
    }
}
