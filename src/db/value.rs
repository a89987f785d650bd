//! Values of statements: the five types that both engines share.

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::base::Moment;

#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
    Uuid(Uuid),
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(n) => ToSqlOutput::Borrowed(ValueRef::Integer(*n)),
            Self::Bool(b) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*b))),
            Self::Text(t) => ToSqlOutput::Borrowed(ValueRef::Text(t.as_bytes())),
            Self::Bytes(b) => ToSqlOutput::Borrowed(ValueRef::Blob(b)),
            Self::Uuid(u) => ToSqlOutput::Borrowed(ValueRef::Blob(u.as_bytes())),
        })
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => n.to_sql(ty, out),
            Self::Bool(b) => b.to_sql(ty, out),
            Self::Text(t) => t.to_sql(ty, out),
            Self::Bytes(b) => b.to_sql(ty, out),
            Self::Uuid(u) => u.to_sql(ty, out),
        }
    }

    // The variant, not the Rust type, says what it is; the server checks it against the column.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $value:expr;)*) => {
        $(impl<'a> From<$from> for Value<'a> { fn from($x: $from) -> Self { $value } })*
    };
}

value_from! {
    i64 => |x| Self::Int(x);
    i32 => |x| Self::Int(x.into());
    u32 => |x| Self::Int(x.into());
    u8 => |x| Self::Int(x.into());
    bool => |x| Self::Bool(x);
    Uuid => |x| Self::Uuid(x);
    Moment => |x| Self::Int(x.micros());
    &'a str => |x| Self::Text(x);
    &'a String => |x| Self::Text(x);
    &'a [u8] => |x| Self::Bytes(x);
    &'a Vec<u8> => |x| Self::Bytes(x);
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
