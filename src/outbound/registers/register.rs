//! Which registers there are, and where each is asked.

use url::Url;

use super::{Department, OpenError};
use crate::config;

/// A register, as the log and the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    Population,
    Operators,
    /// Of births: who is whose guardian.
    Guardians,
    Commerce,
    Establishments,
    CivilAffairs,
    Agriculture,
}

impl Register {
    pub const ALL: [Self; 7] = [
        Self::Population,
        Self::Operators,
        Self::Guardians,
        Self::Commerce,
        Self::Establishments,
        Self::CivilAffairs,
        Self::Agriculture,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Operators => "operators",
            Self::Guardians => "guardians",
            Self::Commerce => "commerce",
            Self::Establishments => "establishments",
            Self::CivilAffairs => "civil-affairs",
            Self::Agriculture => "agriculture",
        }
    }

    /// Where it is asked, by the configuration: at the platform, unless a department has an address of its
    /// own.
    pub(super) fn address(self, config: &config::Registers) -> Result<Url, OpenError> {
        let own = match self {
            Self::Population | Self::Operators | Self::Guardians => None,
            Self::Commerce => config.commerce_url.as_ref().map(|url| ("registers.commerce_url", url)),
            Self::Establishments => {
                config.establishments_url.as_ref().map(|url| ("registers.establishments_url", url))
            }
            Self::CivilAffairs => {
                config.civil_affairs_url.as_ref().map(|url| ("registers.civil_affairs_url", url))
            }
            Self::Agriculture => {
                config.agriculture_url.as_ref().map(|url| ("registers.agriculture_url", url))
            }
        };
        let (key, base) = own.unwrap_or(("registers.url", &config.url));
        let path = match self {
            Self::Population | Self::Operators | Self::Guardians => format!("{}/match", self.as_str()),
            _ => format!("legal-persons/{}/query", self.as_str()),
        };
        below(key, base, &path)
    }
}

impl From<Department> for Register {
    fn from(department: Department) -> Self {
        match department {
            Department::Commerce => Self::Commerce,
            Department::Establishments => Self::Establishments,
            Department::CivilAffairs => Self::CivilAffairs,
            Department::Agriculture => Self::Agriculture,
        }
    }
}

/// The address of `path` below a base that may have a path of its own.
fn below(key: &'static str, base: &Url, path: &str) -> Result<Url, OpenError> {
    let wrong = |why: &str| OpenError::new(key, why);
    if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
        return Err(wrong("an http or https URL without query"));
    }
    let text = format!("{}/{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|e| wrong(&e.to_string()))
}
