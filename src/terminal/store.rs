//! The rows of `terminal`, their seals checked.

use jsonwebtoken::jwk::Jwk;
use serde_json::Value;
use uuid::Uuid;

use super::{Error, Hours, TerminalKey};
use crate::base::{Channel, Moment, words};
use crate::crypto::{DataKeys, Unopenable};
use crate::db::{self, Read, Row, values};

words! {
    /// What kind of machine it is.
    Kind {
        /// A self-service machine in a public place.
        Kiosk = "kiosk",
        /// A window with a clerk.
        Counter = "counter",
        /// A community agent's device (社区代办): the person is present, for one matter.
        Agent = "agent",
    }
}

words! {
    State {
        Active = "active",
        /// For good: it is enrolled anew, with a new key.
        Suspended = "suspended",
    }
}

impl Kind {
    /// The channel of the clients it may belong to.
    pub const fn channel(self) -> Channel {
        match self {
            Self::Kiosk => Channel::Kiosk,
            Self::Counter | Self::Agent => Channel::Counter,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Terminal {
    pub id: Uuid,
    pub kind: Kind,
    /// Where it stands, as people read it.
    pub place: String,
    /// The client as which it authenticates.
    pub client: String,
    pub key: TerminalKey,
    pub hours: Hours,
    pub state: State,
    pub enrolled_at: Moment,
    pub changed_at: Moment,
    pub(super) seal: Vec<u8>,
}

macro_rules! terminals {
    ($rest:literal) => {
        concat!(
            "select id, kind, place, client, jwk, hours, state, enrolled_at, changed_at, seal from terminal ",
            $rest
        )
    };
}

impl Terminal {
    fn read(row: &Row<'_>) -> Result<Self, db::Error> {
        let jwk: Value = row.json(4, "terminal")?;
        Ok(Self {
            id: row.get(0)?,
            kind: row.word(1, "terminal")?,
            place: row.get(2)?,
            client: row.get(3)?,
            key: TerminalKey::parse(&jwk).map_err(|e| db::Error::corrupt("terminal", e))?,
            hours: row.word(5, "terminal")?,
            state: row.word(6, "terminal")?,
            enrolled_at: row.moment(7)?,
            changed_at: row.moment(8)?,
            seal: row.get(9)?,
        })
    }

    /// What it may do rests on all of these. The key is in it by its thumbprint.
    fn fields(&self) -> [Vec<u8>; 8] {
        [
            b"terminal".to_vec(),
            self.id.as_bytes().to_vec(),
            self.kind.as_str().into(),
            self.place.as_str().into(),
            self.client.as_str().into(),
            self.key.thumbprint().into(),
            self.hours.to_string().into(),
            self.state.as_str().into(),
        ]
    }

    pub(super) fn sealed(mut self, keys: &DataKeys) -> Result<Self, Unopenable> {
        let fields = self.fields();
        self.seal = keys.seal(&fields.each_ref().map(Vec::as_slice))?;
        Ok(self)
    }

    fn checked(self, keys: &DataKeys) -> Result<Self, Unopenable> {
        let fields = self.fields();
        keys.check_seal(&self.seal, &fields.each_ref().map(Vec::as_slice))?;
        Ok(self)
    }

    /// Why it may not act now; `None` if it may.
    pub fn refusal(&self, now: Moment) -> Option<&'static str> {
        match self.state {
            State::Suspended => Some("the terminal is suspended"),
            State::Active if !self.hours.are_open(now) => Some("the terminal is outside its opening hours"),
            State::Active => None,
        }
    }

    pub fn jwk(&self) -> &Jwk {
        self.key.jwk()
    }
}

pub async fn find(read: &mut impl Read, keys: &DataKeys, id: Uuid) -> Result<Option<Terminal>, Error> {
    let found = read.optional(terminals!("where id = $1"), values![id], Terminal::read).await?;
    Ok(found.map(|terminal| terminal.checked(keys)).transpose()?)
}

/// A page of terminals by id, in the order in which they were enrolled.
pub async fn list(read: &mut impl Read, keys: &DataKeys, after: Uuid) -> Result<Vec<Terminal>, Error> {
    let page = terminals!("where id > $1 order by id limit 200");
    let found = read.all(page, values![after], Terminal::read).await?;
    Ok(found.into_iter().map(|terminal| terminal.checked(keys)).collect::<Result<_, _>>()?)
}
