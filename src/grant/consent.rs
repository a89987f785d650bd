//! What a person was asked about a relying system, and what they allowed: for themselves, or for the account
//! in whose name they act.

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Scopes, Visit};
use crate::client::LegalBasis;
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// The scopes that were put to the person.
    pub asked: Scopes,
    /// Those the person allowed, or was given notice of.
    pub allowed: Scopes,
}

/// `capacity` is the account spoken for: the person's own for oneself.
pub async fn consent_of(
    read: &mut impl Read,
    person: Uuid,
    capacity: Uuid,
    client: &str,
) -> Result<Option<Consent>, Error> {
    Ok(read
        .optional(
            "select asked, allowed from consent where person = $1 and capacity = $2 and client = $3",
            values![person, capacity, client],
            |row| {
                Ok(Consent {
                    asked: Scopes::parse(&row.get::<String>(0)?),
                    allowed: Scopes::parse(&row.get::<String>(1)?),
                })
            },
        )
        .await?)
}

/// Remembers the answer. What was asked earlier and is not asked now keeps its earlier answer.
pub async fn record_consent(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (person, capacity): (Uuid, Uuid),
    client: &str,
    answer: Consent,
    basis: LegalBasis,
) -> Result<(), Error> {
    let before = consent_of(tx, person, capacity, client).await?.unwrap_or_default();
    let asked = before.asked.or(answer.asked).to_string();
    let allowed = before.allowed.without(answer.asked).or(answer.allowed).to_string();
    tx.execute(
        "insert into consent (person, capacity, client, asked, allowed, basis, given_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (person, capacity, client) do update set asked = excluded.asked, allowed = excluded.allowed,
           basis = excluded.basis, given_at = excluded.given_at",
        values![person, capacity, client, &asked, &allowed, basis.as_str(), visit.now],
    )
    .await?;
    let event = Event::ConsentGiven { scopes: answer.allowed, basis: basis.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(person), client: Some(client) }).await?;
    Ok(())
}

/// A consent, as its giver sees it.
#[derive(Clone, Debug)]
pub struct Given {
    /// The account spoken for: one's own, or a represented one.
    pub capacity: Uuid,
    pub client: String,
    pub allowed: Scopes,
    pub basis: LegalBasis,
    pub given_at: Moment,
}

/// Everything a person was told of or agreed to, the newest first.
pub async fn consents_of(read: &mut impl Read, person: Uuid) -> Result<Vec<Given>, Error> {
    Ok(read
        .all(
            "select capacity, client, allowed, basis, given_at from consent where person = $1
             order by given_at desc limit 200",
            values![person],
            |row| {
                Ok(Given {
                    capacity: row.get(0)?,
                    client: row.get(1)?,
                    allowed: Scopes::parse(&row.get::<String>(2)?),
                    basis: row.word(3, "consent")?,
                    given_at: row.moment(4)?,
                })
            },
        )
        .await?)
}

/// Takes a consent back: it is as if never asked, and what was given on it is revoked. A notice by law is not
/// the person's to take back: `false`, and nothing changes.
pub async fn withdraw_consent(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    (person, capacity): (Uuid, Uuid),
    client: &str,
) -> Result<bool, Error> {
    let taken = tx
        .execute(
            "delete from consent where person = $1 and capacity = $2 and client = $3 and basis = $4",
            values![person, capacity, client, LegalBasis::Consent.as_str()],
        )
        .await?;
    if taken == 0 {
        return Ok(false);
    }
    tx.execute(
        "update grants set state = 'revoked'
         where person = $1 and client = $3 and state = 'active' and coalesce(represented, person) = $2",
        values![person, capacity, client],
    )
    .await?;
    let about = About { person: Some(person), client: Some(client) };
    audit::record(tx, keys, visit, Event::ConsentWithdrawn, about).await?;
    Ok(true)
}
