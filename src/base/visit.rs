//! The facts of one request, gathered once at the door.

use std::net::IpAddr;

use uuid::Uuid;

use super::{Chance, Channel, Language, Moment};

/// Who does something, as the audit log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has proven anything yet.
    Nobody,
    Person(Uuid),
    Client(String),
    /// An enrolled kiosk or window, for its client.
    Terminal(Uuid),
    /// Somebody who works here, by the id of the operator.
    Operator(Uuid),
    /// A command on the machine, by the system user's name.
    Cli(String),
    /// Yihao itself, in a recurring duty.
    Duty(&'static str),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Terminal(id) => write!(f, "terminal:{id}"),
            Self::Operator(id) => write!(f, "operator:{id}"),
            Self::Cli(user) => write!(f, "cli:{user}"),
            Self::Duty(name) => write!(f, "duty:{name}"),
        }
    }
}

/// The facts of one request. A function that is given a visit asks neither the clock nor the dice.
#[derive(Clone, Debug)]
pub struct Visit {
    pub now: Moment,
    pub chance: Chance,
    pub channel: Channel,
    /// The enrolled terminal that the request came by.
    pub terminal: Option<Uuid>,
    pub address: IpAddr,
    pub language: Language,
    pub actor: Actor,
    /// Named in answers, logs and audit events: by it the three are found together.
    pub request_id: Uuid,
}

impl Visit {
    /// A fresh id for a row made in this visit, ordered by time.
    pub fn id(&self) -> Uuid {
        self.chance.id_at(self.now)
    }
}
