//! What the log tells a person about themselves.

use uuid::Uuid;

use crate::base::Moment;
use crate::db::{self, Read, values};

/// An event as its person may read it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: Uuid,
    pub event: String,
    pub client: Option<String>,
    pub detail: serde_json::Value,
}

impl Entry {
    pub fn at(&self) -> Moment {
        Moment::of_id(self.id)
    }
}

/// The latest disclosures of a person's data, the newest first, before `before`.
pub async fn disclosures(
    read: &mut impl Read,
    person: Uuid,
    before: Option<Uuid>,
) -> Result<Vec<Entry>, db::Error> {
    read.all(
        "select id, event, client, detail from audit
         where person = $1 and id < $2 and event in ('grant.issued', 'data.disclosed')
         order by id desc limit 50",
        values![person, before.unwrap_or(Uuid::max())],
        |row| {
            Ok(Entry {
                id: row.get(0)?,
                event: row.get(1)?,
                client: row.get(2)?,
                detail: row.json(3, "audit")?,
            })
        },
    )
    .await
}
