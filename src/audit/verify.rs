//! Whether events are as they were written.

use uuid::Uuid;

use super::{Error, Sealed};
use crate::crypto::DataKeys;
use crate::db::{Read, values};

/// Some events in a row, looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub good: u64,
    /// Those whose seal does not fit.
    pub bad: Vec<Uuid>,
    /// Where to go on.
    pub last: Uuid,
}

/// Checks the next events after `after`; `None` if there are no more.
pub async fn verify(read: &mut impl Read, keys: &DataKeys, after: Uuid) -> Result<Option<Checked>, Error> {
    let rows = read
        .all(
            "select id, request, event, actor, channel, address, person, client, detail, seal from audit
             where id > $1 order by id limit 500",
            values![after],
            |row| {
                let sealed = Sealed {
                    id: row.get(0)?,
                    request: row.get(1)?,
                    event: row.get::<String>(2)?.into(),
                    actor: row.get(3)?,
                    channel: row.get::<String>(4)?.into(),
                    address: row.get(5)?,
                    person: row.get::<Option<Uuid>>(6)?.unwrap_or_default(),
                    client: row.get::<Option<String>>(7)?.unwrap_or_default(),
                    detail: row.get(8)?,
                };
                Ok((sealed, row.get::<Vec<u8>>(9)?))
            },
        )
        .await?;
    let Some(last) = rows.last().map(|(event, _)| event.id) else { return Ok(None) };
    let mut checked = Checked { good: 0, bad: Vec::new(), last };
    for (event, seal) in rows {
        match keys.check_seal(&seal, &event.fields()) {
            Ok(()) => checked.good += 1,
            Err(_) => checked.bad.push(event.id),
        }
    }
    Ok(Some(checked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{About, Event, record};
    use crate::base::{Actor, Chance, Channel, Language, Moment, Visit};
    use crate::crypto::{DataKey, Purpose, Suite};
    use crate::db::Db;

    #[tokio::test]
    async fn a_changed_event_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let db =
            Db::open(&format!("sqlite://{}", directory.path().join("audit.db").display())).await.unwrap();
        let now = Moment::from_seconds(1_000_000);
        db.migrate(now).await.unwrap();
        let keys: DataKeys =
            [DataKey::new(Purpose::Seal, 1, Suite::International, [7; 32])].into_iter().collect();
        let visit = Visit {
            now,
            chance: Chance::seeded(1),
            channel: Channel::System,
            terminal: None,
            address: [127, 0, 0, 1].into(),
            language: Language::default(),
            actor: Actor::Cli("root".to_owned()),
            request_id: Uuid::nil(),
        };
        let mut tx = db.begin().await.unwrap();
        for client in [Some("a"), None, Some("b")] {
            let about = About { person: client.is_none().then_some(Uuid::max()), client };
            record(&mut tx, &keys, &visit, Event::PasswordSet, about).await.unwrap();
        }
        tx.commit().await.unwrap();
        let checked = verify(&mut &db, &keys, Uuid::nil()).await.unwrap().unwrap();
        assert_eq!((checked.good, checked.bad.len()), (3, 0));
        assert_eq!(verify(&mut &db, &keys, checked.last).await.unwrap(), None);
        let mut tx = db.begin().await.unwrap();
        tx.execute("update audit set client = 'c' where client = 'a'", values![]).await.unwrap();
        tx.commit().await.unwrap();
        let checked = verify(&mut &db, &keys, Uuid::nil()).await.unwrap().unwrap();
        assert_eq!((checked.good, checked.bad.len()), (2, 1));
    }
}
