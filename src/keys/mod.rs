//! Rank 2: the keys in use, kept sealed in the database and open in memory.
//!
//! Every node holds a [`KeyRing`] and reads it again from time to time (`duties`), so that a rotation on
//! one node, or by command, reaches all.

mod data;
mod signing;

use std::sync::Arc;

use arc_swap::ArcSwap;

pub use data::{DataKeyRow, DataKeyState};
pub use signing::{PublicKeys, SigningKeyRow, SigningKeyState, SigningRing};

use crate::base::{Chance, Clock};
use crate::crypto::{DataKeys, MasterKey, Unopenable};
use crate::db::{self, Db};

/// The live keys. Cheap to clone; all clones see a rotation at once.
#[derive(Clone)]
pub struct KeyRing(Arc<Inner>);

struct Inner {
    master: MasterKey,
    data: ArcSwap<DataKeys>,
    signing: ArcSwap<SigningRing>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Storage(#[from] db::Error),
    #[error("a key does not open with this master key: is keys.master_file the right one?")]
    Unopenable(#[from] Unopenable),
}

impl KeyRing {
    /// Loads all keys, making on first use those that are missing.
    pub async fn open(db: &Db, master: MasterKey, clock: &Clock, chance: &Chance) -> Result<Self, Error> {
        data::make_missing(db, &master, clock.now(), chance).await?;
        signing::make_missing(db, &master, clock.now(), chance).await?;
        let ring = Self(Arc::new(Inner {
            master,
            data: ArcSwap::default(),
            signing: ArcSwap::from_pointee(SigningRing::default()),
        }));
        ring.reload(db).await?;
        Ok(ring)
    }

    /// Reads the keys again.
    pub async fn reload(&self, db: &Db) -> Result<(), Error> {
        self.0.data.store(Arc::new(data::load(db, &self.0.master).await?));
        self.0.signing.store(Arc::new(signing::load(db, &self.0.master).await?));
        Ok(())
    }

    pub fn data(&self) -> Arc<DataKeys> {
        self.0.data.load_full()
    }

    pub fn signing(&self) -> Arc<SigningRing> {
        self.0.signing.load_full()
    }

    pub fn master(&self) -> &MasterKey {
        &self.0.master
    }
}
