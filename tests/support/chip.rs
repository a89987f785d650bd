//! A reader of identity cards that the house trusts.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use yihao::base::{Chance, Clock};
use yihao::crypto::{SigningKey, jws};

use super::Person;
use super::machine::Pair;

#[derive(Clone)]
pub struct Reader {
    pub key: Arc<SigningKey>,
    issuer: String,
    clock: Clock,
}

impl Reader {
    /// Written down as trusted in a file.
    pub fn trusted_in(file: &Path, issuer: String, clock: Clock) -> Self {
        let key = Pair::new().named("reader");
        let readers = json!({ "keys": [key.public_jwk()] });
        std::fs::write(file, readers.to_string()).expect("the file is written");
        Self { key, issuer, clock }
    }

    /// What it says of this person's card, at this terminal, now.
    pub fn claims(&self, terminal: Uuid, person: &Person) -> Value {
        json!({
            "aud": self.issuer, "iat": self.clock.now().seconds(), "jti": Chance::Machine.token(),
            "terminal": terminal, "number": person.number, "name": person.name,
        })
    }

    pub fn sign(&self, claims: &Value) -> String {
        signed(&self.key, claims)
    }

    pub fn reads(&self, terminal: Uuid, person: &Person) -> String {
        self.sign(&self.claims(terminal, person))
    }
}

pub fn signed(key: &SigningKey, claims: &Value) -> String {
    jws::sign(key, "chip+jwt", claims).expect("a signature")
}
