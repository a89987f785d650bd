use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use super::*;

fn config(passes: u32) -> config::Password {
    config::Password { memory_kib: 8, passes, workers: 2, ..config::Password::default() }
}

fn hasher(passes: u32) -> Hasher {
    Hasher::start(&config(passes), Chance::seeded(3)).unwrap()
}

/// A hasher whose threads never come.
fn stuck(queue: usize) -> Hasher {
    let pool = Pool::start(0, queue, IDLE).unwrap();
    Hasher(Arc::new(Inner { pool, cost: recipe::cost(&config(1)).unwrap(), chance: Chance::seeded(3) }))
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

#[tokio::test]
async fn only_the_right_password_is_right() {
    let hasher = hasher(1);
    let phc = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{phc}");
    assert_ne!(phc, hasher.hash(secret("correct horse")).await.unwrap(), "one salt for two hashes");
    let verify = async |phc: Option<&str>, text: &str| hasher.verify(phc, secret(text)).await.unwrap();
    assert_eq!(verify(Some(&phc), "correct horse").await, Verdict::Yes { needs_rehash: false });
    assert_eq!(verify(Some(&phc), "correct horsf").await, Verdict::No);
    assert_eq!(verify(Some(&phc), "").await, Verdict::No);
    assert_eq!(verify(None, "correct horse").await, Verdict::No);
    for damaged in
        ["", "x", "$argon2id$v=19$m=8,t=1,p=1$", "$2y$10$abcdefghijklmnopqrstuv", &phc[..phc.len() - 9]]
    {
        assert_eq!(verify(Some(damaged), "correct horse").await, Verdict::No, "{damaged}");
    }
}

#[tokio::test]
async fn nobodys_hash_is_computed_and_matches_nothing() {
    let hasher = hasher(1);
    let recipe = Recipe::new(hasher.0.cost.clone(), &NOBODYS_SALT);
    let output = hasher.derive(recipe.clone(), secret("guess")).await.unwrap();
    // The same computation as for an account whose hash this is, and yet no.
    let phc = recipe.written(&output).unwrap();
    assert_eq!(hasher.verify(Some(&phc), secret("guess")).await, Ok(Verdict::Yes { needs_rehash: false }));
    assert_eq!(hasher.verify(None, secret("guess")).await, Ok(Verdict::No));
    // It takes a place like any other.
    assert_eq!(stuck(0).verify(None, secret("guess")).await, Err(Busy));
}

#[tokio::test]
async fn a_hash_of_another_cost_is_verified_with_its_own_and_wants_a_new_one() {
    let phc = hasher(2).hash(secret("correct horse")).await.unwrap();
    let verdict = hasher(1).verify(Some(&phc), secret("correct horse")).await;
    assert_eq!(verdict, Ok(Verdict::Yes { needs_rehash: true }));
    let verdict = hasher(1).verify(Some(&reference("m=256,t=2,p=1")), secret("password")).await;
    assert_eq!(verdict, Ok(Verdict::Yes { needs_rehash: true }));
}

/// From the reference implementation's own tests (phc-winner-argon2, src/test.c): the hash of `password`
/// at `m=256,t=2,p=1`.
fn reference(cost: &str) -> String {
    format!("$argon2id$v=19${cost}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
}

#[tokio::test]
async fn a_hash_that_costs_too_much_is_not_tried() {
    assert!(Stored::read(&reference("m=262144,t=16,p=16")).is_some());
    for cost in ["m=262145,t=1,p=1", "m=256,t=17,p=1", "m=8192,t=1,p=17"] {
        assert!(Stored::read(&reference(cost)).is_none(), "{cost}");
        let verdict = hasher(1).verify(Some(&reference(cost)), secret("password")).await;
        assert_eq!(verdict, Ok(Verdict::No), "{cost}");
    }
}

#[test]
fn who_cannot_wait_is_told_and_who_leaves_makes_room() {
    let hasher = stuck(1);
    let poll = |future: std::pin::Pin<&mut dyn Future<Output = Result<String, Busy>>>| {
        future.poll(&mut Context::from_waker(Waker::noop()))
    };
    {
        let mut first = pin!(hasher.hash(secret("first")));
        assert!(poll(first.as_mut()).is_pending());
        let mut second = pin!(hasher.hash(secret("second")));
        assert!(matches!(poll(second.as_mut()), std::task::Poll::Ready(Err(Busy))));
        assert_eq!(hasher.load(), Load { waiting: 1, running: 0, held_kib: 0 });
    }
    assert_eq!(hasher.load().waiting, 0);
    let mut third = pin!(hasher.hash(secret("third")));
    assert!(poll(third.as_mut()).is_pending());
}

#[tokio::test]
async fn many_at_once_are_all_answered() {
    let hasher = Hasher::start(&config::Password { queue: 500, ..config(1) }, Chance::seeded(3)).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..300 {
        let hasher = hasher.clone();
        tasks.spawn(async move {
            let phc = hasher.hash(Secret::new(format!("password {n}"))).await?;
            hasher.verify(Some(&phc), Secret::new(format!("password {n}"))).await
        });
    }
    for verdict in tasks.join_all().await {
        assert_eq!(verdict, Ok(Verdict::Yes { needs_rehash: false }));
    }
    assert_eq!(hasher.load().running, 0);
}

#[test]
fn a_cost_that_cannot_be_is_refused_at_the_start() {
    assert!(Hasher::start(&config::Password { lanes: 2, ..config(1) }, Chance::Machine).is_err());
}

#[tokio::test]
async fn a_legacy_hash_waits_its_turn_like_every_other() {
    use crate::credential::legacy_hash::{LegacyHash, Scheme};
    let read = || LegacyHash::read(&[Scheme::Md5], "900150983cd24fb0d6963f7d28e17f72", "").unwrap();
    let config = config::Password { memory_kib: 8, passes: 1, workers: 1, ..config::Password::default() };
    let hasher = Hasher::start(&config, Chance::seeded(1)).unwrap();
    assert_eq!(hasher.matches_legacy(read(), Secret::new("abc")).await, Ok(true));
    assert_eq!(hasher.matches_legacy(read(), Secret::new("abd")).await, Ok(false));
}
