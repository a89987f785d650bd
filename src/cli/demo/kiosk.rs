//! The kiosk of the demo: the keys of its terminal and of its card reader, and its enrolment.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

use super::people;
use super::settings::write;
use crate::app::App;
use crate::base::{Secret, Visit};
use crate::credential::pin;
use crate::crypto::{Algorithm, SigningKey};
use crate::identity;
use crate::terminal::{self, Hours, Kind, NewTerminal, State, TerminalKey};

pub const CLIENT: &str = "demo-kiosk";
pub const READER: &str = "reader-1";
/// That of the window.
pub const WINDOW_READER: &str = "reader-2";
/// Where it stands.
pub const PLACE: &str = "天河区政务服务中心1号自助终端";
/// Who has a PIN, and which: for the synthetic card of this person.
pub const CARD_HOLDER: usize = 3;
pub const PIN: &str = "702946";

/// The files of the kiosk and of the card readers, below the data directory.
pub struct Files {
    pub key: PathBuf,
    pub reader_key: PathBuf,
    pub window_reader_key: PathBuf,
    pub readers: PathBuf,
}

impl Files {
    pub fn below(data: &Path) -> Self {
        Self {
            key: data.join("kiosk.key"),
            reader_key: data.join("reader.key"),
            window_reader_key: data.join("window-reader.key"),
            readers: data.join("readers.json"),
        }
    }

    /// Makes the keys that are not there, and writes down which readers are trusted.
    pub fn make(&self) -> anyhow::Result<()> {
        public_of(&self.key, "kiosk")?;
        let reader = public_of(&self.reader_key, READER)?;
        let of_window = public_of(&self.window_reader_key, WINDOW_READER)?;
        write(&self.readers, &json!({ "keys": [reader, of_window] }).to_string())
    }
}

/// The public half of the key in a file; the key is made where there is none.
fn public_of(file: &Path, kid: &str) -> anyhow::Result<serde_json::Value> {
    let unusable = || anyhow!("{}: no key that can be used; delete it", file.display());
    if !file.exists() {
        let made = SigningKey::generate(Algorithm::ES256).map_err(|_| unusable())?;
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&*made));
        write(file, &pem)?;
    }
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let base64: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(base64.trim()).map_err(|_| unusable())?;
    let key = SigningKey::from_pkcs8(kid.to_owned(), Algorithm::ES256, &der).map_err(|_| unusable())?;
    Ok(key.public_jwk())
}

/// Enrols the kiosk, once, and gives its card holder a PIN. The terminal's id.
pub async fn seed(app: &App, visit: &Visit, files: &Files) -> anyhow::Result<Uuid> {
    let key = TerminalKey::parse(&public_of(&files.key, "kiosk")?)?;
    let keys = app.keys.data();
    let known = terminal::list(&mut &app.db, &keys, Uuid::nil()).await?.into_iter();
    let mut known = known.filter(|terminal| terminal.state == State::Active);
    if let Some(terminal) = known.find(|terminal| terminal.key == key) {
        return Ok(terminal.id);
    }
    let hash = app.hasher.hash(Secret::new(PIN)).await?;
    let holder = people::someone(CARD_HOLDER).context("the card holder")?;
    let new = NewTerminal {
        kind: Kind::Kiosk,
        place: PLACE.to_owned(),
        client: CLIENT.to_owned(),
        key,
        hours: Hours::ALWAYS,
    };
    let mut tx = app.db.begin().await?;
    let terminal = terminal::enroll(&mut tx, &keys, visit, new).await?;
    if let Some(person) = identity::find_by_number(&mut tx, &keys, &holder.number.into()).await? {
        pin::set(&mut tx, &keys, visit, person, &hash).await?;
    }
    tx.commit().await?;
    Ok(terminal.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_holder_may_have_the_pin_and_keys_are_made_once() {
        let holder = people::someone(CARD_HOLDER).unwrap();
        let phone = Some(holder.phone.as_str());
        assert_eq!(pin::acceptable(&Secret::new(PIN), holder.number.as_str(), phone), Ok(()));
        let directory = tempfile::tempdir().unwrap();
        let files = Files::below(directory.path());
        files.make().unwrap();
        let made = std::fs::read(&files.readers).unwrap();
        files.make().unwrap();
        assert_eq!(std::fs::read(&files.readers).unwrap(), made);
    }
}
