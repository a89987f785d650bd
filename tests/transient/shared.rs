//! What only the Redis homes have to show. Servers are thrown away; `YIHAO_TEST_REDIS` names one to use instead
//! for the contract.

use std::time::Duration;

use yihao::transient::{OpenError, Transient};

use super::{Home, MINUTE, contract};
use crate::support::redis::{Cluster, Redis, wait_until};

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_contract() {
    #[allow(clippy::disallowed_methods, reason = "a test has no configuration to read it from")]
    let given = std::env::var("YIHAO_TEST_REDIS").ok();
    let server = given.is_none().then(Redis::start);
    let address = given.or_else(|| server.as_ref().map(Redis::url)).unwrap();
    let (here, there) = (Home::open(&address).await, Home::open(&address).await);
    contract::holds(&here, &there).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_keeps_the_contract() {
    let cluster = Cluster::start();
    let (here, there) = (Home::open(&cluster.url()).await, Home::open(&cluster.url()).await);
    contract::holds(&here, &there).await;
    for n in 0..60 {
        here.transient.put(&here.key("code", &n.to_string()), b"x", MINUTE).await.unwrap();
    }
    assert!(cluster.sizes().iter().all(|size| *size > 0), "every node holds some: {:?}", cluster.sizes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentinel_names_the_master_also_after_a_failover() {
    let mut first = Redis::start();
    let port = first.port.to_string();
    let second = Redis::start_with(&["--replicaof", "127.0.0.1", &port, "--repl-diskless-sync-delay", "0"]);
    let sentinel = Redis::start_with(&["--sentinel"]);
    for command in [
        &format!("SENTINEL MONITOR yihao 127.0.0.1 {} 1", first.port),
        "SENTINEL SET yihao down-after-milliseconds 300",
        "SENTINEL SET yihao failover-timeout 2000",
    ] {
        assert_eq!(sentinel.command(command), "+OK\r\n", "{command}");
    }
    let address = format!("redis-sentinel://127.0.0.1:{}/yihao", sentinel.port);
    let (here, there) = (Home::open(&address).await, Home::open(&address).await);
    contract::holds(&here, &there).await;

    let key = here.key("code", "carried over");
    here.transient.put(&key, b"x", MINUTE).await.unwrap();
    wait_until("the replica has it", || second.command("DBSIZE") == first.command("DBSIZE"));
    let replicas = || sentinel.command("SENTINEL MASTER yihao");
    wait_until("the Sentinel knows the replica", || replicas().contains("num-slaves\r\n$1\r\n1"));
    first.kill();
    let mut taken = here.transient.take(&key).await;
    for _ in 0..100 {
        if taken.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        taken = here.transient.take(&key).await;
    }
    assert_eq!(taken.expect("the new master answers").as_deref(), Some(&b"x"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_comes_back_is_used_again() {
    let mut server = Redis::start();
    let home = Home::open(&server.url()).await;
    home.transient.ping().await.unwrap();
    server.kill();
    let gone = tokio::time::timeout(Duration::from_secs(8), home.transient.ping()).await;
    assert!(gone.expect("an answer, not silence").is_err());
    server.restart();
    let key = home.key("code", "a");
    let mut stored = home.transient.put(&key, b"x", MINUTE).await;
    for _ in 0..50 {
        if stored.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        stored = home.transient.put(&key, b"x", MINUTE).await;
    }
    stored.expect("it answers again");
    assert!(home.transient.take(&key).await.unwrap().is_some());
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_an_error_at_once() {
    let mut server = Redis::start();
    let url = server.url().replace("127.0.0.1", "name:a-secret@127.0.0.1");
    server.kill();
    let opened =
        tokio::time::timeout(Duration::from_secs(8), Transient::open(&url, yihao::base::Clock::Machine));
    let error = opened.await.expect("an answer, not silence").err().expect("an error");
    assert!(matches!(error, OpenError::Unavailable(_)));
    assert!(!format!("{error} {error:?}").contains("a-secret"));
}

/// Redis itself collects what is over, and ids are not readable in it.
#[tokio::test]
async fn every_key_in_redis_has_an_end_and_no_id() {
    let server = Redis::start();
    let home = Home::open(&server.url()).await;
    let (value, mark, counter) =
        (home.key("code", "id-a"), home.key("jti", "id-b"), home.key("failures", "id-c"));
    home.transient.put(&value, b"x", MINUTE).await.unwrap();
    home.transient.claim(&mark, MINUTE).await.unwrap();
    home.transient.count(&counter, MINUTE, 1).await.unwrap();
    home.transient.count(&counter, MINUTE * 60, 1).await.unwrap();
    let listed = server.command("KEYS *");
    let keys: Vec<&str> = listed.lines().filter(|line| line.starts_with("yihao:")).collect();
    assert_eq!(keys.len(), 3, "{listed}");
    for key in keys {
        let left: i64 =
            server.command(&format!("PTTL {key}")).trim().trim_start_matches(':').parse().unwrap();
        assert!((60_000..=120_000).contains(&left), "{key} ends in {left} ms");
        assert!(!key.contains("id-"));
    }
}
