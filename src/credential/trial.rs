//! What the tests of this folder stand on: a database, a transient store, keys, a clock moved by hand.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use uuid::Uuid;

use crate::base::{Actor, Chance, Channel, Clock, Language, Moment, Visit};
use crate::crypto::{DataKey, DataKeys, Purpose, Suite};
use crate::db::{Db, values};
use crate::transient::Transient;

pub(super) struct Trial {
    pub db: Db,
    pub transient: Transient,
    pub keys: DataKeys,
    clock: Clock,
    chance: Chance,
    _directory: tempfile::TempDir,
}

impl Trial {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name).display().to_string();
        let clock = Clock::by_hand(Moment::from_seconds(1_800_000_000));
        let db = Db::open(&format!("sqlite://{}", path("db"))).await.unwrap();
        db.migrate(clock.now()).await.unwrap();
        let transient =
            Transient::open(&format!("embedded:{}", path("transient")), clock.clone()).await.unwrap();
        let keys = keys(&[1]);
        Self { db, transient, keys, clock, chance: Chance::seeded(7), _directory: directory }
    }

    pub fn visit(&self) -> Visit {
        self.visit_from(Ipv4Addr::new(192, 0, 2, 1).into())
    }

    pub fn visit_from(&self, address: IpAddr) -> Visit {
        Visit {
            now: self.clock.now(),
            chance: self.chance.clone(),
            channel: Channel::Hall,
            terminal: None,
            address,
            language: Language::English,
            actor: Actor::Nobody,
            request_id: self.chance.id(),
        }
    }

    pub fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// A row in `person`, so that factors can refer to it.
    pub async fn person(&self) -> Uuid {
        let id = self.chance.id();
        let mut tx = self.db.begin().await.unwrap();
        tx.execute(
            "insert into person (id, state, number_kind, number, name, created_at, updated_at)
             values ($1, 'active', 'citizen-id', $2, $2, $3, $3)",
            values![id, &[0_u8], self.clock.now()],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }
}

/// Keys for every purpose, in these versions.
pub(super) fn keys(versions: &[u16]) -> DataKeys {
    let every = Purpose::ALL.into_iter().flat_map(|purpose| versions.iter().map(move |v| (purpose, *v)));
    every
        .map(|(purpose, v)| DataKey::new(purpose, v, Suite::International, [v.to_be_bytes()[1]; 32]))
        .collect()
}
