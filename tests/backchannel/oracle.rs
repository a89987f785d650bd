//! A client that asks learns nothing of whom it may ask: known, unknown, on hold, blocked and busy persons get
//! one answer at one time, and go on waiting alike.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use yihao::http::urls;
use yihao::identity;

use crate::support::House;
use crate::support::counter::{Counter, GRANT};
use crate::support::operator::citizen_id;
use crate::support::phone::Phone;

const DEADLINE: Duration = Duration::from_millis(250);
const ROUNDS: usize = 100;
/// Medians may differ by this part of them: what chance leaves on a busy machine.
const SAME: u32 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_whom_a_client_asks_about() {
    let house = House::open_with(|config| {
        config.password.answer_after_ms = u64::try_from(DEADLINE.as_millis()).unwrap();
        config.request.per_person = u64::MAX;
        config.request.per_person_by_one = u64::MAX;
    })
    .await;
    let counter = Arc::new(Counter::open(&house).await);
    let (free, busy, blocking, held) =
        (house.person().await, house.person().await, house.person().await, house.person().await);
    let mut tx = house.app.db.begin().await.unwrap();
    let (keys, visit) = (house.app.keys.data(), house.visit());
    assert!(identity::hold(&mut tx, &keys, &visit, held.id, "deceased").await.unwrap());
    tx.commit().await.unwrap();
    let mut phone = Phone::of(&house, &blocking).await;
    counter.asks(&blocking.number).await;
    phone.opens().await;
    phone.decides("block").await.is_at(urls::DEVICE_DONE);
    let numbers = [free.number, busy.number, blocking.number, held.number, citizen_id().as_str().to_owned()];

    // What is told apart by time would be told apart each time: a machine too busy for the deadline to decide
    // gets two more chances.
    let mut medians = Vec::new();
    for _ in 0..3 {
        medians = measured(&house, &counter, &busy.phone, &numbers).await;
        if medians.iter().all(|median| median.abs_diff(medians[0]) <= medians[0] / SAME) {
            break;
        }
    }
    for median in &medians {
        assert!(median.abs_diff(medians[0]) <= medians[0] / SAME, "{medians:?}");
    }
    // A second request while one is open is refused alike as well.
    for (case, number) in numbers.iter().enumerate() {
        let params = [("scope", "openid"), ("login_hint", number.as_str())];
        assert_eq!(counter.tries(&params).await.status, 200, "case {case}");
        assert_eq!(counter.tries(&params).await.refusal(), (429, "temporarily_unavailable"), "case {case}");
    }
}

/// One measurement: the median of each case. The cases begin in another order each time, so that none is always
/// the first.
async fn measured(house: &House, counter: &Arc<Counter>, busy: &str, numbers: &[String]) -> Vec<Duration> {
    let mut times = vec![Vec::new(); numbers.len()];
    for round in 0..ROUNDS {
        // A request before the person already, by another hint.
        counter.asks(busy).await;
        let mut running = JoinSet::new();
        for turn in 0..numbers.len() {
            let case = (round + turn) % numbers.len();
            let (counter, number) = (counter.clone(), numbers[case].clone());
            running.spawn(async move {
                let started = Instant::now();
                let answer = counter.tries(&[("scope", "openid"), ("login_hint", &number)]).await;
                (case, started.elapsed(), answer)
            });
        }
        let mut shapes = Vec::new();
        for (case, took, answer) in running.join_all().await {
            assert!(took >= DEADLINE, "case {case}: before the deadline, after {took:?}");
            times[case].push(took);
            let poll = [("grant_type", GRANT), ("auth_req_id", answer.text("auth_req_id"))];
            let polled = counter.party.post("/token", &poll).await;
            assert_eq!(polled.refusal(), (400, "authorization_pending"), "case {case}");
            let names: Vec<_> = answer.json.as_object().unwrap().keys().cloned().collect();
            shapes.push((
                answer.status,
                names,
                answer["expires_in"].clone(),
                answer.text("auth_req_id").len(),
            ));
        }
        assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
        house.pass(Duration::from_secs(120));
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort();
            times[times.len() / 2]
        })
        .collect()
}
