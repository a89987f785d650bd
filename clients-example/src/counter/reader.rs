//! The card reader, simulated: a drawer of cards, and a key by which it signs what it has read, for the provider and
//! for this window. A real one gives the same to the same call, and does not say that it is simulated.

use std::path::Path;

use anyhow::{Context, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::json;

use crate::window::{now, random};

/// One card. No `Debug`: it is a number and a name.
#[derive(Clone, Deserialize)]
pub struct Card {
    citizen_id: String,
    pub name: String,
}

pub struct Reader {
    cards: Vec<Card>,
    id: String,
    key: EncodingKey,
    /// For whom, and at which window, it reads.
    issuer: String,
    window: String,
}

impl Reader {
    /// # Errors
    /// A file cannot be read, a line of cards is none, or the key is no PEM of P-256.
    pub fn open(cards: &Path, id: String, key: &Path, issuer: String, window: String) -> Result<Self> {
        let text = std::fs::read_to_string(cards).with_context(|| cards.display().to_string())?;
        let cards = text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str);
        let cards = cards.collect::<Result<_, _>>().context("a card")?;
        let pem = std::fs::read(key).with_context(|| key.display().to_string())?;
        let key = EncodingKey::from_ec_pem(&pem).context("the reader's key")?;
        Ok(Self { cards, id, key, issuer, window })
    }

    /// The cards in the drawer, by their place in it.
    pub fn drawer(&self) -> impl Iterator<Item = (usize, &Card)> {
        self.cards.iter().enumerate().take(60)
    }

    /// What the chip of a card says; `None` if no card is there.
    ///
    /// # Errors
    /// It cannot be signed.
    pub fn read(&self, place: usize) -> Result<Option<String>> {
        let Some(card) = self.cards.get(place) else { return Ok(None) };
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("chip+jwt".to_owned());
        header.kid = Some(self.id.clone());
        let claims = json!({
            "aud": self.issuer, "iat": now(), "jti": random()?, "terminal": self.window,
            "number": card.citizen_id, "name": card.name, "valid_until": "2099-12-31", "simulated": true,
        });
        Ok(Some(jsonwebtoken::encode(&header, &claims, &self.key)?))
    }
}
