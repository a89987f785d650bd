//! Cases: what no rule decides, kept until a person does.

use uuid::Uuid;

use super::Error;
use crate::audit::{self, About, Event};
use crate::base::{Moment, Visit, words};
use crate::crypto::DataKeys;
use crate::db::{Read, Tx, values};

words! {
    CaseKind {
        /// Better proof has displaced an account: whose was it?
        Displaced = "displaced",
        /// 重号: the register knows two persons of one number.
        SharedNumber = "shared-number",
    }
}

/// A case that waits.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: Uuid,
    pub kind: CaseKind,
    /// The account it is about, and the other one in it.
    pub account: Uuid,
    pub other: Option<Uuid>,
    pub opened_at: Moment,
}

pub async fn open_case(
    tx: &mut Tx,
    keys: &DataKeys,
    visit: &Visit,
    kind: CaseKind,
    (account, other): (Uuid, Option<Uuid>),
    reason: &str,
) -> Result<Uuid, Error> {
    let id = visit.id();
    tx.execute(
        "insert into cases (id, kind, state, account, other, reason, opened_at)
         values ($1, $2, 'open', $3, $4, $5, $6)",
        values![id, kind.as_str(), account, other, reason, visit.now],
    )
    .await?;
    let event = Event::CaseOpened { case: id, kind: kind.as_str() };
    audit::record(tx, keys, visit, event, About { person: Some(account), client: None }).await?;
    Ok(id)
}

/// Those that wait, the oldest first. Questions about legacy accounts are not among them: `legacy` has those.
pub async fn open_cases(read: &mut impl Read) -> Result<Vec<Case>, Error> {
    Ok(read
        .all(
            "select id, kind, account, other, opened_at from cases
             where state = 'open' and source is null order by id limit 200",
            values![],
            |row| {
                Ok(Case {
                    id: row.get(0)?,
                    kind: row.word(1, "cases")?,
                    account: row.get(2)?,
                    other: row.get(3)?,
                    opened_at: row.moment(4)?,
                })
            },
        )
        .await?)
}
