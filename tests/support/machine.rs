//! An enrolled terminal: a machine that holds a key and authenticates as the client it belongs to.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use yihao::client::{self, Client, ClientState};
use yihao::config::Config;
use yihao::crypto::{Algorithm, SigningKey};
use yihao::logout;
use yihao::terminal::{self, Hours, Kind, NewTerminal, TerminalKey};

use super::{Auth, House, RelyingParty, client_metadata};

/// An operator lets kiosks have pages of ours, for what is about neither QR nor chip.
pub fn with_pages(config: &mut Config) {
    config.channel.kiosk.grants.clone_from(&config.channel.hall.grants);
}

/// A key pair as PKCS #8, so that it can be given its name once that is known.
pub struct Pair(Vec<u8>);

impl Pair {
    pub fn new() -> Self {
        Self(SigningKey::generate(Algorithm::ES256).expect("a key").to_vec())
    }

    pub fn named(&self, kid: impl ToString) -> Arc<SigningKey> {
        Arc::new(SigningKey::from_pkcs8(kid.to_string(), Algorithm::ES256, &self.0).expect("a key"))
    }

    pub fn public(&self) -> TerminalKey {
        TerminalKey::parse(&self.named("x").public_jwk()).expect("a public key")
    }
}

impl House {
    /// A client of a terminal's channel: it has no key of its own.
    pub async fn terminal_client(&self, kind: Kind, over: Value) -> Client {
        let mut metadata = json!({
            "client_name": "自助服务终端", "channel": kind.channel(),
            "token_endpoint_auth_method": "private_key_jwt",
        });
        let all = metadata.as_object_mut().expect("an object");
        all.append(&mut over.as_object().expect("an object").clone());
        let metadata = client_metadata(metadata);
        client::validate(&metadata).expect("good metadata");
        let id = format!("client-{}", self.app.chance.id().simple());
        let client = Client { id, state: ClientState::Active, metadata, secret: None };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let added = client::insert(&mut tx, &self.app.keys.data(), &self.visit(), &client, "test").await;
        assert!(added.expect("it is added"));
        tx.commit().await.expect("it is kept");
        client
    }

    pub async fn enroll(
        &self,
        kind: Kind,
        client: &str,
        pair: &Pair,
        hours: &str,
    ) -> Result<Uuid, terminal::Error> {
        let new = NewTerminal {
            kind,
            place: "天河区政务服务中心1号机".to_owned(),
            client: client.to_owned(),
            key: pair.public(),
            hours: hours.parse::<Hours>().expect("hours"),
        };
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let terminal = terminal::enroll(&mut tx, &self.app.keys.data(), &self.visit(), new).await?;
        tx.commit().await.expect("it is kept");
        Ok(terminal.id)
    }

    /// A terminal of a client of its own, always open: what speaks as the client with the terminal's key; its id.
    pub async fn machine(&self, kind: Kind, over: Value) -> (RelyingParty, Uuid) {
        let client = self.terminal_client(kind, over).await;
        let pair = Pair::new();
        let id = self.enroll(kind, &client.id, &pair, "always").await.expect("it is enrolled");
        (RelyingParty::new(self, client, Auth::Key(pair.named(id))), id)
    }

    /// How many sessions ended with it; `None` if it was suspended before.
    pub async fn suspend(&self, terminal: Uuid) -> Option<u64> {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let (keys, visit) = (self.app.keys.data(), self.visit());
        let ended = logout::suspend_terminal(&mut tx, &keys, &visit, terminal, "stolen").await;
        tx.commit().await.expect("it is kept");
        ended.expect("storage answers")
    }
}
