//! `yihao terminal`

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, Usage};
use crate::logout;
use crate::terminal::{self, Hours, Kind, NewTerminal, Terminal, TerminalKey};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Enrol a terminal with its public key. Prints its id, which is the `kid` of the assertions it signs.
    Enroll(Enroll),
    /// List all terminals.
    List,
    /// Suspend a terminal for good. What was signed in and issued there ends with it.
    Suspend {
        terminal_id: Uuid,
        /// Why, for the audit log.
        #[arg(long, default_value = "operator", value_name = "TEXT")]
        reason: String,
    },
}

#[derive(clap::Args)]
pub struct Enroll {
    /// kiosk, counter or agent
    #[arg(long)]
    kind: Kind,
    /// Where it stands, as people are to read it.
    #[arg(long)]
    place: String,
    /// The client as which it authenticates: of channel kiosk for a kiosk, else counter; by private_key_jwt.
    #[arg(long, value_name = "CLIENT_ID")]
    client: String,
    /// A file with its public key, a JWK (P-256 or Ed25519); or `-` for standard input.
    #[arg(long, value_name = "FILE")]
    jwk: PathBuf,
    /// When it may be used: `always`, or like `mon-fri 09:00-12:00,13:30-17:30; sat 09:00-12:00`.
    #[arg(long, default_value = "always", value_name = "HOURS")]
    hours: Hours,
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        match self {
            Self::Enroll(enroll) => enroll.run(call).await,
            Self::List => list(&call).await,
            Self::Suspend { terminal_id, reason } => suspend(&call, terminal_id, &reason).await,
        }
    }
}

impl Enroll {
    async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let print = call.print;
        let key = key(call, &self.jwk)?;
        let new =
            NewTerminal { kind: self.kind, place: self.place, client: self.client, key, hours: self.hours };
        let mut tx = app.db.begin().await?;
        let terminal = terminal::enroll(&mut tx, &app.keys.data(), &visit, new).await?;
        tx.commit().await?;
        print.value(&json!({ "terminal_id": terminal.id }));
        Ok(())
    }
}

fn key(call: Call, file: &Path) -> anyhow::Result<TerminalKey> {
    let text = call.input.all_of(file)?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{}: not JSON", file.display()))?;
    Ok(TerminalKey::parse(&value).map_err(|why| Usage(format!("{}: {why}", file.display())))?)
}

async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let keys = app.keys.data();
    let mut found: Vec<Terminal> = Vec::new();
    loop {
        let after = found.last().map_or(Uuid::nil(), |terminal| terminal.id);
        let page = terminal::list(&mut &app.db, &keys, after).await?;
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    let rows: Vec<Value> = found.iter().map(shown).collect();
    let cells = found.iter().map(|terminal| {
        let hours = terminal.hours.to_string();
        let words =
            [terminal.kind.as_str(), terminal.state.as_str(), &terminal.client, &hours, &terminal.place];
        let [kind, state, client, hours, place] = words.map(str::to_owned);
        [terminal.id.to_string(), kind, state, client, hours, place]
    });
    call.print.table(&rows, ["terminal_id", "kind", "state", "client", "hours", "place"], cells.collect());
    Ok(())
}

fn shown(terminal: &Terminal) -> Value {
    json!({
        "terminal_id": terminal.id, "kind": terminal.kind, "state": terminal.state, "place": terminal.place,
        "client_id": terminal.client, "hours": terminal.hours.to_string(), "jkt": terminal.key.thumbprint(),
        "enrolled_at": terminal.enrolled_at.timestamp().to_string(),
        "changed_at": terminal.changed_at.timestamp().to_string(),
    })
}

async fn suspend(call: &Call, id: Uuid, reason: &str) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let keys = app.keys.data();
    let known = terminal::find(&mut &app.db, &keys, id).await?;
    ensure!(known.is_some(), "no terminal has this id: `yihao terminal list` shows all");
    let mut tx = app.db.begin().await?;
    let ended = logout::suspend_terminal(&mut tx, &keys, &visit, id, reason).await?;
    let ended = ended.context("this terminal was suspended before")?;
    tx.commit().await?;
    call.print.either(&json!({ "ended": ended }), || format!("suspended; sessions ended: {ended}"));
    Ok(())
}
