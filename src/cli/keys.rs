//! `yihao keys`

use serde_json::json;

use super::Call;
use crate::audit::{self, About, Event};
use crate::base::Moment;
use crate::crypto::{Algorithm, Purpose};
use crate::duties::signing_keys;

#[derive(clap::Subcommand)]
pub enum Command {
    /// List all keys and their states.
    List,
    /// Turn the signing keys one step, or make the next version of a data key.
    ///
    /// The first turn of an algorithm publishes the next key, the second lets it sign. A new index key is
    /// followed by a re-keying, which running servers do by themselves.
    Rotate {
        /// signing, field, index, seal or ticket
        #[arg(long, default_value = "signing", value_parser = ["signing", "field", "index", "seal", "ticket"])]
        purpose: String,
        /// Only this one: ES256, EdDSA, RS256 or PS256
        #[arg(long)]
        algorithm: Option<Algorithm>,
    },
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::List => list(&call).await,
            Self::Rotate { purpose, algorithm } => match purpose.parse::<Purpose>() {
                Ok(purpose) => rotate_data(&call, purpose).await,
                Err(_) => rotate_signing(&call, algorithm).await,
            },
        }
    }
}

async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let when = |moment: Moment| moment.timestamp().to_string();
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for key in app.keys.list_signing_keys(&app.db).await? {
        let (created, changed) = (when(key.created_at), when(key.changed_at));
        rows.push(json!({
            "purpose": "signing", "algorithm": key.algorithm, "kid": key.kid, "state": key.state,
            "created_at": created, "changed_at": changed,
        }));
        cells.push(["signing".to_owned(), key.algorithm, key.kid, key.state, created]);
    }
    for key in app.keys.list_data_keys(&app.db).await? {
        let created = when(key.created_at);
        rows.push(json!({
            "purpose": key.purpose, "suite": key.suite, "version": key.version, "state": key.state,
            "created_at": created,
        }));
        cells.push([key.purpose, key.suite, format!("version {}", key.version), key.state, created]);
    }
    call.print.table(&rows, ["purpose", "algorithm", "key", "state", "created"], cells);
    Ok(())
}

async fn rotate_signing(call: &Call, only: Option<Algorithm>) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let turned: Vec<Algorithm> =
        Algorithm::ALL.into_iter().filter(|a| only.is_none_or(|o| o == *a)).collect();
    for algorithm in &turned {
        signing_keys::turn(&app, &visit, *algorithm).await?;
    }
    let names: Vec<&str> = turned.iter().map(|algorithm| algorithm.as_str()).collect();
    call.print.either(&json!({ "rotated": names }), || {
        format!("turned: {}; running servers know within seconds", names.join(", "))
    });
    Ok(())
}

async fn rotate_data(call: &Call, purpose: Purpose) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let mut tx = app.db.begin().await?;
    let version = app.keys.rotate_data_key(&mut tx, purpose, visit.now, &visit.chance).await?;
    let event = Event::KeysRotated { purpose: purpose.as_str() };
    audit::record(&mut tx, &app.keys.data(), &visit, event, About::default()).await?;
    tx.commit().await?;
    call.print.either(&json!({ "rotated": [purpose.as_str()], "version": version }), || {
        format!("made: {} version {version}; running servers know within seconds", purpose.as_str())
    });
    Ok(())
}
