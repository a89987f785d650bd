//! The reader of identity cards. What it reads it signs, for the provider and for this terminal; the kiosk passes
//! that on and does not look into it.

use std::sync::Mutex;

use anyhow::Result;
use serde_json::json;

use crate::terminal::{Key, random, seconds};

/// A reader, whoever made it.
pub trait Reader: Send + Sync {
    /// Whether a card lies in it.
    fn has_card(&self) -> bool;
    /// Reads the chip; `None` without a card.
    fn read(&self) -> Result<Option<String>>;
}

/// No reader. Its place is taken by a card that is put in over HTTP, and it says so in what it signs.
pub struct Simulator {
    pub id: String,
    pub key: Key,
    pub issuer: String,
    pub terminal: String,
    card: Mutex<Option<Card>>,
}

#[derive(Clone, serde::Deserialize)]
pub struct Card {
    pub number: String,
    pub name: String,
}

impl Simulator {
    pub fn new(id: String, key: Key, issuer: String, terminal: String) -> Self {
        Self { id, key, issuer, terminal, card: Mutex::new(None) }
    }

    pub fn put(&self, card: Option<Card>) {
        *self.card.lock().unwrap_or_else(|e| e.into_inner()) = card;
    }
}

impl Reader for Simulator {
    fn has_card(&self) -> bool {
        self.card.lock().unwrap_or_else(|e| e.into_inner()).is_some()
    }

    fn read(&self) -> Result<Option<String>> {
        let card = self.card.lock().unwrap_or_else(|e| e.into_inner()).clone();
        let Some(card) = card else { return Ok(None) };
        let header = json!({ "alg": "ES256", "typ": "chip+jwt", "kid": self.id });
        let claims = json!({
            "aud": self.issuer, "iat": seconds(), "jti": random()?, "terminal": self.terminal,
            "number": card.number, "name": card.name, "simulated": true,
        });
        self.key.jws(&header, &claims).map(Some)
    }
}
