//! A source that is read where it is, over a read-only connection, and one that is a workbook.

use yihao::db::{Read, values};

use super::stage::Stage;
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
