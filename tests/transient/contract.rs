//! What every home promises.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use yihao::base::Moment;

use super::{Home, MINUTE, at_once};

/// Two connections to one home, as two nodes would have: `there` sees what `here` did.
pub async fn holds(here: &Home, there: &Home) {
    here.transient.ping().await.unwrap();
    values(here, there).await;
    many_at_once(here, there).await;
    marks(here, there).await;
    counters(here, there).await;
    kinds_are_apart(here).await;
    bytes_and_json(here).await;
    long_and_short_lives(here).await;
    one_taker(here, there).await;
    one_claimant(here, there).await;
    every_count_counts(here, there).await;
}

async fn values(here: &Home, there: &Home) {
    let (home, key) = (&here.transient, here.key("code", "value"));
    let other = &there.transient;
    assert_eq!(home.get(&key).await.unwrap(), None);
    assert_eq!(home.take(&key).await.unwrap(), None);
    home.put(&key, b"first", MINUTE).await.unwrap();
    assert_eq!(other.get(&key).await.unwrap().as_deref(), Some(&b"first"[..]));
    other.put(&key, b"second", MINUTE).await.unwrap();
    assert_eq!(home.get(&key).await.unwrap().as_deref(), Some(&b"second"[..]), "put replaces");
    assert_eq!(home.take(&key).await.unwrap().as_deref(), Some(&b"second"[..]));
    assert_eq!(other.take(&key).await.unwrap(), None, "taken is taken");
    assert_eq!(other.get(&key).await.unwrap(), None);

    home.put(&key, b"third", MINUTE).await.unwrap();
    here.advance(MINUTE - Duration::from_micros(1), there);
    assert!(home.get(&key).await.unwrap().is_some(), "the last microsecond");
    here.advance(Duration::from_micros(1), there);
    assert_eq!(home.get(&key).await.unwrap(), None, "over at the end itself");
    assert_eq!(home.take(&key).await.unwrap(), None);

    home.put(&key, b"fourth", MINUTE).await.unwrap();
    here.advance(MINUTE / 2, there);
    home.put(&key, b"fifth", MINUTE).await.unwrap();
    here.advance(MINUTE / 2, there);
    assert!(home.take(&key).await.unwrap().is_some(), "a second put has its own life");
}

/// More keys than any one node of a Cluster keeps.
async fn many_at_once(here: &Home, there: &Home) {
    assert!(here.transient.get_many(&[]).await.unwrap().is_empty());
    let keys: Vec<_> = (0..40).map(|number| here.key("decision", &number.to_string())).collect();
    for (number, key) in keys.iter().enumerate().filter(|(number, _)| number % 3 == 0) {
        let life = if number % 2 == 0 { MINUTE } else { MINUTE / 2 };
        here.transient.put(key, number.to_string().as_bytes(), life).await.unwrap();
    }
    let expected = |step: usize| -> Vec<Option<Vec<u8>>> {
        (0..40).map(|number| (number % step == 0).then(|| number.to_string().into_bytes())).collect()
    };
    assert_eq!(there.transient.get_many(&keys).await.unwrap(), expected(3), "in the order of the keys");
    here.advance(MINUTE / 2, there);
    assert_eq!(there.transient.get_many(&keys).await.unwrap(), expected(6), "what is over is not there");
}

async fn marks(here: &Home, there: &Home) {
    let key = here.key("jti", "mark");
    assert!(here.transient.claim(&key, MINUTE).await.unwrap());
    assert!(!there.transient.claim(&key, MINUTE * 9).await.unwrap());
    here.advance(MINUTE - Duration::from_micros(1), there);
    assert!(!here.transient.claim(&key, MINUTE).await.unwrap(), "the second did not lengthen it");
    here.advance(Duration::from_micros(1), there);
    assert!(there.transient.claim(&key, MINUTE).await.unwrap(), "an expired mark may be claimed");
    assert!(!here.transient.claim(&key, MINUTE).await.unwrap());
    assert_eq!(here.transient.take(&key).await.unwrap().as_deref(), Some(&b""[..]));
    assert!(here.transient.claim(&key, MINUTE).await.unwrap(), "a mark can be taken away");
}

async fn counters(here: &Home, there: &Home) {
    let (home, key) = (&here.transient, here.key("failures", "counter"));
    assert_eq!(home.count(&key, MINUTE, 0).await.unwrap(), 0);
    here.advance(MINUTE / 2, there);
    assert_eq!(home.count(&key, MINUTE, 2).await.unwrap(), 2, "a look opened no window");
    here.advance(MINUTE / 2, there);
    assert_eq!(there.transient.count(&key, MINUTE, 3).await.unwrap(), 5);
    assert_eq!(there.transient.count(&key, MINUTE, 0).await.unwrap(), 5);
    here.advance(MINUTE / 2, there);
    assert_eq!(home.count(&key, MINUTE, 0).await.unwrap(), 0, "the first count fixed the end");
    assert_eq!(home.count(&key, MINUTE, u32::MAX).await.unwrap(), u64::from(u32::MAX));
    assert_eq!(home.count(&key, MINUTE, u32::MAX).await.unwrap(), 2 * u64::from(u32::MAX));
    assert!(home.take(&key).await.unwrap().is_some());
    assert_eq!(home.count(&key, MINUTE, 1).await.unwrap(), 1, "take clears it");

    let value = here.key("code", "no counter");
    home.put(&value, b"word", MINUTE).await.unwrap();
    assert!(home.count(&value, MINUTE, 1).await.is_err());
    assert!(home.count(&value, MINUTE, 0).await.is_err());
    assert_eq!(home.get(&value).await.unwrap().as_deref(), Some(&b"word"[..]), "and it is unharmed");
}

async fn kinds_are_apart(here: &Home) {
    let (code, ask) = (here.key("code", "same"), here.key("ask", "same"));
    here.transient.put(&code, b"c", MINUTE).await.unwrap();
    assert_eq!(here.transient.take(&ask).await.unwrap(), None);
    assert!(here.transient.take(&code).await.unwrap().is_some());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    name: String,
    at: Moment,
}

async fn bytes_and_json(here: &Home) {
    let (home, key) = (&here.transient, here.key("ask", "bytes"));
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for value in [&b""[..], b" ", b"1 2", &every_byte] {
        home.put(&key, value, MINUTE).await.unwrap();
        assert_eq!(home.get(&key).await.unwrap().as_deref(), Some(value));
        assert_eq!(home.take(&key).await.unwrap().as_deref(), Some(value));
    }
    let sample = Sample { name: "一号".into(), at: here.clock.now() };
    home.put_json(&key, &sample, MINUTE).await.unwrap();
    assert_eq!(
        home.get_json(&key).await.unwrap(),
        Some(&sample).map(|s| Sample { name: s.name.clone(), ..*s })
    );
    let wrong = home.get_json::<u32>(&key).await.unwrap_err();
    assert!(!format!("{wrong} {wrong:?}").contains("一号"), "the error repeats no value");
    assert_eq!(home.take_json(&key).await.unwrap(), Some(sample));
    assert_eq!(home.take_json::<Sample>(&key).await.unwrap(), None);
}

async fn long_and_short_lives(here: &Home) {
    let (home, key) = (&here.transient, here.key("code", "life"));
    home.put(&key, b"never", Duration::ZERO).await.unwrap();
    assert_eq!(home.get(&key).await.unwrap(), None);
    assert!(home.claim(&key, Duration::MAX).await.unwrap());
    assert!(!home.claim(&key, MINUTE).await.unwrap());
    home.put(&key, b"always", Duration::MAX).await.unwrap();
    assert!(home.take(&key).await.unwrap().is_some());
    assert_eq!(home.count(&key, Duration::MAX, 1).await.unwrap(), 1);
    assert_eq!(home.count(&key, Duration::MAX, 1).await.unwrap(), 2);
    home.take(&key).await.unwrap();
}

async fn one_taker(here: &Home, there: &Home) {
    let key = here.key("code", "race");
    here.transient.put(&key, b"once", MINUTE).await.unwrap();
    let turn = std::cell::Cell::new(false);
    let takes = at_once(200, || {
        let (home, key) = (here.in_turn(there, &turn), key.clone());
        async move { home.take(&key).await.unwrap() }
    });
    assert_eq!(takes.await.iter().flatten().collect::<Vec<_>>(), [b"once"]);
}

async fn one_claimant(here: &Home, there: &Home) {
    let key = here.key("jti", "race");
    for _ in 0..2 {
        let turn = std::cell::Cell::new(false);
        let claims = at_once(200, || {
            let (home, key) = (here.in_turn(there, &turn), key.clone());
            async move { home.claim(&key, MINUTE).await.unwrap() }
        });
        assert_eq!(claims.await.iter().filter(|first| **first).count(), 1);
        // The second round races for the expired mark.
        here.advance(MINUTE, there);
    }
}

async fn every_count_counts(here: &Home, there: &Home) {
    let key = here.key("failures", "race");
    let turn = std::cell::Cell::new(false);
    let counts = at_once(200, || {
        let (home, key) = (here.in_turn(there, &turn), key.clone());
        async move { home.count(&key, MINUTE, 1).await.unwrap() }
    });
    let mut totals = counts.await;
    totals.sort_unstable();
    assert_eq!(totals, (1..=200).collect::<Vec<u64>>(), "each saw a total of its own");
    assert_eq!(here.transient.count(&key, MINUTE, 0).await.unwrap(), 200);
}
