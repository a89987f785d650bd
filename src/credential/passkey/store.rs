//! The rows of `passkey`.

use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use crate::base::{Moment, Visit};
use crate::credential::holder::held;
use crate::credential::{Holder, Whose};
use crate::db::{self, Read, Tx, values};

/// Passkeys that one person, or one operator, may have.
pub const MOST: usize = 20;

/// Characters of a label.
const LONGEST_LABEL: usize = 60;

/// A passkey as its owner sees it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub credential_id: Vec<u8>,
    pub label: String,
    pub created_at: Moment,
    pub used_at: Option<Moment>,
}

/// The holder's passkeys, the oldest first.
pub async fn list(read: &mut impl Read, holder: Holder) -> Result<Vec<Listed>, db::Error> {
    // A few more than there may be: two that are added at once may pass the limit together.
    read.all(
        held!(
            holder,
            "select credential_id, label, created_at, used_at from ",
            "passkey",
            " where ",
            " = $1 order by created_at, credential_id limit 40"
        ),
        values![holder.id()],
        |row| {
            Ok(Listed {
                credential_id: row.get(0)?,
                label: row.get(1)?,
                created_at: row.moment(2)?,
                used_at: row.optional_moment(3)?,
            })
        },
    )
    .await
}

/// Names the holder's passkey anew; false if they have none of that id.
pub async fn rename(
    tx: &mut Tx,
    holder: Holder,
    credential_id: &[u8],
    label: &str,
) -> Result<bool, db::Error> {
    let renamed = tx
        .execute(
            held!(holder, "update ", "passkey", " set label = $3 where credential_id = $1 and ", " = $2"),
            values![credential_id, holder.id(), &tidy(label)],
        )
        .await?;
    Ok(renamed == 1)
}

/// Removes the holder's passkey; false if they have none of that id. Whether a person's may go,
/// [`crate::credential::factors`] says.
pub async fn remove(tx: &mut Tx, holder: Holder, credential_id: &[u8]) -> Result<bool, db::Error> {
    let removed = tx
        .execute(
            held!(holder, "delete from ", "passkey", " where credential_id = $1 and ", " = $2"),
            values![credential_id, holder.id()],
        )
        .await?;
    Ok(removed == 1)
}

/// False if a passkey of that id is there already, whosever it is.
pub(super) async fn insert(
    tx: &mut Tx,
    visit: &Visit,
    holder: Holder,
    passkey: &Passkey,
    label: &str,
) -> Result<bool, db::Error> {
    let id: &[u8] = passkey.cred_id();
    let inserted = tx
        .execute(
            held!(
                holder,
                "insert into ",
                "passkey",
                " (credential_id, ",
                ", label, credential, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing"
            ),
            values![id, holder.id(), &tidy(label), &written(passkey)?, visit.now],
        )
        .await?;
    Ok(inserted == 1)
}

fn tidy(label: &str) -> String {
    label.trim().chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect()
}

pub(super) struct Kept {
    pub holder: Holder,
    pub passkey: Passkey,
    /// The passkey as the row has it.
    text: String,
}

pub(super) async fn find(
    read: &mut impl Read,
    whose: Whose,
    credential_id: &[u8],
) -> Result<Option<Kept>, db::Error> {
    let sql = match whose {
        Whose::Persons => "select person, credential from passkey where credential_id = $1",
        Whose::Operators => "select operator, credential from operator_passkey where credential_id = $1",
    };
    let found = read
        .optional(sql, values![credential_id], |row| {
            Ok((row.get::<Uuid>(0)?, row.json(1, "passkey")?, row.get(1)?))
        })
        .await?;
    Ok(found.map(|(id, passkey, text)| Kept { holder: whose.holder(id), passkey, text }))
}

/// A passkey before and after it signed.
pub(super) struct Used {
    holder: Holder,
    id: Vec<u8>,
    before: String,
    after: String,
}

impl Used {
    pub fn new(kept: Kept) -> Result<Self, db::Error> {
        let after = written(&kept.passkey)?;
        Ok(Self { holder: kept.holder, id: kept.passkey.cred_id().to_vec(), before: kept.text, after })
    }

    /// False if the row is no longer what it was when the signature was checked.
    pub async fn store(&self, tx: &mut Tx, visit: &Visit) -> Result<bool, db::Error> {
        let changed = tx
            .execute(
                held!(
                    self.holder,
                    "update ",
                    "passkey",
                    " set credential = $3, used_at = $4 where credential_id = $1 and credential = $2 and ",
                    " = $5"
                ),
                values![&self.id, &self.before, &self.after, visit.now, self.holder.id()],
            )
            .await?;
        Ok(changed == 1)
    }
}

fn written(passkey: &Passkey) -> Result<String, db::Error> {
    serde_json::to_string(passkey).map_err(|e| db::Error::corrupt("passkey", e))
}
