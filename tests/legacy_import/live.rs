//! A source that is read where it is, over a read-only connection, and one that is a workbook.

use std::time::Duration;

use yihao::db::{Read, values};

use super::stage::{Stage, told};
use crate::support::home::is_postgres;

const PROFILE: &str = r#"
name = "live"
title = "Live"
[file]
format = "postgres"
table = "old_account"
filter = "id <> 'x'"
[kind]
always = "person"
[status]
column = "zt"
active = ["N"]
[account]
local_id = "id"
name = "xm"
[person]
number = [{ column = "zjhm", kind = "citizen-id" }]
"#;

/// Only where there is such a database: on the other home it is the same reader with nothing to read.
#[tokio::test]
async fn a_table_is_read_over_a_connection() {
    if !is_postgres() {
        return;
    }
    let stage = Stage::open(&[]).await;
    let mut tx = stage.db.begin().await.unwrap();
    for sql in [
        "create table old_account (id text, xm text, zjhm text, zt text)",
        "insert into old_account select n::text, '王小明', '11010519491231002X', 'N' from generate_series(1, 2500) n",
        "insert into old_account values ('x', null, null, 'N'), ('y', null, null, 'D')",
    ] {
        tx.execute(sql, values![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let profile = stage.file("live.toml", PROFILE);
    assert!(stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]).ok);
    let address = stage.file("live.url", &stage.home.storage);
    let told = stage.import("live", &address, &[]);
    assert_eq!(told.counts(), [2500, 0, 0, 1], "{} {}", told.value, told.error);
    assert_eq!(told.reason("STATUS"), 1);
    // Its rejected row comes back as a file.
    let rejected = stage.directory.path().join("live.rejected.csv");
    let mended = std::fs::read_to_string(&rejected).unwrap().replace(",D", ",N");
    std::fs::write(&rejected, mended).unwrap();
    let told = stage.import("live", &rejected, &[]);
    assert_eq!(told.counts(), [1, 0, 0, 0], "{} {}", told.value, told.error);
    let again = stage.import("live", &address, &["--rejected", "again.csv"]);
    assert_eq!(again.counts(), [0, 0, 2500, 1], "{} {}", again.value, again.error);
    // It was not written to.
    let mut read = &stage.db;
    let rows = read.optional("select count(*) from old_account", values![], |row| row.get::<i64>(0)).await;
    assert_eq!(rows.unwrap(), Some(2502));
    let wrong = stage.file("wrong.url", "mysql://somebody:secret@127.0.0.1/x");
    let told = stage.import("live", &wrong, &[]);
    assert!(!told.ok && !told.error.contains("secret"), "{}", told.error);
}

/// Killed, or its source ended: it goes on where it was, since what is before is what it was.
#[tokio::test]
async fn a_live_import_that_was_cut_off_goes_on_where_it_was() {
    if !is_postgres() {
        return;
    }
    let stage = Stage::open(&[]).await;
    let run = async |sql: &'static str| {
        let mut tx = stage.db.begin().await.unwrap();
        let done = tx.execute(sql, values![]).await.unwrap();
        tx.commit().await.unwrap();
        done
    };
    run("create table old_account (id text, xm text, zjhm text, zt text)").await;
    // In no order.
    run("insert into old_account select n::text, '王小明', '11010519491231002X', 'N'
         from generate_series(1, 60000) n order by md5(n::text)")
    .await;
    let profile = stage.file("live.toml", PROFILE);
    assert!(stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]).ok);
    let address = stage.file("live.url", format!("{}?application_name=old", stage.home.storage));
    let rows = async || stage.count("select coalesce(max(row), 0) from legacy_import").await;

    // The source's server ends the connection.
    let child = stage.start_import("live", &address);
    while rows().await == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let ended = "select pg_terminate_backend(pid) from pg_stat_activity
                 where application_name = 'old' and datname = current_database()";
    let cut = run(ended).await;
    let first = told(&child.wait_with_output().unwrap());
    assert!(first.ok || cut == 1, "{}", first.error);
    // The rows that were on their way are in, and no end was taken for granted.
    if !first.ok {
        assert!(first.error.contains("run it again to go on"), "{}", first.error);
    }
    // Then the import itself is killed.
    let (before, mut child) = (rows().await, stage.start_import("live", &address));
    while rows().await == before && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let _ = child.kill();
    child.wait().unwrap();
    let last = stage.import("live", &address, &[]);
    assert!(last.ok, "{}", last.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await, 60_000);
    let abandoned = "select count(*) from legacy_import where state = 'abandoned'";
    assert_eq!(stage.count(abandoned).await, 0, "nothing was begun anew");
    // A row before the position is another now: then it begins anew, and what is in is unchanged.
    let mut child = stage.start_import("live", &address);
    let running = "select coalesce(max(row), 0) from legacy_import where state = 'running'";
    while stage.count(running).await == 0 && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let _ = child.kill();
    child.wait().unwrap();
    run("update old_account set xm = '王大明' where id = '1'").await;
    let again = stage.import("live", &address, &[]);
    assert!(again.ok, "{}", again.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await, 60_000);
}
