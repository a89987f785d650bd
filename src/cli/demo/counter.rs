//! A window of a counter and two clerks, so that one can look at what the other does.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use uuid::Uuid;

use super::people::{self, PASSWORD};
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::crypto::{Algorithm, SigningKey};
use crate::operator::{self, NewOperator, Role, Roles};
use crate::terminal::{self, Kind, NewTerminal, State, TerminalKey};

pub const CLIENT: &str = "demo-counter";
/// Their names, and whom of the people each is.
pub const CLERKS: [(&str, usize); 2] = [("clerk-1", 40), ("clerk-2", 41)];

/// The file with the window's key.
pub fn key_file(data: &Path) -> PathBuf {
    data.join("window.pk8")
}

/// Enrols the window under its key, and adds the clerks, where they are not there yet. The window's id.
pub async fn seed(app: &App, visit: &Visit, data: &Path) -> anyhow::Result<Uuid> {
    let keys = app.keys.data();
    let key = key(&key_file(data))?;
    for (name, n) in CLERKS {
        let name = Secret::new(name);
        if operator::find_by_name(&mut &app.db, &keys, &name).await?.is_some() {
            continue;
        }
        let new = NewOperator {
            name,
            roles: Roles::of(&[Role::Clerk]).context("a role")?,
            region: Some("440106".to_owned()),
            department: None,
            number: people::someone(n).map(|someone| someone.number.into()),
            password: app.hasher.hash(Secret::new(PASSWORD)).await?,
        };
        let mut tx = app.db.begin().await?;
        operator::add(&mut tx, &keys, visit, &new).await?;
        tx.commit().await?;
    }
    let mut after = Uuid::nil();
    loop {
        let page = terminal::list(&mut &app.db, &keys, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let ours =
            page.iter().find(|one| one.state == State::Active && one.key.thumbprint() == key.thumbprint());
        if let Some(window) = ours {
            return Ok(window.id);
        }
    }
    let new = NewTerminal {
        kind: Kind::Counter,
        place: "天河区政务服务中心3号窗口".to_owned(),
        client: CLIENT.to_owned(),
        key,
        hours: "always".parse().map_err(|why| anyhow!("hours: {why}"))?,
    };
    let mut tx = app.db.begin().await?;
    let window = terminal::enroll(&mut tx, &keys, visit, new).await?;
    tx.commit().await?;
    Ok(window.id)
}

/// The window's key, made once.
fn key(file: &Path) -> anyhow::Result<TerminalKey> {
    let shown = || file.display().to_string();
    if !file.exists() {
        let pkcs8 = SigningKey::generate(Algorithm::ES256)?;
        let mut options = std::fs::OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o600);
        options.open(file).and_then(|mut opened| opened.write_all(&pkcs8)).with_context(shown)?;
    }
    let pkcs8 = std::fs::read(file).with_context(shown)?;
    let key = SigningKey::from_pkcs8("window".to_owned(), Algorithm::ES256, &pkcs8)?;
    Ok(TerminalKey::parse(&key.public_jwk())?)
}
