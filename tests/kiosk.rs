//! The kiosk: a machine in a hall at which people sign in by their phone, or with the chip of their card.

pub mod chip;
mod end;
mod relayed;
mod waiting;

use serde_json::json;
use uuid::Uuid;
use yihao::crypto::base64url;
use yihao::terminal::Kind;

use crate::support::device::{Device, GRANT, Shown};
use crate::support::machine::Pair;
use crate::support::{Answer, Auth, Browser, House, Page, ProofKey, RelyingParty};

/// An enrolled kiosk.
pub struct Kiosk {
    pub device: Device,
    pub id: Uuid,
    pub pair: Pair,
    pub proofs: ProofKey,
}

impl Kiosk {
    pub async fn enrolled(house: &House) -> Self {
        let chip = "urn:yihao:params:oauth:grant-type:chip";
        Self::of(house, json!({ "grant_types": [GRANT, chip], "redirect_uris": [] })).await
    }

    pub async fn of(house: &House, metadata: serde_json::Value) -> Self {
        let client = house.terminal_client(Kind::Kiosk, metadata).await;
        let pair = Pair::new();
        let id = house.enroll(Kind::Kiosk, &client.id, &pair, "always").await.expect("it is enrolled");
        let party = RelyingParty::new(house, client, Auth::Key(pair.named(id)));
        let proofs = ProofKey::with(house, pair.named(id));
        Self { device: Device { party }, id, pair, proofs }
    }

    /// What its QR code holds in this moment.
    pub fn qr(&self, house: &House, shown: &Shown) -> String {
        self.qr_signed(house, shown, &self.pair)
    }

    pub fn qr_signed(&self, house: &House, shown: &Shown, pair: &Pair) -> String {
        let at = house.clock.now().seconds() / 20 * 20;
        let text = format!("yihao-qr\n{}\n{at}", shown.user_code);
        let proof = base64url(&pair.named("x").sign(text.as_bytes()).expect("a signature"));
        format!("{}&terminal={}&shown={at}&proof={proof}", shown.address, self.id)
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        let proof = self.proofs.proof("GET", "/userinfo", Some(token));
        self.device.party.userinfo_by("DPoP", token, &[proof]).await
    }
}

/// The person looks at the number and allows it.
pub async fn allow(phone: &mut Browser, shown: &Shown) -> Page {
    let right = shown.match_number.expect("a number").to_string();
    phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await
}

/// A whole sign-in by phone; the tokens.
pub async fn signs_in(house: &House, kiosk: &Kiosk, phone: &mut Browser) -> Answer {
    let shown = kiosk.device.asks("openid profile").await;
    phone.open(&kiosk.qr(house, &shown)).await.is_at("/device/confirm");
    allow(phone, &shown).await.is_at("/device/done");
    kiosk.device.waits_and_polls(house, &shown).await.good()
}
