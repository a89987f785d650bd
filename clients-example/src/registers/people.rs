//! The people that the registers know, and what they answer about them.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Registers, lock};

/// How the population register sees someone: its status codes, as far as they matter here.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
pub enum Standing {
    #[default]
    #[serde(rename = "0")]
    Valid,
    #[serde(rename = "1")]
    Cancelled,
    #[serde(rename = "2")]
    Locked,
    #[serde(rename = "9")]
    Deceased,
}

/// Somebody. No Debug: this is a number, a name and a phone.
#[derive(Clone, Deserialize)]
pub struct Citizen {
    #[serde(alias = "idno")]
    citizen_id: String,
    name: String,
    #[serde(default, alias = "mobile")]
    phone: String,
    #[serde(default, alias = "status")]
    standing: Standing,
    /// Of a child: the numbers of those who are its guardians.
    #[serde(default)]
    guardians: Vec<String>,
}

/// What the population register says to a number and a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PopulationResult {
    Match,
    Mismatch,
    NoRecord,
    Deceased,
    Cancelled,
    Locked,
}

/// What the operators say to a number, a name and a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OperatorsCode {
    #[serde(rename = "1")]
    AllMatch,
    #[serde(rename = "2")]
    NameAndNumberDiffer,
    #[serde(rename = "3")]
    NameDiffers,
    #[serde(rename = "4")]
    NumberDiffers,
    #[serde(rename = "10001")]
    NoResult,
    #[serde(rename = "10009")]
    TooOften,
    #[serde(rename = "10013")]
    TimedOut,
}

#[derive(Default)]
pub struct People {
    by_number: HashMap<String, Citizen>,
    /// A phone belongs to one person in life; the generator's families share some.
    by_phone: HashMap<String, Vec<String>>,
    /// Those whom a register that lags behind does not know yet.
    since_snapshot: Vec<String>,
}

impl People {
    /// # Errors
    /// A row is not what the generator writes; its line is named.
    pub fn read_population(&mut self, csv: impl Read) -> Result<()> {
        for (row, citizen) in csv::Reader::from_reader(csv).deserialize().enumerate() {
            self.add(citizen.with_context(|| format!("row {}", row + 1))?);
        }
        Ok(())
    }

    pub fn add_all(&mut self, people: Vec<Citizen>) {
        people.into_iter().for_each(|citizen| self.add(citizen));
    }

    fn add(&mut self, citizen: Citizen) {
        let number = citizen.citizen_id.clone();
        if let Some(before) = self.by_number.get(&number) {
            let owners = self.by_phone.entry(national(&before.phone)).or_default();
            owners.retain(|owner| *owner != number);
        }
        if !citizen.phone.is_empty() {
            self.by_phone.entry(national(&citizen.phone)).or_default().push(number.clone());
        }
        self.since_snapshot.push(number.clone());
        self.by_number.insert(number, citizen);
    }

    /// From here on, whoever is added is unknown to a register that lags behind.
    pub fn take_snapshot(&mut self) {
        self.since_snapshot.clear();
    }

    pub fn count(&self) -> usize {
        self.by_number.len()
    }

    /// `stale`: as the register stood some time ago, without the new people, and with the dead alive.
    pub fn match_number(&self, number: &str, name: &str, stale: bool) -> PopulationResult {
        let found = self.by_number.get(number).filter(|_| self.known(number, stale));
        match found {
            None => PopulationResult::NoRecord,
            // Who does not know the name is not told how the person stands.
            Some(citizen) if citizen.name != name => PopulationResult::Mismatch,
            Some(_) if stale => PopulationResult::Match,
            Some(citizen) => match citizen.standing {
                Standing::Valid => PopulationResult::Match,
                Standing::Cancelled => PopulationResult::Cancelled,
                Standing::Locked => PopulationResult::Locked,
                Standing::Deceased => PopulationResult::Deceased,
            },
        }
    }

    pub fn match_guardian(&self, number: &str, name: &str, guardian: &str, stale: bool) -> PopulationResult {
        match self.match_number(number, name, stale) {
            PopulationResult::Match => {
                let child = self.by_number.get(number);
                let theirs = child.is_some_and(|child| child.guardians.iter().any(|one| one == guardian));
                if theirs { PopulationResult::Match } else { PopulationResult::Mismatch }
            }
            other => other,
        }
    }

    pub fn match_phone(&self, number: &str, name: &str, phone: &str, stale: bool) -> OperatorsCode {
        let numbers = self.by_phone.get(&national(phone)).into_iter().flatten();
        let owners =
            numbers.filter(|owner| self.known(owner, stale)).filter_map(|owner| self.by_number.get(owner));
        let code = owners.map(|owner| match (owner.citizen_id == number, owner.name == name) {
            (true, true) => OperatorsCode::AllMatch,
            (true, false) => OperatorsCode::NameDiffers,
            (false, true) => OperatorsCode::NumberDiffers,
            (false, false) => OperatorsCode::NameAndNumberDiffer,
        });
        // Of several owners the one that fits best speaks.
        let order = |code: &OperatorsCode| match code {
            OperatorsCode::AllMatch => 0,
            OperatorsCode::NameDiffers => 1,
            OperatorsCode::NumberDiffers => 2,
            _ => 3,
        };
        code.min_by_key(order).unwrap_or(OperatorsCode::NoResult)
    }

    fn known(&self, number: &str, stale: bool) -> bool {
        !stale || !self.since_snapshot.iter().any(|new| new == number)
    }
}

/// The same phone however it is written: its digits, without +86.
pub fn national(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest.to_owned(),
        _ => digits,
    }
}

/// Reads one JSON object a line.
///
/// # Errors
/// A line is not a person; its number is named, its content is not.
pub fn parse(ndjson: &str) -> Result<Vec<Citizen>> {
    let lines = ndjson.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|_| {
                anyhow::anyhow!("line {} is not {{\"citizen_id\",\"name\",\"phone\"}}", index + 1)
            })
        })
        .collect()
}

/// `PUT /people`: adds people, or changes them; all or none.
pub async fn add(State(registers): State<Arc<Registers>>, body: String) -> Response {
    match parse(&body) {
        Ok(new) => {
            let added = new.len();
            lock(&registers.people).add_all(new);
            Json(json!({"added": added})).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"error": error.to_string()}))).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        let csv = "idno,name,former_names,sex,birth,status,status_date,region,mobile,updated_at\n\
                   440103192601234650,顾英润,,1,19260123,9,2024-01-02,440103,17770859940,2026-10-07\n\
                   441284200212318545,薛志,,2,20021231,0,,441284,13077888593,2026-10-02\n";
        let mut people = People::default();
        people.read_population(csv.as_bytes()).unwrap();
        people.take_snapshot();
        people
    }

    #[test]
    fn the_register_tells_mismatch_from_no_record_and_the_dead_from_the_living() {
        let people = people();
        assert_eq!(people.match_number("441284200212318545", "薛志", false), PopulationResult::Match);
        assert_eq!(people.match_number("441284200212318545", "薛智", false), PopulationResult::Mismatch);
        assert_eq!(people.match_number("510104199212093432", "薛志", false), PopulationResult::NoRecord);
        assert_eq!(people.match_number("440103192601234650", "顾英润", false), PopulationResult::Deceased);
        assert_eq!(people.match_number("440103192601234650", "顾润", false), PopulationResult::Mismatch);
        assert_eq!(people.match_number("440103192601234650", "顾英润", true), PopulationResult::Match);
    }

    #[test]
    fn the_operators_tell_which_element_differs() {
        let people = people();
        let code = |number, name, phone| people.match_phone(number, name, phone, false);
        assert_eq!(code("441284200212318545", "薛志", "+86 13077888593"), OperatorsCode::AllMatch);
        assert_eq!(code("441284200212318545", "薛智", "13077888593"), OperatorsCode::NameDiffers);
        assert_eq!(code("510104199212093432", "薛志", "13077888593"), OperatorsCode::NumberDiffers);
        assert_eq!(code("510104199212093432", "尹洋", "13077888593"), OperatorsCode::NameAndNumberDiffer);
        assert_eq!(code("441284200212318545", "薛志", "13000000000"), OperatorsCode::NoResult);
    }

    #[test]
    fn who_is_added_later_has_the_new_phone_only_and_is_unknown_to_a_stale_register() {
        let mut people = people();
        let line = r#"{"citizen_id":"441284200212318545","name":"薛志","phone":"13900001111"}"#;
        people.add_all(parse(line).unwrap());
        let code = |phone, stale| people.match_phone("441284200212318545", "薛志", phone, stale);
        assert_eq!(code("13900001111", false), OperatorsCode::AllMatch);
        assert_eq!(code("13077888593", false), OperatorsCode::NoResult);
        assert_eq!(code("13900001111", true), OperatorsCode::NoResult);
        assert!(parse("{\"name\":\"薛志\"}").is_err());
    }
}
