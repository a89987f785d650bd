//! One contract for short-lived state, held against every home: the file, a Redis, a master named by a
//! Sentinel, a Cluster of three. What is special to a home follows in the modules below.

mod contract;
mod embedded;
mod shared;

use std::future::Future;
use std::time::Duration;

use yihao::base::{Chance, Clock, Moment};
use yihao::transient::{Key, Transient};

const MINUTE: Duration = Duration::from_secs(60);

/// A home under test, and the clock it goes by.
struct Home {
    transient: Transient,
    clock: Clock,
    /// Keeps the keys of this run apart in a Redis that others use.
    run: String,
}

impl Home {
    async fn open(address: &str) -> Self {
        let clock = Clock::by_hand(Moment::from_seconds(1_800_000_000));
        let transient = Transient::open(address, clock.clone()).await.expect("the home opens");
        Self { transient, clock, run: Chance::Machine.token() }
    }

    fn key(&self, kind: &'static str, id: &str) -> Key {
        Key::new(kind, format!("{}/{id}", self.run))
    }

    /// Moves the clocks of both nodes.
    fn advance(&self, span: Duration, other: &Home) {
        self.clock.advance(span);
        other.clock.advance(span);
    }

    /// One node, the other, the one again…
    fn in_turn(&self, other: &Home, turn: &std::cell::Cell<bool>) -> Transient {
        let second = turn.replace(!turn.get());
        if second { other.transient.clone() } else { self.transient.clone() }
    }
}

/// Starts all at one time and waits for every answer.
async fn at_once<T, F>(number: usize, one: impl Fn() -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(number));
    let tasks: Vec<_> = (0..number)
        .map(|_| {
            let (start, one) = (start.clone(), one());
            tokio::spawn(async move {
                start.wait().await;
                one.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(number);
    for task in tasks {
        answers.push(task.await.expect("the task ends well"));
    }
    answers
}
