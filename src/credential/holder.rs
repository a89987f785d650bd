//! Whose a factor is. Persons and operators prove themselves in the same ways, and their factors stand in
//! tables of their own: what opens an account never opens a console.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::About;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder {
    Person(Uuid),
    Operator(Uuid),
}

/// Which of the two, before it is known who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Persons,
    Operators,
}

impl Holder {
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(id) | Self::Operator(id) => id,
        }
    }

    pub const fn whose(self) -> Whose {
        match self {
            Self::Person(_) => Whose::Persons,
            Self::Operator(_) => Whose::Operators,
        }
    }

    /// Whom an event is about: an operator is not a person of the history, the event itself names them.
    pub(super) fn about(self) -> About<'static> {
        match self {
            Self::Person(id) => About { person: Some(id), client: None },
            Self::Operator(_) => About::default(),
        }
    }
}

impl Whose {
    pub const fn holder(self, id: Uuid) -> Holder {
        match self {
            Self::Persons => Holder::Person(id),
            Self::Operators => Holder::Operator(id),
        }
    }
}

/// A statement for the holder's own table. The two differ in the table's name and in the column that names
/// the holder, in this order.
macro_rules! held {
    ($holder:expr, $before:literal, $table:literal, $between:literal, $after:literal) => {
        match $holder {
            $crate::credential::Holder::Person(_) => concat!($before, $table, $between, "person", $after),
            $crate::credential::Holder::Operator(_) => {
                concat!($before, "operator_", $table, $between, "operator", $after)
            }
        }
    };
}
pub(super) use held;
