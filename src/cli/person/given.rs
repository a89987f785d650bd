//! A person as an operator gives it: parsed, judged, and never printed.

use jiff::civil::Date;

use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{PersonName, Phone, Secret, TrustLevel};
use crate::credential::password;

/// Why a person is not taken: the field, and what it should be. It repeats nothing of what was given.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {what}")]
pub struct NotTaken {
    pub field: &'static str,
    pub what: String,
}

pub fn not_taken(field: &'static str, what: impl std::fmt::Display) -> NotTaken {
    NotTaken { field, what: what.to_string() }
}

pub fn number(
    field: &'static str,
    kind: NumberKind,
    text: &str,
    today: Date,
) -> Result<OfficialNumber, NotTaken> {
    OfficialNumber::parse(kind, text, today)
        .map_err(|refusal| not_taken(field, format!("not a valid number ({})", refusal.reason.code())))
}

pub fn name(text: &str) -> Result<PersonName, NotTaken> {
    PersonName::parse(text).map_err(|error| not_taken("name", error))
}

pub fn phone(text: &str) -> Result<Phone, NotTaken> {
    Phone::parse(text).map_err(|error| not_taken("phone", error))
}

/// Level 1 is nobody's: an account is at 2 as soon as its number's form is checked.
pub fn trust(level: u8) -> Result<TrustLevel, NotTaken> {
    match TrustLevel::try_from(level) {
        Ok(TrustLevel::Anonymous) | Err(_) => Err(not_taken("trust", "2 to 5")),
        Ok(level) => Ok(level),
    }
}

pub fn password(
    password: &Secret,
    number: &OfficialNumber,
    name: &PersonName,
    phone: Option<&Phone>,
) -> Result<(), NotTaken> {
    password::acceptable(password, number.as_str(), Some(name), phone)
        .map_err(|weakness| not_taken("password", weakness))
}

/// A text of at most `longest` characters, without white space around it.
pub fn text(field: &'static str, text: &Secret, longest: usize) -> Result<Secret, NotTaken> {
    let trimmed = text.reveal().trim();
    let length = trimmed.chars().count();
    if length == 0 || length > longest || trimmed.chars().any(char::is_control) {
        return Err(not_taken(field, format!("1 to {longest} characters on one line")));
    }
    Ok(Secret::new(trimmed))
}

/// RFC 5321 section 4.5.3.1 bounds an address; whether there is such a mailbox, only a mail can tell.
pub fn email(given: &Secret) -> Result<Secret, NotTaken> {
    let email = text("email", given, 254)?;
    let is_one = match email.reveal().split_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !email.reveal().contains(' ')
        }
        None => false,
    };
    if is_one { Ok(email) } else { Err(not_taken("email", "an address like name@example.org")) }
}
