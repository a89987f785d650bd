//! The library's holdings: invented, and always the same for the same number.

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use clients_example::claims::OfficialNumber;
use clients_example::licence::Licence;
use serde::Deserialize;

/// A kind of licence that the library keeps.
#[derive(Deserialize)]
struct Kind {
    title: String,
    issued_by: String,
    /// The kind of official number whose holder can have one.
    holder: String,
    /// The first letters of its serial number.
    serial: String,
    /// How old a person is when it is issued; nobody younger has one.
    #[serde(default)]
    from_age: u16,
    /// Of a hundred holders, so many have one.
    share: u8,
}

#[derive(Deserialize)]
pub struct Library {
    /// The year in which the holdings were written down: nothing was issued later.
    as_of: u16,
    kinds: Vec<Kind>,
}

impl Library {
    /// # Errors
    /// The catalogue is not what this program understands.
    pub fn open() -> Result<Self> {
        serde_json::from_str(include_str!("../../data/licences.json")).context("data/licences.json")
    }

    /// What this number holds. `number_kind` is the provider's word: `citizen-id`, `credit-code`, ….
    pub fn licences_of(&self, number_kind: &str, number: &OfficialNumber) -> Vec<Licence> {
        let number_kind = number_kind.replace('_', "-");
        let mut held = Vec::new();
        for kind in self.kinds.iter().filter(|kind| kind.holder == number_kind) {
            let hash = digest(&SHA256, format!("{}|{}", kind.serial, number.reveal()).as_bytes());
            let draw: [u8; 6] = std::array::from_fn(|place| hash.as_ref()[place]);
            // A citizen number has the year of birth in its 7th to 10th place; others have none.
            let born = number.reveal().get(6..10).filter(|_| number_kind == "citizen-id");
            let issued_in = match born.map(str::parse::<u16>) {
                Some(Ok(year)) => year.saturating_add(kind.from_age),
                _ => 2010 + u16::from(draw[0] % 15),
            };
            if issued_in > self.as_of || draw[1] % 100 >= kind.share {
                continue;
            }
            let digits = u32::from_be_bytes([draw[2], draw[3], draw[4], draw[5]]);
            held.push(Licence {
                title: kind.title.clone(),
                serial: format!("{}-{digits:010}", kind.serial),
                issued_by: kind.issued_by.clone(),
                issued_in: issued_in.max(2000),
            });
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_always_holds_the_same_and_tells_nothing_of_itself() {
        let library = Library::open().unwrap();
        let number = OfficialNumber::new("440103192601234650");
        let held = library.licences_of("citizen-id", &number);
        assert_eq!(held, library.licences_of("citizen_id", &number));
        assert!(!held.is_empty());
        assert!(held.iter().all(|licence| !licence.serial.contains("19260123")));
        assert!(library.licences_of("passport", &number).is_empty());
    }

    #[test]
    fn a_child_has_no_driving_licence() {
        let child = OfficialNumber::new("441284202012318545");
        let held = Library::open().unwrap().licences_of("citizen-id", &child);
        assert!(held.iter().all(|licence| licence.title != "机动车驾驶证"));
        assert!(held.iter().any(|licence| licence.title == "社会保障卡"));
    }

    #[test]
    fn an_enterprise_has_its_business_licence() {
        let code = OfficialNumber::new("91440106MA001B5Q70");
        let held = Library::open().unwrap().licences_of("credit-code", &code);
        assert_eq!(held[0].title, "营业执照");
    }
}
