//! From a record to an account: taken apart by the format, understood by the profile.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::super::profile::{Column, Encoding, Profile};
use super::super::row::{Fields, Rejection, Understood, understand};
use super::encoding::decoded;
use super::{LONGEST_ROW, ReadError, csv, ldif, ndjson};

/// One record, as the reader gives it.
#[derive(Clone, Copy)]
pub enum Record<'a> {
    Bytes(&'a [u8]),
    Cells(&'a [String]),
}

/// How the records of a source are understood. Cheap to clone: each thread has one.
#[derive(Clone)]
pub struct Records {
    pub(super) profile: Arc<Profile>,
    pub(super) form: Form,
}

#[derive(Clone)]
pub(super) enum Form {
    Csv { encoding: Encoding, delimiter: u8, heads: Arc<Heads> },
    Ndjson(Arc<HashMap<String, Column>>),
    Ldif(Arc<HashMap<String, Column>>),
    Cells(Arc<Heads>),
}

/// The line of heads: which of the profile's columns stands in each place.
pub(super) struct Heads(Vec<Option<Column>>);

impl Heads {
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// # Errors
    /// A column that the profile names is not there, or there twice.
    pub(super) fn of(names: &[String], profile: &Profile) -> Result<Self, ReadError> {
        for column in &profile.columns {
            match names.iter().filter(|name| *name == column).count() {
                1 => {}
                0 => {
                    let heads = names.join(", ").chars().take(500).collect();
                    return Err(ReadError::ColumnMissing { column: column.clone(), heads });
                }
                _ => return Err(ReadError::ColumnTwice(column.clone())),
            }
        }
        let place = |name: &String| profile.columns.iter().position(|column| column == name);
        Ok(Self(names.iter().map(place).collect()))
    }
}

/// The profile's columns by name; LDAP does not tell upper from lower case (RFC 4512 section 1.4).
pub(super) fn by_name(profile: &Profile, lower: bool) -> Arc<HashMap<String, Column>> {
    let name = |name: &String| if lower { name.to_ascii_lowercase() } else { name.clone() };
    Arc::new(profile.columns.iter().enumerate().map(|(column, text)| (name(text), column)).collect())
}

impl Records {
    /// The account of a record; `None` for an empty line, a comment, and what the profile says is no account.
    pub fn understand(&self, record: Record<'_>, today: Date) -> Result<Option<Understood>, Rejection> {
        match record {
            Record::Cells(cells) => {
                let Form::Cells(heads) = &self.form else { return Err(Rejection::Syntax) };
                if cells.iter().all(String::is_empty) {
                    return Ok(None);
                }
                let mut fields = Fields::new(self.profile.columns.len());
                for (text, column) in cells.iter().zip(&heads.0) {
                    if text.contains('\0') {
                        return Err(Rejection::Nul);
                    }
                    if let Some(column) = column {
                        fields.set(*column, Cow::Borrowed(text));
                    }
                }
                understand(&self.profile, &fields, today)
            }
            Record::Bytes(bytes) => {
                let is_comment = !matches!(self.form, Form::Ldif(_)) && is_comment(bytes);
                if is_comment || bytes.iter().all(u8::is_ascii_whitespace) {
                    return Ok(None);
                }
                if bytes.len() > LONGEST_ROW {
                    return Err(Rejection::TooLong);
                }
                if memchr::memchr(0, bytes).is_some() {
                    return Err(Rejection::Nul);
                }
                self.of_bytes(bytes, today)
            }
        }
    }

    fn of_bytes(&self, bytes: &[u8], today: Date) -> Result<Option<Understood>, Rejection> {
        let encoding = match self.form {
            Form::Csv { encoding, .. } => encoding,
            _ => Encoding::Utf8,
        };
        let text = decoded(encoding, bytes)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut fields = Fields::new(self.profile.columns.len());
        match &self.form {
            Form::Csv { delimiter, heads, .. } => {
                let count = csv::fields(text, *delimiter, |place, text| {
                    if let Some(Some(column)) = heads.0.get(place) {
                        fields.set(*column, text);
                    }
                })?;
                if count != heads.0.len() {
                    return Err(Rejection::Columns);
                }
                understand(&self.profile, &fields, today)
            }
            Form::Ndjson(columns) => {
                ndjson::members(text, |name, value| {
                    if let Some(column) = columns.get(name) {
                        fields.set(*column, value);
                    }
                })?;
                understand(&self.profile, &fields, today)
            }
            Form::Ldif(columns) => {
                let any = ldif::attributes(text, |name, value| {
                    let column = columns.get(name).or_else(|| columns.get(&name.to_ascii_lowercase()));
                    if let Some(column) = column {
                        fields.set(*column, value);
                    }
                })?;
                if any { understand(&self.profile, &fields, today) } else { Ok(None) }
            }
            Form::Cells(_) => Err(Rejection::Syntax),
        }
    }
}

/// What the file of rejected rows has before each row, and before those that are not to be imported again.
pub(super) fn is_comment(bytes: &[u8]) -> bool {
    bytes.starts_with(b"#! ") || bytes.starts_with(b"#= ")
}

/// A number that was no text where it came from, with the 15 digits that are certain. A whole one has no exponent: so
/// a citizen number that a spreadsheet took for a quantity is known by its zeros.
pub(super) fn of_float(value: f64) -> String {
    let digits = format!("{value:.14e}");
    let Some((mantissa, exponent)) = digits.split_once('e') else { return digits };
    let Ok(exponent) = exponent.parse::<usize>() else { return value.to_string() };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if exponent > 20 {
        return digits;
    }
    let (whole, fraction) = if exponent + 1 >= all.len() {
        (format!("{all:0<width$}", width = exponent + 1), String::new())
    } else {
        (all[..=exponent].to_owned(), all[exponent + 1..].trim_end_matches('0').to_owned())
    };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_keeps_the_digits_that_are_certain() {
        for (value, text) in [
            (4.401_061_990_030_701e17, "440106199003070000"),
            (440_106_680_412_123.0, "440106680412123"),
            (1.0, "1"),
            (0.0, "0"),
            (-12.5, "-12.5"),
            (0.25, "0.25"),
            (45_992.0, "45992"),
        ] {
            assert_eq!(of_float(value), text);
        }
    }
}
