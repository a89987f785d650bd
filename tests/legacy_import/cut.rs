//! An import that is cut off: killed, taken over, without its database.

use std::time::Duration;

use super::stage::{Stage, dumps, told};

const COPIES: i64 = 60;

/// A dump of some ten thousand rows, so that there is time to cut it off.
fn long(stage: &Stage) -> std::path::PathBuf {
    let text = std::fs::read_to_string(dumps().join("gjj_accounts.csv")).unwrap();
    let (heads, rows) = text.split_once('\n').unwrap();
    let mut all = format!("{heads}\n");
    for copy in 0..COPIES {
        for row in rows.lines() {
            all.push_str(&format!("{copy}x{row}\n"));
        }
        // Some that are rejected, in every batch.
        all.push_str(&format!("broken {copy}\n"));
        all.push_str(&format!("{copy}x{}\n", rows.lines().next().unwrap()));
    }
    stage.file("long.csv", all)
}

#[tokio::test]
async fn killed_at_ten_points_it_goes_on_and_ends_the_same() {
    let whole = Stage::open(&["gjj"]).await;
    let file = long(&whole);
    let reference = whole.import("gjj", &file, &[]);
    assert!(reference.ok, "{}", reference.error);
    let expected =
        (whole.accounts().await, std::fs::read(whole.directory.path().join("long.rejected.csv")).unwrap());

    let cut = Stage::open(&["gjj"]).await;
    let file = long(&cut);
    let rows = reference.value["rows"].as_u64().unwrap();
    let chance = yihao::base::Chance::Machine;
    let mut killed = 0;
    while killed < 10 {
        let mut child = cut.start_import("gjj", &file);
        // Somewhere in each tenth of the file, and somewhere in a batch.
        let point = i64::try_from(rows / 10 * killed).unwrap();
        while child.try_wait().unwrap().is_none()
            && cut.count("select coalesce(max(row), 0) from legacy_import").await < point
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_millis(chance.below(40).into())).await;
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
    }
    assert!(killed >= 5, "only {killed} were cut off");
    if cut.count("select count(*) from legacy_import where state = 'finished'").await == 0 {
        let last = cut.import("gjj", &file, &[]);
        assert!(last.ok, "{}", last.error);
    }
    let ended =
        (cut.accounts().await, std::fs::read(cut.directory.path().join("long.rejected.csv")).unwrap());
    assert_eq!(ended.0.len(), expected.0.len());
    assert!(ended.0 == expected.0, "the accounts are the same");
    assert_eq!(String::from_utf8(ended.1), String::from_utf8(expected.1));
    assert_eq!(cut.count("select count(*) from legacy_import").await, 1);
}

#[tokio::test]
async fn a_second_import_takes_the_first_over() {
    let stage = Stage::open(&["gjj"]).await;
    let file = long(&stage);
    let first = stage.start_import("gjj", &file);
    let mut begun = 0;
    while begun == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        begun = stage.count("select count(*) from legacy_import").await;
    }
    let second = stage.import("gjj", &file, &["--rejected", "second.csv"]);
    assert!(second.ok, "{}", second.error);
    let first = told(&first.wait_with_output().unwrap());
    // Unless it had come to its end before.
    assert!(first.ok || first.error.contains("taken this one over"), "{}", first.error);
    let accounts = stage.count("select count(*) from legacy_account").await;
    let rows = std::fs::read_to_string(&file).unwrap().lines().count() as i64;
    assert_eq!(accounts, rows - 1 - 2 * COPIES);
}

#[tokio::test]
async fn another_file_begins_anew() {
    let stage = Stage::open(&["gjj"]).await;
    let file = long(&stage);
    let mut child = stage.start_import("gjj", &file);
    while stage.count("select coalesce(max(row), 0) from legacy_import").await == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    if stage.count("select count(*) from legacy_import where state = 'running'").await == 0 {
        return; // it was quicker
    }
    let other = stage.file("other.csv", std::fs::read(dumps().join("gjj_accounts.csv")).unwrap());
    let told = stage.import("gjj", &other, &[]);
    assert!(told.ok, "{}", told.error);
    assert_eq!(stage.count("select count(*) from legacy_import where state = 'abandoned'").await, 1);
}
