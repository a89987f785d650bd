//! Understanding a row: from the texts of its columns to an account, by the profile.

use std::borrow::Cow;

use jiff::civil::Date;

use super::numbers::{self, Found, KeyKind};
use super::profile::{
    Column, ContactColumns, KindRule, NumberKindRule, NumberRule, PasswordRule, Profile, SchemeRule, Shape,
};
use super::{Contact, Password, Record, Status, SubjectKind};
use crate::base::OrganizationName;

/// The texts of a row, by the profile's columns; empty where the row has none. Several values of one column are kept
/// apart by NUL, which no text has.
pub struct Fields<'a>(Vec<Cow<'a, str>>);

impl<'a> Fields<'a> {
    pub fn new(columns: usize) -> Self {
        Self(vec![Cow::Borrowed(""); columns])
    }

    pub fn set(&mut self, column: Column, text: Cow<'a, str>) {
        let slot = &mut self.0[column];
        if slot.is_empty() {
            *slot = text;
        } else {
            let slot = slot.to_mut();
            slot.push('\0');
            slot.push_str(&text);
        }
    }

    /// The first value.
    fn first(&self, column: Column) -> &str {
        let text = &self.0[column];
        text.split_once('\0').map_or(text, |(first, _)| first)
    }

    fn has_word(&self, column: Column, words: &[String]) -> bool {
        self.0[column].split('\0').any(|value| words.iter().any(|word| word == value.trim()))
    }
}

/// Why a row becomes no account. The codes are stable: they stand in the file of rejected rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejection {
    /// Other columns than the first line has.
    Columns,
    /// Not in the encoding that the profile says.
    Encoding,
    /// A NUL byte: no text has one.
    Nul,
    /// Longer than any row of a good file.
    TooLong,
    /// Broken: a quote that is not closed, no JSON object, no LDIF.
    Syntax,
    /// No id in its system, or one of more than 200 characters.
    LocalId,
    /// Neither a person's nor an organization's, by the profile's words.
    Kind,
    /// A status that the profile does not know.
    Status,
    /// A name of more than 200 characters, or with control characters.
    Name,
    /// Another field that is longer than it can be.
    Field,
    /// The id stands in an earlier row of this file.
    DuplicateId,
}

impl Rejection {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Columns => "COLUMNS",
            Self::Encoding => "ENCODING",
            Self::Nul => "NUL",
            Self::TooLong => "TOO_LONG",
            Self::Syntax => "SYNTAX",
            Self::LocalId => "LOCAL_ID",
            Self::Kind => "KIND",
            Self::Status => "STATUS",
            Self::Name => "NAME",
            Self::Field => "FIELD",
            Self::DuplicateId => "DUPLICATE_ID",
        }
    }
}

/// A row that becomes an account.
pub struct Understood {
    pub kind: SubjectKind,
    pub status: Status,
    pub record: Record,
    pub found: Found,
    pub password: Option<Password>,
}

/// Understands a row; `None` for one that the profile says is no account.
pub fn understand(
    profile: &Profile,
    fields: &Fields<'_>,
    today: Date,
) -> Result<Option<Understood>, Rejection> {
    if let Some((column, words)) = &profile.skip
        && fields.has_word(*column, words)
    {
        return Ok(None);
    }
    let kind = kind_of(&profile.kind, fields)?;
    let shape = profile.shape(kind).ok_or(Rejection::Kind)?;
    let status = match &profile.status {
        None => Status::Active,
        Some((column, words)) => *words.get(fields.first(*column).trim()).ok_or(Rejection::Status)?,
    };
    let local_id = fields.first(shape.local_id).trim();
    if !(1..=200).contains(&local_id.chars().count()) {
        return Err(Rejection::LocalId);
    }
    let (given_number, found) = number_of(shape, fields, today);
    let differs = found.number.as_ref().is_some_and(|number| number.text != given_number);
    let record = Record {
        local_id: local_id.to_owned(),
        user_name: text(fields, shape.user_name)?,
        name: name_of(shape, fields)?,
        number: found.number.as_ref().filter(|_| differs).map(|number| number.text.clone()),
        other_number: found.other.as_ref().map(|other| other.text.clone()),
        steps: found.steps.iter().map(|step| step.as_str().to_owned()).collect(),
        given_number,
        phone: text(fields, shape.phone)?,
        registered: text(fields, shape.registered)?,
        representative: contact(fields, shape.representative.as_ref())?,
        handler: contact(fields, shape.handler.as_ref())?,
    };
    let password = profile.password.as_ref().map(|rule| password_of(rule, fields)).transpose()?.flatten();
    Ok(Some(Understood { kind, status, record, found, password }))
}

fn kind_of(rule: &KindRule, fields: &Fields<'_>) -> Result<SubjectKind, Rejection> {
    match rule {
        KindRule::Always(kind) => Ok(*kind),
        KindRule::ByWord { column, person, .. } if fields.has_word(*column, person) => {
            Ok(SubjectKind::Person)
        }
        KindRule::ByWord { column, organization, .. } if fields.has_word(*column, organization) => {
            Ok(SubjectKind::Organization)
        }
        KindRule::ByWord { .. } => Err(Rejection::Kind),
    }
}

/// The longest text of a column that is kept: an address of mail, a hash, a number with all that was typed around it.
const LONGEST: usize = 1000;

fn text(fields: &Fields<'_>, column: Option<Column>) -> Result<Option<String>, Rejection> {
    let Some(column) = column else { return Ok(None) };
    let text = fields.first(column).trim();
    match text.len() {
        0 => Ok(None),
        1..=LONGEST => Ok(Some(text.to_owned())),
        _ => Err(Rejection::Field),
    }
}

/// As its system has it: what is unusual about it is part of the evidence.
fn name_of(shape: &Shape, fields: &Fields<'_>) -> Result<String, Rejection> {
    let name = shape.name.map_or("", |column| fields.first(column)).trim();
    let too_long = name.len() > OrganizationName::LONGEST && name.chars().count() > OrganizationName::LONGEST;
    if too_long || name.chars().any(char::is_control) { Err(Rejection::Name) } else { Ok(name.to_owned()) }
}

fn number_of(shape: &Shape, fields: &Fields<'_>, today: Date) -> (String, Found) {
    let given = |rule: &&NumberRule| !fields.first(rule.column).is_empty();
    let rule = shape.numbers.iter().find(given).or(shape.numbers.first());
    let Some(rule) = rule else { return (String::new(), none("NO_COLUMN")) };
    let text = fields.first(rule.column);
    let Some(kind) = key_kind(rule, fields) else { return (cut(text), none("DOCUMENT_KIND")) };
    (cut(text), numbers::read(kind, text, today))
}

fn key_kind<'a>(rule: &'a NumberRule, fields: &Fields<'_>) -> Option<&'a KeyKind> {
    match &rule.kind {
        NumberKindRule::Always(kind) => Some(kind),
        NumberKindRule::ByWord(column, words) => words.get(fields.first(*column).trim()),
    }
}

fn none(reason: &'static str) -> Found {
    Found { number: None, other: None, steps: Default::default(), reason }
}

/// No number is longer; what is there instead of one is kept as far as it helps to see what it is.
fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

fn contact(fields: &Fields<'_>, columns: Option<&ContactColumns>) -> Result<Option<Contact>, Rejection> {
    let Some(columns) = columns else { return Ok(None) };
    let contact = Contact {
        name: text(fields, columns.name)?,
        number: text(fields, columns.number)?,
        phone: text(fields, columns.phone)?,
    };
    Ok((contact != Contact::default()).then_some(contact))
}

/// The hash with the schemes it can be of; with none where its form is that of none of them, and so it will open
/// nothing.
fn password_of(rule: &PasswordRule, fields: &Fields<'_>) -> Result<Option<Password>, Rejection> {
    let Some(hash) = text(fields, Some(rule.hash))? else { return Ok(None) };
    let salt = text(fields, rule.salt)?.unwrap_or_default();
    let schemes = match &rule.schemes {
        SchemeRule::Among(schemes) => schemes
            .iter()
            .filter(|scheme| scheme.has_form(&hash, &salt))
            .map(|s| s.as_str().to_owned())
            .collect(),
        SchemeRule::ByWord(column, words) => {
            words.get(fields.first(*column).trim()).map(|s| s.as_str().to_owned()).into_iter().collect()
        }
    };
    Ok(Some(Password { schemes, hash, salt }))
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
