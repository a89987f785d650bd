//! Grants that outlive their session (`offline_access`): the apps in which a person stays signed in.

use uuid::Uuid;

use super::Error;
use crate::base::{Moment, Visit};
use crate::db::{Read, values};

#[derive(Clone, Debug)]
pub struct Offline {
    pub id: Uuid,
    pub client: String,
    /// The session it began in.
    pub session: Uuid,
    /// Whether that session goes on: then the person sees it there.
    pub in_session: bool,
}

impl Offline {
    pub fn since(&self) -> Moment {
        Moment::of_id(self.id)
    }
}

/// A person's, the newest first; the newest two hundred.
pub async fn offline(read: &mut impl Read, visit: &Visit, person: Uuid) -> Result<Vec<Offline>, Error> {
    Ok(read
        .all(
            "select g.id, g.client, g.session,
                    coalesce(s.ended_at is null and s.expires_at > $2, false)
             from grants g left join session s on s.id = g.session
             where g.person = $1 and g.state = 'active' and g.expires_at > $2
               and ' ' || g.scopes || ' ' like '% offline_access %'
             order by g.id desc limit 200",
            values![person, visit.now],
            |row| {
                Ok(Offline {
                    id: row.get(0)?,
                    client: row.get(1)?,
                    session: row.get(2)?,
                    in_session: row.get(3)?,
                })
            },
        )
        .await?)
}
