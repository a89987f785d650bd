//! The code that a device shows and a person types (RFC 8628 section 6.1): eight of twenty consonants, none of
//! them taken for another or for a digit, and no words. 34 bits; counters make guessing them hopeless.

use std::time::Duration;

use uuid::Uuid;

use crate::base::Chance;
use crate::crypto::{DataKeys, Place, Unopenable, base64url, from_base64url};
use crate::transient::{Key, Transient, Unavailable};

const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// Never shown in a log: there is no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    pub fn draw(chance: &Chance) -> Self {
        let letter = || char::from(LETTERS[chance.below(20) as usize]);
        Self(std::iter::repeat_with(letter).take(LENGTH).collect())
    }

    /// As a person types it: in any case, with or without the dash. `None` if it cannot be a code.
    pub fn read(typed: &str) -> Option<Self> {
        let half_width = |c: char| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            _ => c,
        };
        let written = typed.chars().take(64).map(half_width).filter(|c| c.is_ascii_alphanumeric());
        let code: String = written.map(|c| c.to_ascii_uppercase()).collect();
        let fits = code.len() == LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter));
        fits.then_some(Self(code))
    }

    /// In two halves: `BCDF-GHJK`.
    pub fn shown(&self) -> String {
        let (one, other) = self.0.split_at(LENGTH / 2);
        format!("{one}-{other}")
    }

    /// Keyed, since codes are soon tried; one for every live key, the newest first.
    fn keys(&self, keys: &DataKeys) -> Vec<Key> {
        keys.blind("user-code", &self.0).iter().map(|index| Key::new("user-code", &index.digest)).collect()
    }

    /// Leads from the code to its request.
    pub(super) async fn keep(
        &self,
        transient: &Transient,
        keys: &DataKeys,
        request: Uuid,
        life: Duration,
    ) -> Result<(), Unavailable> {
        match self.keys(keys).first() {
            Some(key) => transient.put(key, request.as_bytes(), life).await,
            None => Ok(()),
        }
    }

    /// The request that the code belongs to, if it waits for one.
    pub async fn request(&self, transient: &Transient, keys: &DataKeys) -> Result<Option<Uuid>, Unavailable> {
        for key in self.keys(keys) {
            if let Some(id) = transient.get(&key).await? {
                return Ok(Uuid::from_slice(&id).ok());
            }
        }
        Ok(None)
    }

    /// For the request, which shows it again to whoever has opened it.
    pub fn sealed(&self, chance: &Chance, keys: &DataKeys, request: Uuid) -> Result<String, Unopenable> {
        Ok(base64url(&keys.encrypt(chance, place(&request), &self.0)?))
    }

    pub fn unsealed(sealed: &str, keys: &DataKeys, request: Uuid) -> Result<Self, Unopenable> {
        let bytes = from_base64url(sealed).ok_or(Unopenable)?;
        Ok(Self(keys.decrypt(place(&request), &bytes)?.as_str().to_owned()))
    }
}

fn place(request: &Uuid) -> Place<'_> {
    Place { table: "request", column: "user_code", row: request.as_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = UserCode::draw(&Chance::seeded(7));
        let shown = code.shown();
        assert_eq!(shown.len(), 9);
        let wide: String = shown.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', ""), format!(" {shown} "), wide]
        {
            assert!(UserCode::read(&typed) == Some(code.clone()), "{typed}");
        }
        for typed in ["", "BCDF", "BCDF-GHJA", "BCDF-GHJKL", "1234-5678", "燕子"] {
            assert!(UserCode::read(typed).is_none(), "{typed}");
        }
    }
}
