//! Which resource servers this node has noted as told of a person under a grant: once each, however often they
//! ask. Another node may note it too; more than nothing is what the record must have.

use std::time::Duration;

use uuid::Uuid;

pub struct Disclosures(moka::sync::Cache<(Uuid, String), ()>);

impl Default for Disclosures {
    fn default() -> Self {
        let life = Duration::from_secs(24 * 3600);
        Self(moka::sync::Cache::builder().max_capacity(100_000).time_to_live(life).build())
    }
}

impl Disclosures {
    /// `true` the first time.
    pub fn is_first(&self, grant: Uuid, client: &str) -> bool {
        self.0.entry((grant, client.to_owned())).or_insert(()).is_fresh()
    }
}
