//! A profile: how a legacy system writes its accounts. Read once from TOML, with the columns numbered, so that a row
//! is understood without a look-up by name.

mod document;

use std::collections::BTreeMap;

use super::numbers::KeyKind;
use super::{Status, SubjectKind};
use crate::credential::Scheme;
use crate::db::foreign::directory::is_filter;
use crate::outbound::old_systems::Where;
use document::Document;

/// A column of the source, by its place in [`Profile::columns`].
pub type Column = usize;

#[derive(Debug)]
pub struct Profile {
    pub name: String,
    pub title: String,
    pub client: Option<String>,
    pub format: Format,
    /// The columns that the profile names, each once.
    pub columns: Vec<String>,
    /// Rows that are no accounts: where this column has one of these words.
    pub skip: Option<(Column, Vec<String>)>,
    pub kind: KindRule,
    pub status: Option<(Column, BTreeMap<String, Status>)>,
    pub password: Option<PasswordRule>,
    /// Where the system says whether a password is right, if it gives no hashes away.
    pub check: Option<Where>,
    pub person: Option<Shape>,
    pub organization: Option<Shape>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    Csv {
        encoding: Encoding,
        delimiter: u8,
    },
    Ndjson,
    Ldif,
    Xlsx {
        sheet: Option<String>,
    },
    /// Read-only connections; the table, and a condition in the source's own words.
    Postgres {
        table: String,
        filter: Option<String>,
    },
    Mysql {
        table: String,
        filter: Option<String>,
    },
    Ldap {
        base: String,
        filter: String,
    },
}

impl Format {
    /// Whether a file of it is LDIF.
    pub const fn is_ldif(&self) -> bool {
        matches!(self, Self::Ldif | Self::Ldap { .. })
    }
}

/// How text is encoded. A byte order mark at the beginning is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// GB 18030, and so GBK and GB 2312.
    Gb18030,
}

#[derive(Debug)]
pub enum KindRule {
    Always(SubjectKind),
    ByWord { column: Column, person: Vec<String>, organization: Vec<String> },
}

#[derive(Debug)]
pub struct PasswordRule {
    pub hash: Column,
    pub salt: Option<Column>,
    pub schemes: SchemeRule,
}

#[derive(Debug)]
pub enum SchemeRule {
    /// Those of them whose form fits.
    Among(Vec<Scheme>),
    ByWord(Column, BTreeMap<String, Scheme>),
}

/// The columns of one kind of subject.
#[derive(Debug)]
pub struct Shape {
    pub local_id: Column,
    pub user_name: Option<Column>,
    pub name: Option<Column>,
    pub phone: Option<Column>,
    pub registered: Option<Column>,
    /// In order: the first that is not empty is the account's number.
    pub numbers: Vec<NumberRule>,
    pub representative: Option<ContactColumns>,
    pub handler: Option<ContactColumns>,
}

#[derive(Debug)]
pub struct NumberRule {
    pub column: Column,
    pub kind: NumberKindRule,
}

#[derive(Debug)]
pub enum NumberKindRule {
    Always(KeyKind),
    ByWord(Column, BTreeMap<String, KeyKind>),
}

#[derive(Debug, Default)]
pub struct ContactColumns {
    pub name: Option<Column>,
    pub number: Option<Column>,
    pub phone: Option<Column>,
}

/// A profile that cannot be used: the key, and what it should be.
#[derive(Debug, thiserror::Error)]
pub enum InvalidProfile {
    #[error("{0}")]
    Toml(String),
    #[error("{key}: {what}")]
    Key { key: String, what: String },
}

fn wrong(key: impl Into<String>, what: impl Into<String>) -> InvalidProfile {
    InvalidProfile::Key { key: key.into(), what: what.into() }
}

impl Profile {
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let document: Document =
            toml::from_str(text).map_err(|error| InvalidProfile::Toml(error.to_string()))?;
        let mut names = Names::default();
        let profile = Self::of(document, &mut names)?;
        Ok(Self { columns: names.0, ..profile })
    }

    fn of(document: Document, names: &mut Names) -> Result<Self, InvalidProfile> {
        let all = document.account;
        let mut shape = |key: &str, fields: Option<document::Fields>| {
            fields.map(|fields| shape(key, fields.over(&all), names)).transpose()
        };
        let person = shape("person", document.person)?;
        let organization = shape("organization", document.organization)?;
        let kind = kind(document.kind, names)?;
        let needed = |kind: SubjectKind| match kind {
            SubjectKind::Person => person.is_some(),
            SubjectKind::Organization => organization.is_some(),
        };
        for subject in kind.subjects() {
            if !needed(subject) {
                return Err(wrong(subject.as_str(), "a table that says which columns such an account has"));
            }
        }
        let skip = document.file.skip.as_ref().map(|skip| (names.column(&skip.column), skip.words.clone()));
        Ok(Self {
            name: source_name(&document.name)?,
            title: document.title,
            client: document.client,
            format: format(document.file)?,
            columns: Vec::new(),
            skip,
            kind,
            status: document.status.map(|status| (names.column(&status.column), status.words())),
            password: document.password.map(|password| password_rule(password, names)).transpose()?,
            check: document.check.map(check).transpose()?,
            person,
            organization,
        })
    }

    pub fn shape(&self, kind: SubjectKind) -> Option<&Shape> {
        match kind {
            SubjectKind::Person => self.person.as_ref(),
            SubjectKind::Organization => self.organization.as_ref(),
        }
    }
}

/// The columns that were named, in the order in which they were.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn column(&mut self, name: &str) -> Column {
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }

    fn optional(&mut self, name: Option<String>) -> Option<Column> {
        name.map(|name| self.column(&name))
    }
}

impl KindRule {
    fn subjects(&self) -> Vec<SubjectKind> {
        match self {
            Self::Always(kind) => vec![*kind],
            Self::ByWord { person, organization, .. } => {
                let mut kinds = Vec::new();
                if !person.is_empty() {
                    kinds.push(SubjectKind::Person);
                }
                if !organization.is_empty() {
                    kinds.push(SubjectKind::Organization);
                }
                kinds
            }
        }
    }
}

/// It stands behind the `@` of `name@source`.
fn source_name(name: &str) -> Result<String, InvalidProfile> {
    let good = (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if good { Ok(name.to_owned()) } else { Err(wrong("name", "1 to 32 of a-z, 0-9 and -")) }
}

fn format(file: document::File) -> Result<Format, InvalidProfile> {
    let encoding = match file.encoding.as_deref() {
        None | Some("utf-8") => Encoding::Utf8,
        Some("gb18030") => Encoding::Gb18030,
        Some(_) => return Err(wrong("file.encoding", "utf-8 or gb18030 (GBK is part of it)")),
    };
    let only_utf8 = |format: Format| match encoding {
        Encoding::Utf8 => Ok(format),
        Encoding::Gb18030 => Err(wrong("file.encoding", "this format is always UTF-8")),
    };
    let table = |table: Option<String>| {
        let good = |table: &String| {
            table
                .split('.')
                .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
        };
        table.filter(good).ok_or_else(|| wrong("file.table", "the table or view: letters, digits, _ and ."))
    };
    match file.format.as_str() {
        "csv" => match file.delimiter.as_deref().unwrap_or(",").as_bytes() {
            [delimiter] if delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r') => {
                Ok(Format::Csv { encoding, delimiter: *delimiter })
            }
            _ => Err(wrong("file.delimiter", "one ASCII character")),
        },
        "ndjson" => only_utf8(Format::Ndjson),
        "ldif" => only_utf8(Format::Ldif),
        "xlsx" => only_utf8(Format::Xlsx { sheet: file.sheet }),
        "postgres" => Ok(Format::Postgres { table: table(file.table)?, filter: file.filter }),
        "mysql" => Ok(Format::Mysql { table: table(file.table)?, filter: file.filter }),
        "ldap" => {
            let base =
                file.base.ok_or_else(|| wrong("file.base", "where in the directory the accounts are"))?;
            let filter = file.filter.unwrap_or_else(|| "(objectClass=*)".to_owned());
            if !is_filter(&filter) {
                return Err(wrong("file.filter", "a filter of LDAP, such as (objectClass=person)"));
            }
            Ok(Format::Ldap { base, filter })
        }
        _ => Err(wrong("file.format", "csv, ndjson, ldif, xlsx, postgres, mysql or ldap")),
    }
}

fn kind(kind: document::Kind, names: &mut Names) -> Result<KindRule, InvalidProfile> {
    match (kind.always, kind.column) {
        (Some(always), None) => Ok(KindRule::Always(always)),
        (None, Some(column)) if !(kind.person.is_empty() && kind.organization.is_empty()) => {
            Ok(KindRule::ByWord {
                column: names.column(&column),
                person: kind.person,
                organization: kind.organization,
            })
        }
        _ => Err(wrong("kind", "either always, or column with its words for person and organization")),
    }
}

fn check(given: document::Check) -> Result<Where, InvalidProfile> {
    let here = match given.url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let open = given.url.username().is_empty() && given.url.password().is_none();
    if open && (given.url.scheme() == "https" || here && given.url.scheme() == "http") {
        Ok(Where { url: given.url, key_file: given.key_file })
    } else {
        Err(wrong("check.url", "an https:// address without user name and password in it"))
    }
}

fn password_rule(given: document::Password, names: &mut Names) -> Result<PasswordRule, InvalidProfile> {
    let scheme = |key: &str, name: &str| {
        name.parse::<Scheme>().map_err(|what| wrong(key, format!("{name} is {what}")))
    };
    let schemes = match (given.schemes.as_slice(), given.scheme_column) {
        ([_, ..], None) => SchemeRule::Among(
            given
                .schemes
                .iter()
                .map(|name| scheme("password.schemes", name))
                .collect::<Result<_, InvalidProfile>>()?,
        ),
        ([], Some(column)) => SchemeRule::ByWord(
            names.column(&column),
            given
                .scheme_words
                .into_iter()
                .map(|(word, name)| Ok((word, scheme("password.scheme_words", &name)?)))
                .collect::<Result<_, InvalidProfile>>()?,
        ),
        _ => return Err(wrong("password", "either schemes, or scheme_column with scheme_words")),
    };
    Ok(PasswordRule { hash: names.column(&given.hash), salt: names.optional(given.salt), schemes })
}

fn shape(key: &str, fields: document::Fields, names: &mut Names) -> Result<Shape, InvalidProfile> {
    let local_id = fields
        .local_id
        .ok_or_else(|| wrong(format!("{key}.local_id"), "the column of the account's id in its system"))?;
    let numbers = fields
        .number
        .into_iter()
        .map(|number| {
            let kind = number_kind(key, &number, names)?;
            Ok(NumberRule { column: names.column(&number.column), kind })
        })
        .collect::<Result<_, InvalidProfile>>()?;
    let contact = |contact: Option<document::Contact>, names: &mut Names| {
        contact.map(|contact| ContactColumns {
            name: names.optional(contact.name),
            number: names.optional(contact.number),
            phone: names.optional(contact.phone),
        })
    };
    Ok(Shape {
        local_id: names.column(&local_id),
        user_name: names.optional(fields.user_name),
        name: names.optional(fields.name),
        phone: names.optional(fields.phone),
        registered: names.optional(fields.registered),
        numbers,
        representative: contact(fields.representative, names),
        handler: contact(fields.handler, names),
    })
}

fn number_kind(
    key: &str,
    number: &document::Number,
    names: &mut Names,
) -> Result<NumberKindRule, InvalidProfile> {
    let kind = |name: &str| {
        name.parse::<KeyKind>().map_err(|_| {
            wrong(format!("{key}.number"), format!("kind {name} is none of {}", KeyKind::words()))
        })
    };
    match (&number.kind, &number.kind_column) {
        (Some(name), None) => Ok(NumberKindRule::Always(kind(name)?)),
        (None, Some(column)) => {
            let words = number
                .kind_words
                .iter()
                .map(|(word, name)| Ok((word.clone(), kind(name)?)))
                .collect::<Result<_, InvalidProfile>>()?;
            Ok(NumberKindRule::ByWord(names.column(column), words))
        }
        _ => Err(wrong(
            format!("{key}.number"),
            "each has column and either kind, or kind_column with kind_words",
        )),
    }
}

#[cfg(test)]
mod tests;
