//! A window of a counter: it names the citizen who stands before it, and waits (OpenID CIBA).

use std::time::Duration;

use serde_json::{Value, json};
use yihao::terminal::Kind;

use super::{Answer, House, RelyingParty};

pub const GRANT: &str = "urn:openid:params:grant-type:ciba";

pub struct Counter {
    pub party: RelyingParty,
}

/// What a counter has been given to show and to wait with.
pub struct Asked {
    pub auth_req_id: String,
    pub match_number: String,
    pub answer: Answer,
}

impl Counter {
    pub async fn open(house: &House) -> Self {
        Self::open_with(house, json!({})).await
    }

    pub async fn open_with(house: &House, mut over: Value) -> Self {
        let mut metadata = json!({ "client_name": "综合窗口", "grant_types": [GRANT], "redirect_uris": [] });
        metadata.as_object_mut().expect("an object").append(over.as_object_mut().expect("an object"));
        Self { party: house.machine(Kind::Counter, metadata).await.0 }
    }

    /// Asks with these parameters, as they are.
    pub async fn tries(&self, params: &[(&str, &str)]) -> Answer {
        self.party.post("/backchannel-authentication", params).await
    }

    pub async fn asks(&self, hint: &str) -> Asked {
        self.asks_with(hint, &[]).await
    }

    pub async fn asks_with(&self, hint: &str, more: &[(&str, &str)]) -> Asked {
        let params = [&[("scope", "openid profile"), ("login_hint", hint)], more].concat();
        let answer = self.tries(&params).await.good();
        Asked {
            auth_req_id: answer.text("auth_req_id").to_owned(),
            match_number: answer["match_number"].as_u64().expect("a number").to_string(),
            answer,
        }
    }

    pub async fn polls(&self, asked: &Asked) -> Answer {
        self.party.post("/token", &[("grant_type", GRANT), ("auth_req_id", &asked.auth_req_id)]).await
    }

    /// Waits as long as it was told to, and asks.
    pub async fn waits_and_polls(&self, house: &House, asked: &Asked) -> Answer {
        house.pass(Duration::from_secs(asked.answer["interval"].as_u64().expect("an interval")));
        self.polls(asked).await
    }
}
