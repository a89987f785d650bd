//! A JSON object a line (NDJSON): the texts of its members. Numbers and truth values count as their text; what is
//! nested or null counts as absent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::row::Rejection;

/// Calls `each` with the members of an object.
pub(super) fn members<'a>(record: &'a str, each: impl FnMut(&str, Cow<'a, str>)) -> Result<(), Rejection> {
    let mut json = serde_json::Deserializer::from_str(record);
    json.deserialize_map(Members(each)).and_then(|()| json.end()).map_err(|_| Rejection::Syntax)
}

struct Members<F>(F);

impl<'a, F: FnMut(&str, Cow<'a, str>)> Visitor<'a> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut members: M) -> Result<(), M::Error> {
        while let Some(name) = members.next_key::<Name<'a>>()? {
            if let Some(text) = members.next_value::<Text<'a>>()?.0 {
                (self.0)(&name.0, text);
            }
        }
        Ok(())
    }
}

/// A name borrows where it can: mostly it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Name<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(TextVisitor)?.0 {
            Some(text) => Ok(Self(text)),
            None => Err(D::Error::custom("a name")),
        }
    }
}

struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> serde::Deserialize<'a> for Text<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'a> Visitor<'a> for TextVisitor {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Borrowed(if value { "true" } else { "false" }))))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Owned(value.to_string()))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Owned(value.to_string()))))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text<'a>, E> {
        Ok(Text(Some(Cow::Owned(super::records::of_float(value)))))
    }

    fn visit_unit<E>(self) -> Result<Text<'a>, E> {
        Ok(Text(None))
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<Text<'a>, S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<Text<'a>, M::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(record: &str) -> Result<Vec<(String, String)>, Rejection> {
        let mut found = Vec::new();
        members(record, |name, value| found.push((name.to_owned(), value.into_owned())))?;
        Ok(found)
    }

    #[test]
    fn members_are_texts() {
        let record = r#" {"a": "王", "b\u0063": "x\ty", "n": 440106199003070124, "f": 4.40106199003070124e17,
            "t": true, "z": null, "l": [1, {"a": 2}], "o": {"a": "b"}, "e": ""} "#;
        let expected = [
            ("a", "王"),
            ("bc", "x\ty"),
            ("n", "440106199003070124"),
            ("f", "440106199003070000"),
            ("t", "true"),
            ("e", ""),
        ];
        let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(read(record).unwrap(), expected);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for record in ["", "[]", "1", "{", "{\"a\": 1", "{\"a\": 1} {}", "{a: 1}", "{\"a\": \"\u{1}\"}"] {
            assert_eq!(read(record), Err(Rejection::Syntax), "{record}");
        }
    }
}
