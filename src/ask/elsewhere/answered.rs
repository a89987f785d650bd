//! What a person has answered, kept so that they can see it on their account.

use uuid::Uuid;

use super::{Request, ping};
use crate::audit::{self, About, Event};
use crate::base::{Moment, Scopes, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

words! {
    /// How it was answered.
    Outcome {
        Allowed = "allowed",
        Denied = "denied",
        /// Not the number that the other screen shows: perhaps it was not theirs.
        WrongNumber = "wrong_number",
        /// The person could not prove what was wanted.
        Unproven = "unproven",
    }
}

/// So many answers are told at once.
pub const ANSWERED_AT_ONCE: usize = 50;

/// One of a person's answers.
#[derive(Clone, Debug)]
pub struct Answered {
    pub id: Uuid,
    pub client: String,
    pub terminal: Option<Uuid>,
    /// Where it was asked; empty where the client is at no terminal.
    pub place: String,
    /// For which matter; empty if it was not said.
    pub matter: String,
    pub scopes: Scopes,
    pub outcome: Outcome,
    pub answered_at: Moment,
}

/// Writes down what a person answered, and in which session.
pub async fn record(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    request: &Request,
    by: (Uuid, Uuid),
    outcome: Outcome,
) -> Result<(), audit::Error> {
    let (person, session) = by;
    let ask = &request.ask;
    let terminal = request.terminal.as_ref();
    tx.execute(
        "insert into answered_request (id, person, session, client, kind, terminal, place, matter, scopes, outcome,
                                       answered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            request.id,
            person,
            session,
            &ask.client_id,
            request.kind.as_str(),
            terminal.map(|terminal| terminal.id),
            terminal.map_or("", |terminal| terminal.place.as_str()),
            request.matter.as_deref().unwrap_or_default(),
            &ask.scopes.to_string(),
            outcome.as_str(),
            visit.now
        ],
    )
    .await?;
    ping::enqueue(tx, visit, request).await?;
    let event = Event::RequestAnswered { request: request.id, outcome: outcome.as_str() };
    let about = About { person: Some(person), client: Some(&ask.client_id) };
    audit::record(tx, keys, visit, event, about).await
}

/// What a person answered, the newest first, before `before`.
pub async fn answered(
    read: &mut impl Read,
    person: Uuid,
    before: Uuid,
) -> Result<Vec<Answered>, crate::db::Error> {
    read.all(
        "select id, client, terminal, place, matter, scopes, outcome, answered_at from answered_request
         where person = $1 and id < $2 order by id desc limit $3",
        values![person, before, ANSWERED_AT_ONCE as i64],
        |row| {
            Ok(Answered {
                id: row.get(0)?,
                client: row.get(1)?,
                terminal: row.get(2)?,
                place: row.get(3)?,
                matter: row.get(4)?,
                scopes: Scopes::parse(&row.get::<String>(5)?),
                outcome: row.word(6, "answered_request")?,
                answered_at: row.moment(7)?,
            })
        },
    )
    .await
}
