//! Signing keys: Next → Active → Retiring → Gone. The next key is published before it signs, and the last
//! one after, so that no relying system meets a signature whose key it cannot know.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Chance, Moment};
use crate::crypto::{Algorithm, MasterKey, SigningKey, Unopenable, base64url};
use crate::db::{Db, Read, Tx, values};

use super::{Error, KeyRing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningKeyState {
    /// Published, does not sign yet.
    Next,
    /// Signs. One an algorithm.
    Active,
    /// Published for the tokens it has signed.
    Retiring,
    Gone,
}

impl SigningKeyState {
    const ALL: [SigningKeyState; 4] = [Self::Next, Self::Active, Self::Retiring, Self::Gone];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Gone => "gone",
        }
    }
}

impl std::str::FromStr for SigningKeyState {
    type Err = Unopenable;

    fn from_str(text: &str) -> Result<Self, Unopenable> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or(Unopenable)
    }
}

/// A signing key as commands list it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SigningKeyRow {
    pub kid: String,
    pub algorithm: String,
    pub state: String,
    pub created_at: Moment,
    pub changed_at: Moment,
}

/// The open signing keys and what is published of them.
#[derive(Default)]
pub struct SigningRing {
    active: BTreeMap<Algorithm, Arc<SigningKey>>,
    public: Arc<PublicKeys>,
}

/// The key set (RFC 7517 section 5), as it is served and as our own tokens are checked with.
#[derive(Default)]
pub struct PublicKeys {
    pub document: bytes::Bytes,
    decoding: BTreeMap<String, (Algorithm, jsonwebtoken::DecodingKey)>,
}

impl PublicKeys {
    /// The key that a token of ours names, with the only algorithm it is good for.
    pub fn decoding(&self, kid: &str) -> Option<&(Algorithm, jsonwebtoken::DecodingKey)> {
        self.decoding.get(kid)
    }
}

impl SigningRing {
    pub fn active(&self, algorithm: Algorithm) -> Result<&SigningKey, Unopenable> {
        self.active.get(&algorithm).map(AsRef::as_ref).ok_or(Unopenable)
    }

    pub fn public(&self) -> &Arc<PublicKeys> {
        &self.public
    }
}

pub(super) async fn load(mut db: &Db, master: &MasterKey) -> Result<SigningRing, Error> {
    let rows = db
        .all(
            "select kid, algorithm, state, sealed from signing_key where state <> 'gone' order by created_at, kid",
            values![],
            |row| {
                Ok((
                    row.get::<String>(0)?,
                    row.word::<Algorithm>(1, "signing_key")?,
                    row.word::<SigningKeyState>(2, "signing_key")?,
                    row.get::<Vec<u8>>(3)?,
                ))
            },
        )
        .await?;
    let mut active = BTreeMap::new();
    let mut jwks = Vec::new();
    let mut decoding = BTreeMap::new();
    for (kid, algorithm, state, sealed) in rows {
        let pkcs8 = master.unseal(&name(&kid), &sealed)?;
        let key = SigningKey::from_pkcs8(kid.clone(), algorithm, &pkcs8)?;
        let jwk = key.public_jwk();
        let parsed: jsonwebtoken::jwk::Jwk = serde_json::from_value(jwk.clone()).map_err(|_| Unopenable)?;
        let verifier = jsonwebtoken::DecodingKey::from_jwk(&parsed).map_err(|_| Unopenable)?;
        decoding.insert(kid, (algorithm, verifier));
        jwks.push(jwk);
        if state == SigningKeyState::Active {
            active.insert(algorithm, Arc::new(key));
        }
    }
    let document = bytes::Bytes::from(serde_json::json!({ "keys": jwks }).to_string());
    Ok(SigningRing { active, public: Arc::new(PublicKeys { document, decoding }) })
}

pub(super) async fn make_missing(
    db: &Db,
    master: &MasterKey,
    now: Moment,
    chance: &Chance,
) -> Result<(), Error> {
    for algorithm in Algorithm::ALL {
        // RSA keys take long to make: outside the transaction, and only when they are missing.
        if has_active(&mut &*db, algorithm).await? {
            continue;
        }
        let fresh = fresh(master, algorithm, chance).await?;
        let mut tx = db.begin().await?;
        if !has_active(&mut tx, algorithm).await? {
            insert(&mut tx, &fresh, SigningKeyState::Active, now).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn has_active(read: &mut impl Read, algorithm: Algorithm) -> Result<bool, Error> {
    let found = read
        .optional(
            "select kid from signing_key where algorithm = $1 and state = 'active'",
            values![algorithm.as_str()],
            |_| Ok(()),
        )
        .await?;
    Ok(found.is_some())
}

struct Fresh {
    kid: String,
    algorithm: Algorithm,
    sealed: Vec<u8>,
}

async fn fresh(master: &MasterKey, algorithm: Algorithm, chance: &Chance) -> Result<Fresh, Error> {
    let pkcs8 = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm))
        .await
        .map_err(|_| Unopenable)??;
    let kid = base64url(&chance.bytes::<9>());
    let sealed = master.seal(chance, &name(&kid), &pkcs8)?;
    Ok(Fresh { kid, algorithm, sealed })
}

async fn insert(tx: &mut Tx, key: &Fresh, state: SigningKeyState, now: Moment) -> Result<(), Error> {
    tx.execute(
        "insert into signing_key (kid, algorithm, state, sealed, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $5)",
        values![&key.kid, key.algorithm.as_str(), state.as_str(), &key.sealed, now],
    )
    .await?;
    Ok(())
}

impl KeyRing {
    /// Turns the ring of one algorithm one step: the next key signs, the active one retires, a new next
    /// one is published, and keys that have been retiring since before `retired_before` are destroyed.
    ///
    /// Where there is no next key yet the first turn only publishes one; the key that signs changes with
    /// the second turn, when relying systems have had time to fetch it.
    pub async fn rotate_signing_keys(
        &self,
        db: &Db,
        algorithm: Algorithm,
        now: Moment,
        retired_before: Moment,
        chance: &Chance,
    ) -> Result<(), Error> {
        let fresh = fresh(self.master(), algorithm, chance).await?;
        let mut tx = db.begin().await?;
        let next = tx
            .optional(
                "select kid from signing_key where algorithm = $1 and state = 'next'",
                values![algorithm.as_str()],
                |row| row.get::<String>(0),
            )
            .await?;
        tx.execute(
            "update signing_key set state = 'gone', sealed = $3, changed_at = $4
             where algorithm = $1 and state = 'retiring' and changed_at < $2",
            values![algorithm.as_str(), retired_before, &[][..] as &[u8], now],
        )
        .await?;
        if let Some(kid) = next {
            tx.execute(
                "update signing_key set state = 'retiring', changed_at = $2
                 where algorithm = $1 and state = 'active'",
                values![algorithm.as_str(), now],
            )
            .await?;
            tx.execute(
                "update signing_key set state = 'active', changed_at = $2 where kid = $1 and state = 'next'",
                values![&kid, now],
            )
            .await?;
        }
        insert(&mut tx, &fresh, SigningKeyState::Next, now).await?;
        tx.commit().await?;
        self.reload(db).await
    }

    pub async fn list_signing_keys(&self, mut db: &Db) -> Result<Vec<SigningKeyRow>, Error> {
        Ok(db
            .all(
                "select kid, algorithm, state, created_at, changed_at from signing_key
                 order by algorithm, created_at",
                values![],
                |row| {
                    Ok(SigningKeyRow {
                        kid: row.get(0)?,
                        algorithm: row.get(1)?,
                        state: row.get(2)?,
                        created_at: row.moment(3)?,
                        changed_at: row.moment(4)?,
                    })
                },
            )
            .await?)
    }
}

fn name(kid: &str) -> String {
    format!("signing-key/{kid}")
}
