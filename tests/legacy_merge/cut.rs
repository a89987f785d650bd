//! Matching and merging that are killed go on when they are run again, and end the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tempfile::TempDir;
use yihao::db::{Read, values};

use super::house;
use super::truth::{generate, good, import, load, started, verdicts};
use crate::support::House;

const SYSTEM: (&str, &str) = ("si", "si_accounts.csv");
const RUNS: [&str; 2] = ["match", "merge"];
/// Of each run.
const KILLS: u32 = 5;

/// What can be compared: ids of accounts here are chosen anew each time.
#[derive(Debug, PartialEq, Eq)]
struct End {
    /// By the id in the old system.
    verdicts: BTreeMap<String, (String, String)>,
    /// Those that one account here has.
    together: BTreeSet<Vec<String>>,
    links: i64,
    batches: i64,
    cases: i64,
    persons: i64,
}

async fn count(house: &House, sql: &'static str) -> i64 {
    let mut read = &house.app.db;
    read.optional(sql, values![], |row| row.get::<i64>(0)).await.unwrap().expect("a count")
}

/// How far a run has come.
async fn done(house: &House, run: &str) -> i64 {
    let sql = match run {
        "match" => "select count(*) from legacy_account where state = 'matched'",
        _ => "select count(*) from legacy_link",
    };
    count(house, sql).await
}

async fn end(house: &House) -> End {
    let mut owned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for (id, verdict) in verdicts(house, SYSTEM.0) {
        if let Some(account) = verdict.account {
            owned.entry(account).or_default().push(id.clone());
        }
        all.insert(id, (verdict.class, verdict.reason));
    }
    End {
        verdicts: all,
        together: owned
            .into_values()
            .map(|mut ids| {
                ids.sort();
                ids
            })
            .collect(),
        links: count(house, "select count(*) from legacy_link where state <> 'unlinked'").await,
        batches: count(house, "select count(*) from legacy_batch where state = 'done'").await,
        cases: count(house, "select count(*) from cases where state = 'open'").await,
        persons: count(house, "select count(*) from person").await,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_ten_points_they_go_on_and_end_the_same() {
    let directory = TempDir::new().unwrap();
    generate(directory.path(), 10_000, 3, 1.0);
    let (whole, cut) = (house().await, house().await);
    for house in [&whole, &cut] {
        load(house, directory.path());
        import(house, directory.path(), SYSTEM.0, SYSTEM.1);
    }
    let (chance, mut killed) = (yihao::base::Chance::Machine, 0);
    for run in RUNS {
        good(&whole, &["legacy", run, "--source", SYSTEM.0]);
        let all = done(&whole, run).await;
        for kill in 0..KILLS {
            let mut program = started(&cut, &["legacy", run, "--source", SYSTEM.0]);
            // Somewhere in each part of the work, and somewhere in a step.
            let point = all * i64::from(kill) / i64::from(KILLS);
            while program.try_wait().unwrap().is_none() && done(&cut, run).await < point {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_millis(chance.below(60).into())).await;
            killed += u32::from(program.try_wait().unwrap().is_none());
            let _ = program.kill();
            program.wait().unwrap();
        }
        good(&cut, &["legacy", run, "--source", SYSTEM.0]);
    }
    assert!(killed >= KILLS, "only {killed} were cut off");
    let (expected, ended) = (end(&whole).await, end(&cut).await);
    assert!(expected.links > 5_000, "{}", expected.links);
    assert_eq!(ended.batches, 1, "what goes on is the same batch");
    assert!(ended == expected, "{} and {} links", ended.links, expected.links);
}
