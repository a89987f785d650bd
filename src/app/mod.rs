//! Rank 4: everything a handler needs, built once. Nothing here is global: a test builds its own.

mod again;
mod asking;
mod client_keys;
mod clients;
mod disclosures;
mod matching;
mod merging;
mod presence;
mod tasks;
mod undoing;
mod verified_tokens;
mod waiting;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use jsonwebtoken::jwk::JwkSet;

use crate::base::{Actor, Chance, Channel, Clock, Language, Method, Visit};
use crate::config::{self, Config};
use crate::credential::{Attempts, Hasher, Passkeys, Quota};
use crate::crypto::{Authorities, MasterKey};
use crate::db::Db;
use crate::keys::KeyRing;
use crate::outbound::face::Face;
use crate::outbound::http::Web;
use crate::outbound::national::National;
use crate::outbound::network_identity::NetworkIdentity;
use crate::outbound::old_systems::OldSystems;
use crate::outbound::registers::Registers;
use crate::outbound::registers::extract::Extract;
use crate::outbound::sms::Sms;
use crate::transient::Transient;

pub use asking::Pause;
pub use client_keys::ClientKeys;
pub use clients::Clients;
pub use disclosures::Disclosures;
pub use matching::{Matched, match_source};
pub use merging::{Merged, merge_source};
pub use presence::Presence;
pub use tasks::{count_report, report, run_task};
pub use undoing::{undo_batch, undo_case};
pub use verified_tokens::VerifiedTokens;
pub use waiting::Waiting;

/// Streams that may be open on one node. Each costs a look at the store a second.
const STREAMS: usize = 10_000;

/// The running Yihao. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub chance: Chance,
    pub db: Db,
    pub transient: Transient,
    pub keys: KeyRing,
    pub clients: Clients,
    pub client_keys: ClientKeys,
    pub verified_tokens: VerifiedTokens,
    pub disclosures: Disclosures,
    pub presence: Presence,
    pub waiting: Waiting,
    pub hasher: Hasher,
    pub attempts: Attempts,
    pub quota: Quota,
    /// None on an issuer whose host is an IP address: WebAuthn needs a name.
    pub passkeys: Option<Passkeys>,
    pub registers: Registers,
    pub sms: Sms,
    pub face: Face,
    pub national: National,
    pub network_identity: NetworkIdentity,
    pub old_systems: OldSystems,
    /// None where no certificates are believed.
    pub authorities: Option<Authorities>,
    /// The readers of identity cards that are trusted.
    pub readers: JwkSet,
    pub web: Web,
    /// Rung when logout tokens wait to be sent, after the commit.
    pub logout_queued: tokio::sync::Notify,
    /// Places for streams that stay open.
    pub streams: Arc<tokio::sync::Semaphore>,
    /// Rung when clients are to be told of answers, after the commit.
    pub ping_queued: tokio::sync::Notify,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens what the configuration names. The schema must be there: `yihao migrate` makes it.
    pub async fn open(config: Config, clock: Clock, chance: Chance) -> anyhow::Result<Self> {
        let db = Db::open(&config.storage.url).await?;
        let pending = db.pending_migrations().await?;
        anyhow::ensure!(
            pending.is_empty(),
            "the database lacks {} (run `yihao migrate`)",
            pending.join(", ")
        );
        let transient = Transient::open(&transient_address(&config), clock.clone()).await?;
        let master = master_key(&config.keys.master_file, &chance)?;
        let keys = KeyRing::open(&db, master, &clock, &chance).await?;
        Ok(Self(Arc::new(Parts {
            clients: Clients::default(),
            client_keys: ClientKeys::default(),
            verified_tokens: VerifiedTokens::default(),
            disclosures: Disclosures::default(),
            presence: Presence::default(),
            waiting: Waiting::default(),
            hasher: Hasher::start(&config.password, chance.clone())?,
            quota: Quota::new(transient.clone(), config.limits.clone(), config.request.clone()),
            attempts: Attempts::new(transient.clone(), config.limits.clone()),
            passkeys: Passkeys::new(&config.server.issuer, &config.server.name),
            registers: Registers::open(&config, &transient, Extract::open(&config.registers, &db, &keys)?)?,
            sms: Sms::open(&config)?,
            face: Face::open(&config)?,
            network_identity: NetworkIdentity::open(&config)?,
            old_systems: OldSystems::open(&config)?,
            readers: readers(&config.chip)?,
            authorities: Authorities::open(&config.certificate).map_err(anyhow::Error::msg)?,
            national: National::open(&config, crate::http::urls::NATIONAL_RETURN)?,
            web: Web::open(&config)?,
            logout_queued: tokio::sync::Notify::new(),
            streams: Arc::new(tokio::sync::Semaphore::new(STREAMS)),
            ping_queued: tokio::sync::Notify::new(),
            config,
            clock,
            chance,
            db,
            transient,
            keys,
        })))
    }

    /// Whether this way to prove who one is is offered on a channel, and can be had at this issuer.
    pub fn offers(&self, channel: Channel, method: Method) -> bool {
        let can_be_had = method != Method::Passkey || self.passkeys.is_some();
        can_be_had && self.config.channel.of(channel).methods.contains(&method)
    }

    /// The facts of what a command or a duty does: nobody's request.
    pub fn visit_of(&self, actor: Actor) -> Visit {
        Visit {
            now: self.clock.now(),
            chance: self.chance.clone(),
            channel: Channel::System,
            terminal: None,
            address: std::net::IpAddr::from([127, 0, 0, 1]),
            language: Language::default(),
            actor,
            request_id: self.chance.id(),
        }
    }
}

/// `embedded` stands beside the SQLite file, or in the working directory where storage is PostgreSQL.
fn transient_address(config: &Config) -> String {
    if config.transient.url != "embedded" {
        return config.transient.url.clone();
    }
    let beside = match config.storage.url.strip_prefix("sqlite://") {
        Some(path) => PathBuf::from(path).with_extension("transient.db"),
        None => PathBuf::from("yihao.transient.db"),
    };
    format!("embedded:{}", beside.display())
}

fn readers(config: &config::Chip) -> anyhow::Result<JwkSet> {
    let Some(file) = &config.readers_file else { return Ok(JwkSet { keys: Vec::new() }) };
    let shown = || format!("chip.readers_file: {}", file.display());
    let text = std::fs::read(file).with_context(shown)?;
    serde_json::from_slice(&text).with_context(|| format!("{}: not a JWK set", shown()))
}

fn master_key(path: &Path, chance: &Chance) -> anyhow::Result<MasterKey> {
    if !path.exists() {
        MasterKey::create(path, chance)?;
        tracing::warn!(file = %path.display(), "made a new master key: keep a copy of it in a safe");
    }
    Ok(MasterKey::read(path)?)
}
