//! The person is asked on their phone. The desk shows a number, and waits; only what the person allowed comes here.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::{Desk, Person, home, library, matter, shift, text};
use crate::window::Refused;

/// How long the provider may think about one question of ours.
const WAIT: u64 = 20;

/// What stands at the window meanwhile.
pub struct Asked {
    auth_req_id: String,
    pub number: String,
    pub message: String,
}

#[derive(Deserialize)]
pub struct Named {
    hint: String,
}

pub async fn ask(State(desk): State<Arc<Desk>>, Form(sent): Form<Named>) -> Response {
    let mut work = desk.state.lock().await;
    let asked = async {
        let shift = shift(&mut work)?;
        let id = shift.id.clone();
        let matter = matter(shift)?;
        let params = [
            ("shift", id.as_str()),
            ("matter", &matter.id),
            ("scope", matter.scope),
            ("login_hint", sent.hint.trim()),
        ];
        let said = desk.window.post("/counter/matter/phone", &params).await?;
        let auth_req_id = text(&said, "auth_req_id");
        matter.asked = Some(Asked {
            auth_req_id: auth_req_id.clone(),
            number: said["match_number"].to_string(),
            message: text(&said, "binding_message"),
        });
        let interval = Duration::from_secs(said["interval"].as_u64().unwrap_or(5));
        tokio::spawn(wait(desk.clone(), auth_req_id, interval));
        Ok(())
    };
    let done = asked.await;
    home(&mut work, done)
}

/// Until the person has answered; what comes of it is written where the page looks.
async fn wait(desk: Arc<Desk>, auth_req_id: String, interval: Duration) {
    let answered = answer(&desk, &auth_req_id, interval).await;
    let mut work = desk.state.lock().await;
    let matter = shift(&mut work).and_then(matter);
    // Another question, or another matter, may stand there by now.
    let Some(matter) = matter.ok().filter(|matter| is_asked(matter.asked.as_ref(), &auth_req_id)) else {
        return;
    };
    matter.asked = None;
    match answered {
        Ok(person) => matter.person = Some(person),
        Err(why) => work.said = Some(format!("{why:#}")),
    }
}

fn is_asked(asked: Option<&Asked>, auth_req_id: &str) -> bool {
    asked.is_some_and(|asked| asked.auth_req_id == auth_req_id)
}

async fn answer(desk: &Desk, auth_req_id: &str, interval: Duration) -> Result<Person> {
    let params = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", auth_req_id)];
    loop {
        let error = match desk.window.post_waiting("/token", &params, WAIT).await {
            Ok(tokens) => {
                let token = text(&tokens, "access_token");
                let list = library(desk, &token).await?.ok_or_else(|| anyhow!("证照库暂时不能查询"))?;
                return Ok(Person::of_library(list, token));
            }
            Err(error) => error,
        };
        match error.downcast_ref::<Refused>().map(|refused| refused.code.as_str()) {
            Some("authorization_pending") => {}
            Some("slow_down") => tokio::time::sleep(interval).await,
            Some("access_denied") => return Err(anyhow!("本人没有同意，或请求已经取消")),
            Some("expired_token") => return Err(anyhow!("本人没有在时限内确认")),
            _ => return Err(error),
        }
    }
}
