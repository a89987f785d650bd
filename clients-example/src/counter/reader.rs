//! The card reader, simulated: a drawer of cards. A real one gives the same to the same call.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

/// One card. No `Debug`: it is a number and a name.
#[derive(Clone, Deserialize)]
pub struct Card {
    citizen_id: String,
    pub name: String,
}

pub struct Reader {
    cards: Vec<Card>,
}

impl Reader {
    /// # Errors
    /// The file cannot be read, or a line of it is no card.
    pub fn open(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let cards = text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str);
        Ok(Self { cards: cards.collect::<Result<_, _>>().context("a card")? })
    }

    /// The cards in the drawer, by their place in it.
    pub fn drawer(&self) -> impl Iterator<Item = (usize, &Card)> {
        self.cards.iter().enumerate().take(60)
    }

    /// What the chip of a card says.
    pub fn read(&self, place: usize) -> Option<String> {
        let card = self.cards.get(place)?;
        let chip = format!("5A{place:010X}");
        let said =
            json!({"number": card.citizen_id, "name": card.name, "valid_until": "2099-12-31", "chip": chip});
        Some(said.to_string())
    }
}
