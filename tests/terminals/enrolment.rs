//! Who becomes a terminal.

use serde_json::json;
use yihao::client::ClientState;
use yihao::terminal::{Error, Kind, Refused};

use crate::support::House;
use crate::support::machine::Pair;

fn why<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refused {
    match outcome {
        Err(Error::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_a_key_that_is_new_for_a_client_that_fits() {
    let house = House::open().await;
    let kiosks = house.terminal_client(Kind::Kiosk, json!({})).await.id;
    let counters = house.terminal_client(Kind::Counter, json!({})).await.id;
    let pair = Pair::new();
    house.enroll(Kind::Kiosk, &kiosks, &pair, "always").await.unwrap();
    house.enroll(Kind::Counter, &counters, &Pair::new(), "mon-fri 09:00-17:00").await.unwrap();
    house.enroll(Kind::Agent, &counters, &Pair::new(), "always").await.unwrap();

    let again = house.enroll(Kind::Kiosk, &kiosks, &pair, "always").await;
    assert_eq!(why(again), Refused::KeyIsTaken);
    let nobodys = house.enroll(Kind::Kiosk, "nobody", &Pair::new(), "always").await;
    assert_eq!(why(nobodys), Refused::NoClient);
    let elsewhere = house.enroll(Kind::Kiosk, &counters, &Pair::new(), "always").await;
    assert!(matches!(why(elsewhere), Refused::OtherChannel { .. }));
    let by_secret = json!({ "token_endpoint_auth_method": "client_secret_basic" });
    let by_secret = house.terminal_client(Kind::Kiosk, by_secret).await.id;
    let without_keys = house.enroll(Kind::Kiosk, &by_secret, &Pair::new(), "always").await;
    assert_eq!(why(without_keys), Refused::OtherMethod);

    let mut tx = house.app.db.begin().await.unwrap();
    let (keys, visit) = (house.app.keys.data(), house.visit());
    yihao::client::set_state(&mut tx, &keys, &visit, &kiosks, ClientState::Disabled).await.unwrap();
    tx.commit().await.unwrap();
    let disabled = house.enroll(Kind::Kiosk, &kiosks, &Pair::new(), "always").await;
    assert_eq!(why(disabled), Refused::NoClient);
}
