//! Whom the chip of an ID card names. That it was read is the reader's word, signed for this window; that the card
//! is the person's is the clerk's, who has looked.

use jiff::civil::Date;
use serde::Deserialize;

use crate::base::PersonName;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::credential::chip::ChipRead;

#[derive(Clone)]
pub struct Reading {
    pub number: OfficialNumber,
    pub name: PersonName,
}

/// As it is kept, under a cipher.
#[derive(Deserialize)]
struct Written {
    number: zeroize::Zeroizing<String>,
    name: zeroize::Zeroizing<String>,
}

impl Reading {
    /// `None` if the name on the chip is none.
    pub fn of(read: ChipRead) -> Option<Self> {
        Some(Self { number: read.number.into(), name: PersonName::parse(read.name.reveal()).ok()? })
    }

    /// What [`Reading::written`] has written.
    pub fn parse(json: &str) -> Option<Self> {
        let Written { number, name } = serde_json::from_str(json).ok()?;
        let number = OfficialNumber::parse(NumberKind::CitizenId, &number, Date::MAX).ok()?;
        Some(Self { number, name: PersonName::parse(&name).ok()? })
    }

    /// For keeping, under a cipher.
    pub fn written(&self) -> zeroize::Zeroizing<String> {
        let (number, name) = (self.number.as_str(), self.name.as_str());
        zeroize::Zeroizing::new(serde_json::json!({ "number": number, "name": name }).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let written = r#"{"name":"王小明","number":"11010519491231002X"}"#;
        let reading = Reading::parse(written).unwrap();
        assert_eq!(*reading.written(), written);
        for bad in ["", "{}", r#"{"name":"王小明","number":"110105194912310021"}"#] {
            assert!(Reading::parse(bad).is_none(), "{bad}");
        }
    }
}
