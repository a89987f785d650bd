//! A kiosk need not ask every few seconds: it lets the question wait until there is an answer (RFC 7240 section 4.3).

use std::time::{Duration, Instant};

use yihao::duties::look_out;

use super::{Kiosk, allow};
use crate::support::device::GRANT;
use crate::support::{Answer, Browser, House};

/// Until a question has come to the node of the house, and waits there.
async fn until_one_waits(house: &House) {
    while house.app.waiting.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_answer_comes_when_it_is_there() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &house.person_without_phone().await).await;
    let shown = kiosk.device.asks("openid").await;
    phone.open(&kiosk.qr(&house, &shown)).await.is_at("/device/confirm");
    let params = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    let began = Instant::now();
    let waiting = kiosk.device.party.post_with("/token", &params, &[("prefer", "wait=20")]);
    let answering = async {
        until_one_waits(&house).await;
        allow(&mut phone, &shown).await.is_at("/device/done");
    };
    let (answer, ()) = tokio::join!(waiting, answering);
    answer.good();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

/// The person answers at another node, where nobody waits: the one where the kiosk waits looks for the answer.
#[tokio::test]
async fn the_answer_may_be_given_at_another_node() {
    let house = House::open().await;
    let second = house.second_node().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &house.person_without_phone().await).await;
    let shown = kiosk.device.asks("openid").await;
    phone.open(&kiosk.qr(&house, &shown)).await.is_at("/device/confirm");
    let began = Instant::now();
    let params = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    let waiting = kiosk.device.party.post_with("/token", &params, &[("prefer", "wait=20")]);
    let answering = async {
        until_one_waits(&house).await;
        look_out(&house.app).await.unwrap();
        phone.moves_to(&second);
        allow(&mut phone, &shown).await.is_at("/device/done");
        assert_eq!(house.app.waiting.requests().len(), 1, "nothing rings there");
        look_out(&house.app).await.unwrap();
    };
    let (answer, ()) = tokio::join!(waiting, answering);
    answer.good();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

/// The connection broke without a word and the kiosk asks again: the answer goes to the question that is alive.
#[tokio::test]
async fn a_later_question_takes_the_place() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let mut phone = Browser::signed_in(&house, &house.person_without_phone().await).await;
    let shown = kiosk.device.asks("openid").await;
    phone.open(&kiosk.qr(&house, &shown)).await.is_at("/device/confirm");
    let params = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    let asks = || kiosk.device.party.post_with("/token", &params, &[("prefer", "wait=20")]);
    let began = Instant::now();
    let lost = async {
        let answer = asks().await;
        assert_eq!(answer.refusal(), (400, "authorization_pending"));
        // The later one waits now.
        allow(&mut phone, &shown).await.is_at("/device/done");
    };
    let alive = async {
        until_one_waits(&house).await;
        asks().await
    };
    let ((), answer) = tokio::join!(lost, alive);
    answer.good();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

/// A node that stops keeps nobody waiting.
#[tokio::test]
async fn a_node_that_stops_answers_at_once() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let shown = kiosk.device.asks("openid").await;
    let params = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    let began = Instant::now();
    let waiting = kiosk.device.party.post_with("/token", &params, &[("prefer", "wait=20")]);
    let stopping = async {
        until_one_waits(&house).await;
        house.app.waiting.close();
    };
    let (answer, ()) = tokio::join!(waiting, stopping);
    assert_eq!(answer.refusal(), (400, "authorization_pending"));
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nobody_answers_and_others_do_not_wait() {
    let house = House::open().await;
    let kiosk = Kiosk::enrolled(&house).await;
    let shown = kiosk.device.asks("openid").await;
    let params = [("grant_type", GRANT), ("device_code", shown.device_code.as_str())];
    let poll = async |prefer: &'static str| -> (Answer, Duration) {
        house.pass(Duration::from_secs(5));
        let began = Instant::now();
        let answer = kiosk.device.party.post_with("/token", &params, &[("prefer", prefer)]).await;
        (answer, began.elapsed())
    };
    let pending = (400, "authorization_pending");
    let (answer, took) = poll("wait=1").await;
    assert_eq!(answer.refusal(), pending);
    assert!(took >= Duration::from_secs(1), "{took:?}");
    for prefer in ["wait=0", "respond-async", "wait=x"] {
        let (answer, took) = poll(prefer).await;
        assert_eq!(answer.refusal(), pending);
        assert!(took < Duration::from_secs(1), "{prefer} {took:?}");
    }
}
