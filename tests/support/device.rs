//! A screen without a browser of its own: it shows a code and waits (RFC 8628).

use serde_json::json;
use yihao::terminal::Kind;

use super::{Answer, Auth, House, RelyingParty};

pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub struct Device {
    pub party: RelyingParty,
}

/// What a device has been given to show and to wait with.
pub struct Shown {
    pub device_code: String,
    pub user_code: String,
    pub address: String,
    pub match_number: Option<u64>,
    pub answer: Answer,
}

impl Device {
    /// A television at home: a public client that is nothing but a device.
    pub async fn at_home(house: &House) -> Self {
        let metadata = json!({ "client_name": "客厅电视", "grant_types": [GRANT, "refresh_token"], "redirect_uris": [] });
        Self { party: house.relying_party_by(Auth::Nothing, metadata).await }
    }

    /// A self-service machine in a hall.
    pub async fn in_a_hall(house: &House) -> Self {
        let over = json!({ "client_name": "政务服务自助终端", "grant_types": [GRANT], "redirect_uris": [] });
        Self { party: house.machine(Kind::Kiosk, over).await.0 }
    }

    pub async fn asks(&self, scope: &str) -> Shown {
        let answer = self.party.post("/device_authorization", &[("scope", scope)]).await.good();
        Shown {
            device_code: answer.text("device_code").to_owned(),
            user_code: answer.text("user_code").to_owned(),
            address: answer.text("verification_uri_complete").to_owned(),
            match_number: answer["match_number"].as_u64(),
            answer,
        }
    }

    pub async fn polls(&self, shown: &Shown) -> Answer {
        self.party.post("/token", &[("grant_type", GRANT), ("device_code", &shown.device_code)]).await
    }

    /// Waits as long as it was told to, and asks.
    pub async fn waits_and_polls(&self, house: &House, shown: &Shown) -> Answer {
        let seconds = shown.answer["interval"].as_u64().expect("an interval");
        house.pass(std::time::Duration::from_secs(seconds));
        self.polls(shown).await
    }
}

impl Shown {
    /// One of the three numbers that is not the right one.
    pub fn wrong_number(&self, page: &super::Page) -> String {
        let right = self.match_number.expect("a number").to_string();
        page.texts(".numbers label").into_iter().find(|number| *number != right).expect("another number")
    }
}
