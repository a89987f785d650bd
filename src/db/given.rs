//! Many rows at once. They are given to a transaction and then stand in a temporary table of their own, where
//! statements of one SQL text for both engines work on all of them: insert, update, join. A statement a row would
//! cost more than what it does.

use super::{Error, Value};

/// The type of a column that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Bool,
    Text,
    Bytes,
    Uuid,
}

impl Kind {
    const fn sql(self) -> &'static str {
        match self {
            Self::Int => "bigint",
            Self::Bool => "boolean",
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Uuid => "uuid",
        }
    }
}

/// A temporary table: its name, which must be no other table's, and its columns in order.
#[derive(Debug)]
pub struct Given {
    pub table: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

impl Given {
    /// Created once a connection; nothing in it outlives the transaction.
    pub(super) fn create(&self, tail: &str) -> String {
        let columns: Vec<_> =
            self.columns.iter().map(|(name, kind)| format!("{name} {}", kind.sql())).collect();
        format!("create temporary table if not exists {} ({}){tail}", self.table, columns.join(", "))
    }

    pub(super) fn delete(&self) -> String {
        format!("delete from {}", self.table)
    }

    pub(super) fn insert(&self) -> String {
        let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
        format!("insert into {} values ({})", self.table, places.join(", "))
    }

    pub(super) fn copy(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("copy {} ({}) from stdin with (format binary)", self.table, names.join(", "))
    }
}

/// Rows to be given: kept in one piece, in the form of PostgreSQL's binary COPY.
pub struct Rows {
    given: &'static Given,
    bytes: Vec<u8>,
    count: usize,
}

/// What begins the binary COPY, and the mark after the last row (PostgreSQL 15, COPY, "Binary Format").
pub(super) const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
pub(super) const TAIL: &[u8] = &[0xff, 0xff];

impl Rows {
    pub const fn new(given: &'static Given) -> Self {
        Self { given, bytes: Vec::new(), count: 0 }
    }

    pub const fn len(&self) -> usize {
        self.count
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a row: a value for each column, in order.
    ///
    /// # Panics
    /// If the values are not those of the columns: a mistake of the caller, not of its data.
    pub fn push(&mut self, values: &[Value<'_>]) {
        assert_eq!(values.len(), self.given.columns.len(), "a value for each column of {}", self.given.table);
        self.put(&u16::try_from(values.len()).unwrap_or(u16::MAX).to_be_bytes());
        for (value, (name, kind)) in values.iter().zip(self.given.columns) {
            match (value, kind) {
                (Value::Null, _) => self.put(&(-1i32).to_be_bytes()),
                (Value::Int(n), Kind::Int) => self.field(&n.to_be_bytes()),
                (Value::Bool(b), Kind::Bool) => self.field(&[u8::from(*b)]),
                (Value::Text(t), Kind::Text) => self.field(t.as_bytes()),
                (Value::Bytes(b), Kind::Bytes) => self.field(b),
                (Value::Uuid(u), Kind::Uuid) => self.field(u.as_bytes()),
                _ => panic!("{}.{name} takes {}", self.given.table, kind.sql()),
            }
        }
        self.count += 1;
    }

    /// Adds the rows of another, made for the same table.
    pub fn append(&mut self, other: &Self) {
        assert!(std::ptr::eq(self.given, other.given), "rows of one table");
        self.put(&other.bytes);
        self.count += other.count;
    }

    /// The same without the rows at these places, in order.
    pub fn without(&self, places: &[usize]) -> Result<Self, Error> {
        let mut left = Self::new(self.given);
        let (mut at, mut places) = (0, places.iter().peekable());
        self.for_each(|values| {
            if places.next_if(|place| **place == at).is_none() {
                left.push(values);
            }
            at += 1;
            Ok(())
        })?;
        Ok(left)
    }

    pub(super) const fn given(&self) -> &'static Given {
        self.given
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Calls `each` with the values of every row.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(&[Value<'_>]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut rest = &self.bytes[..];
        let mut values = Vec::with_capacity(self.given.columns.len());
        for _ in 0..self.count {
            values.clear();
            rest = rest.get(2..).ok_or_else(broken)?;
            for (_, kind) in self.given.columns {
                values.push(value(*kind, &mut rest).ok_or_else(broken)?);
            }
            each(&values)?;
        }
        Ok(())
    }

    fn field(&mut self, bytes: &[u8]) {
        self.put(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
        self.put(bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

fn value<'a>(kind: Kind, rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = after;
        return Some(Value::Null);
    };
    let (bytes, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(match kind {
        Kind::Int => Value::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        Kind::Bool => Value::Bool(bytes == [1]),
        Kind::Text => Value::Text(std::str::from_utf8(bytes).ok()?),
        Kind::Bytes => Value::Bytes(bytes),
        Kind::Uuid => Value::Uuid(uuid::Uuid::from_slice(bytes).ok()?),
    })
}

fn broken() -> Error {
    Error::Configuration("rows that were given are broken".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::values;

    static GIVEN: Given = Given {
        table: "given_test",
        columns: &[
            ("a", Kind::Int),
            ("b", Kind::Text),
            ("c", Kind::Bytes),
            ("d", Kind::Uuid),
            ("e", Kind::Bool),
        ],
    };

    #[test]
    fn rows_read_as_they_were_pushed() {
        let mut rows = Rows::new(&GIVEN);
        let id = uuid::Uuid::from_u128(7);
        rows.push(values![-1i64, "一号", &[0u8, 255][..], id, true]);
        let mut more = Rows::new(&GIVEN);
        more.push(values![None::<i64>, "", None::<&[u8]>, None::<uuid::Uuid>, false]);
        rows.append(&more);
        let mut seen = Vec::new();
        rows.for_each(|values| {
            seen.push(format!("{values:?}"));
            Ok(())
        })
        .unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(seen[0], format!("{:?}", values![-1i64, "一号", &[0u8, 255][..], id, true]));
        assert_eq!(
            seen[1],
            format!("{:?}", values![None::<i64>, "", None::<&[u8]>, None::<uuid::Uuid>, false])
        );
    }

    #[test]
    fn rows_can_be_left_out() {
        let mut rows = Rows::new(&GIVEN);
        for n in 0..5 {
            rows.push(values![i64::from(n), "x", None::<&[u8]>, None::<uuid::Uuid>, true]);
        }
        let mut left = Vec::new();
        let without = rows.without(&[0, 3]).unwrap();
        without
            .for_each(|values| {
                left.push(format!("{:?}", values[0]));
                Ok(())
            })
            .unwrap();
        assert_eq!((without.len(), left), (3, ["Int(1)", "Int(2)", "Int(4)"].map(str::to_owned).into()));
    }

    #[test]
    #[should_panic(expected = "given_test.b takes text")]
    fn a_value_of_another_kind_is_a_mistake() {
        Rows::new(&GIVEN).push(values![1i64, 2i64, None::<&[u8]>, None::<uuid::Uuid>, true]);
    }
}
