//! A software authenticator for the tests: one ES256 passkey, no attestation (WebAuthn Level 3 sections
//! 6.1, 6.5, 8.7). What it says of itself can be bent.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::crypto::{base64url, from_base64url, sha256};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const HAS_CREDENTIAL: u8 = 1 << 6;

pub(super) struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub origin: String,
    pub domain: String,
    /// Set at creation, as a real one keeps it.
    pub user_handle: Vec<u8>,
    pub verifies_user: bool,
    /// Before the next signature.
    pub counter: u32,
}

impl Authenticator {
    pub fn new(id: &[u8]) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: id.to_vec(),
            origin: "http://localhost:8080".to_owned(),
            domain: "localhost".to_owned(),
            user_handle: Vec::new(),
            verifies_user: true,
            counter: 0,
        }
    }

    /// Answers `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> String {
        let options = &options["publicKey"];
        self.user_handle = from_base64url(options["user"]["id"].as_str().unwrap()).unwrap();
        let mut data = self.data(HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // COSE_Key {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}; the public key is 04 x y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        for (name, value) in [("fmt", &b"\x64none"[..]), ("attStmt", b"\xa0")] {
            object.push(0x60 + u8::try_from(name.len()).unwrap());
            object.extend(name.bytes());
            object.extend(value);
        }
        object.extend(b"\x68authData\x59");
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "clientDataJSON": base64url(&self.client_data("webauthn.create", options)),
                "attestationObject": base64url(&object),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// Answers `navigator.credentials.get`.
    pub fn get(&mut self, options: &Value) -> String {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", &options["publicKey"]);
        let data = self.data(0);
        let signed = [data.as_slice(), &sha256(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&client_data),
                "authenticatorData": base64url(&data),
                "signature": base64url(signature.as_ref()),
                "userHandle": base64url(&self.user_handle),
            },
        })
        .to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.domain.as_bytes()).to_vec();
        data.push(flags | USER_PRESENT | if self.verifies_user { USER_VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin });
        data.to_string().into_bytes()
    }
}
