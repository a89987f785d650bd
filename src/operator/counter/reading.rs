//! What a reader says of an ID card's chip. That it was read is vouched for by the window, whose key signed
//! the request; that the card is the person's, by the clerk who looked.

use jiff::civil::Date;
use serde::Deserialize;

use crate::base::PersonName;
use crate::base::number::{NumberKind, OfficialNumber};

/// A chip that was read (GA 450: name, number, validity, and the number of the chip).
#[derive(Clone)]
pub struct Reading {
    pub number: OfficialNumber,
    pub name: PersonName,
    /// The chip's own number, as the reference of the evidence: it names no person.
    pub chip: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReading {
    #[error("not the JSON of a reading: number, name, valid_until, chip")]
    Malformed,
    #[error("the number or the name on the chip is none")]
    NotAPerson,
    #[error("the card is no longer valid")]
    Expired,
}

#[derive(Deserialize)]
struct Said {
    number: zeroize::Zeroizing<String>,
    name: zeroize::Zeroizing<String>,
    /// The last day; absent on cards that are good for ever.
    #[serde(default)]
    valid_until: Option<Date>,
    chip: String,
}

impl Reading {
    pub fn parse(json: &str, today: Date) -> Result<Self, BadReading> {
        let said: Said = serde_json::from_str(json).map_err(|_| BadReading::Malformed)?;
        if said.chip.is_empty()
            || said.chip.len() > 64
            || !said.chip.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return Err(BadReading::Malformed);
        }
        if said.valid_until.is_some_and(|last| last < today) {
            return Err(BadReading::Expired);
        }
        let number = OfficialNumber::parse(NumberKind::CitizenId, &said.number, today);
        let name = PersonName::parse(&said.name);
        let (Ok(number), Ok(name)) = (number, name) else { return Err(BadReading::NotAPerson) };
        Ok(Self { number, name, chip: said.chip })
    }

    /// For keeping, under a cipher.
    pub fn written(&self) -> zeroize::Zeroizing<String> {
        let (number, name) = (self.number.as_str(), self.name.as_str());
        let json = serde_json::json!({ "number": number, "name": name, "chip": self.chip });
        zeroize::Zeroizing::new(json.to_string())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_reading_is_a_person_whose_card_is_valid() {
        let today = date(2026, 11, 25);
        let read = |number: &str, until: &str| {
            let json = format!(
                r#"{{"number":"{number}","name":"王小明","valid_until":"{until}","chip":"0F1E2D3C"}}"#
            );
            Reading::parse(&json, today).map(|reading| reading.chip)
        };
        assert_eq!(read("11010519491231002X", "2026-11-25"), Ok("0F1E2D3C".to_owned()));
        assert_eq!(read("11010519491231002X", "2026-11-24"), Err(BadReading::Expired));
        assert_eq!(read("110105194912310021", "2036-01-01"), Err(BadReading::NotAPerson));
        assert_eq!(Reading::parse("{}", today).err(), Some(BadReading::Malformed));
        let good = r#"{"number":"11010519491231002X","name":"王小明","chip":"0F"}"#;
        let reading = Reading::parse(good, today).unwrap();
        let again = Reading::parse(&reading.written(), today).unwrap();
        assert_eq!((again.number, again.name), (reading.number, reading.name));
    }
}
