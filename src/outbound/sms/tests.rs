use std::sync::{Arc as Shared, Mutex as Lock};

use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;

use super::*;
use crate::outbound::testing::{self, Server};

fn phone() -> Phone {
    Phone::parse("13800000001").unwrap()
}

fn config(url: Option<Url>, simulated: bool) -> Config {
    let mut config = Config::default();
    config.sms.url = url;
    config.danger.simulate_sms = simulated;
    config
}

async fn send(config: &Config) -> Result<(), SmsError> {
    send_within(PATIENCE, config).await
}

async fn send_within(patience: Duration, config: &Config) -> Result<(), SmsError> {
    let sms = Sms::with_patience(config, patience).unwrap();
    sms.send(&testing::visit(), &phone(), "code 1").await
}

#[tokio::test]
async fn a_gateway_gets_the_message_and_the_bearer_token() {
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&key, "the-token\n").unwrap();
    let server = Server::start(|asked| {
        let sent = asked.json();
        let right = asked.headers["authorization"] == "Bearer the-token"
            && sent["phone"] == "+8613800000001"
            && sent["text"] == "code 1"
            && sent.as_object().unwrap().len() == 3;
        testing::id_of(&asked);
        if right { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST }.into_response()
    })
    .await;
    let mut config = config(Some(server.url("/send")), false);
    config.sms.key_file = Some(key.path().to_owned());
    assert_eq!(send(&config).await, Ok(()));
    assert!(Sms::open(&config).unwrap().outbox(None).is_empty());
}

#[tokio::test]
async fn every_failure_has_its_name() {
    assert_eq!(send(&config(None, false)).await, Err(SmsError::NotConfigured));
    let refusing = Server::start(|_| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let moved = Server::start(|_| axum::response::Redirect::temporary("/").into_response()).await;
    let simulator = Server::start(|_| [("x-simulator", "1")].into_response()).await;
    let (silent, taken) = testing::silent_hang_up().await;
    for (address, why) in [
        (refusing.address, SmsError::Refused(503)),
        (moved.address, SmsError::Refused(307)),
        (simulator.address, SmsError::Simulator),
        (testing::nobody().await, SmsError::Unreachable),
        (silent, SmsError::Unreachable),
    ] {
        let url = format!("http://{address}/").parse().unwrap();
        assert_eq!(send(&config(Some(url), false)).await, Err(why));
    }
    let mute = format!("http://{}", testing::mute().await).parse().unwrap();
    let soon = Duration::from_millis(300);
    assert_eq!(send_within(soon, &config(Some(mute), false)).await, Err(SmsError::Timeout));
    // What may have arrived is not sent again.
    assert_eq!((taken.load(std::sync::atomic::Ordering::SeqCst), refusing.hits()), (1, 1));
    let mut config = config(None, false);
    config.sms.key_file = Some("/nowhere/key".into());
    assert_eq!(Sms::open(&config).err().unwrap().key, "sms.key_file");
}

#[tokio::test]
async fn the_outbox_keeps_the_last_thousand_newest_first() {
    let sms = Sms::open(&config(None, true)).unwrap();
    let visit = testing::visit();
    let other = Phone::parse("13900000002").unwrap();
    sms.send(&visit, &other, "other").await.unwrap();
    for n in 0..KEPT {
        sms.send(&visit, &phone(), &n.to_string()).await.unwrap();
    }
    let kept = sms.clone().outbox(None);
    assert_eq!((kept.len(), kept[0].text.as_str(), kept[KEPT - 1].text.as_str()), (KEPT, "999", "0"));
    assert_eq!((kept[0].at, kept[0].request_id), (visit.now, visit.request_id));
    sms.send(&visit, &other, "again").await.unwrap();
    let to_other = sms.outbox(Some(&other));
    assert_eq!(to_other.iter().map(|sms| sms.text.as_str()).collect::<Vec<_>>(), ["again"]);
    let shown = format!("{:?}", sms.outbox(None));
    assert!(!shown.contains("13900000002") && !shown.contains("again"));
}

#[tokio::test]
async fn a_simulated_message_is_shown_to_a_simulator_and_to_nobody_else() {
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&key, "the-token").unwrap();
    let seen = Shared::new(Lock::new(Vec::new()));
    let told = seen.clone();
    let simulator = Server::start(move |asked| {
        assert!(!asked.headers.contains_key("authorization"));
        if asked.method == Method::POST {
            told.lock().unwrap().push(asked.json()["text"].clone());
        }
        (StatusCode::METHOD_NOT_ALLOWED, [("x-simulator", "registers")]).into_response()
    })
    .await;
    let posted = Shared::new(Lock::new(0));
    let count = posted.clone();
    let real = Server::start(move |asked| {
        *count.lock().unwrap() += usize::from(asked.method == Method::POST);
        StatusCode::OK.into_response()
    })
    .await;
    for url in [
        simulator.url("/sms"),
        real.url("/sms"),
        format!("http://{}", testing::nobody().await).parse().unwrap(),
    ] {
        let mut config = config(Some(url), true);
        config.sms.key_file = Some(key.path().to_owned());
        assert_eq!(send(&config).await, Ok(()));
    }
    assert_eq!(*seen.lock().unwrap(), [json!("code 1")]);
    assert_eq!((*posted.lock().unwrap(), real.hits()), (0, 1));
}
