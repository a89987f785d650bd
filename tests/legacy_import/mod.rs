//! Legacy accounts are taken over: whole dumps against their truth, cut off, mended, again, and bad files of every kind.

mod bad;
mod broken;
mod cut;
mod directory;
mod full;
mod growing;
mod keys;
mod live;
mod mysql;
mod small_server;
mod stage;
mod workbook;

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use stage::{SYSTEMS, Stage, dumps, truth};

/// The defects after which no number can be read.
const NO_NUMBER: [&str; 8] = [
    "id_missing",
    "excel_sci",
    "typo_check",
    "masked",
    "placeholder",
    "no_key",
    "uscc_typo",
    "uscc_letter_O",
];

#[tokio::test]
async fn whole_dumps_become_accounts_as_their_truth_says() {
    let stage = Stage::open(&["si", "tax", "gjj", "portal"]).await;
    for (system, file) in SYSTEMS {
        let truth = truth(system);
        let told = stage.import(system, &dumps().join(file), &[]);
        assert!(told.ok, "{}", told.error);
        assert_eq!(told.counts(), [truth.len() as u64, 0, 0, 0], "{system}: {}", told.value);
        let output = stage.command(&["legacy", "verdicts", "--source", system]).output().unwrap();
        let verdicts: HashMap<String, Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|verdict| (verdict["local_id"].as_str().unwrap().to_owned(), verdict))
            .collect();
        assert_eq!(verdicts.len(), truth.len(), "{system}");
        for account in &truth {
            let verdict = &verdicts[&account.local_id];
            let defects: HashSet<_> = account.defects.iter().map(String::as_str).collect();
            let unreadable = NO_NUMBER.iter().any(|defect| defects.contains(defect));
            // Two digits exchanged can be another good number, once in a while, and so can three zeros at the end.
            if !defects.contains("transposed") && !defects.contains("excel_trunc") {
                assert_eq!(verdict["number"].is_null(), unreadable, "{system} {verdict} {defects:?}");
            }
            assert_eq!(verdict["state"], "waiting");
            if let Some(number) = verdict["number"].as_str() {
                assert!(number.contains("***"), "{number}");
            }
        }
    }
}

/// Every hash is of the scheme that it was made by, or of one that looks the same.
#[tokio::test]
async fn every_password_is_known_by_its_form() {
    let stage = Stage::open(&["si", "tax", "gjj", "portal"]).await;
    for (system, file) in SYSTEMS {
        assert!(stage.import(system, &dumps().join(file), &[]).ok);
    }
    let accounts = stage.accounts().await;
    let schemes: HashMap<(String, String), Vec<String>> = accounts
        .iter()
        .map(|account| {
            let (record, rest) = account.split_once(" Some(").unwrap();
            let record: Value = serde_json::from_str(record).unwrap();
            let password: String = serde_json::from_str(rest.split_once(") [").unwrap().0).unwrap();
            let password: Value = serde_json::from_str(&password).unwrap();
            let system = SYSTEMS.iter().find(|(name, _)| rest.contains(&format!("\"{name}\"]"))).unwrap().0;
            let schemes = serde_json::from_value(password["s"].clone()).unwrap();
            ((system.to_owned(), record["i"].as_str().unwrap().to_owned()), schemes)
        })
        .collect();
    for (system, _) in SYSTEMS {
        for account in truth(system) {
            let schemes = &schemes[&(system.to_owned(), account.local_id.clone())];
            assert!(schemes.contains(&account.scheme), "{system} {}: {schemes:?}", account.scheme);
            assert!(schemes.len() <= 3, "{schemes:?}");
        }
    }
}

#[tokio::test]
async fn a_dump_tells_no_name_number_phone_user_name_or_hash() {
    let stage = Stage::open(&["si", "portal"]).await;
    let text = std::fs::read(dumps().join("si_accounts.csv")).unwrap();
    let text = encoding_rs::GB18030.decode(&text).0.into_owned();
    let lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let line = lines.clone().find(|line| line[1].len() == 18 && line[5].len() == 11).unwrap();
    assert!(stage.import("si", &dumps().join("si_accounts.csv"), &[]).ok);
    let dump = stage.home.dump().await;
    for secret in [&line[0], &line[1], &line[2], &line[6], &line[7]] {
        assert!(secret.len() >= 6, "{secret}");
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn a_file_imported_again_changes_what_has_changed() {
    let stage = Stage::open(&["gjj"]).await;
    let text = std::fs::read_to_string(dumps().join("gjj_accounts.csv")).unwrap();
    let file = stage.file("gjj.csv", &text);
    let first = stage.import("gjj", &file, &[]);
    let rows = first.counts()[0];
    let before = stage.accounts().await;
    assert_eq!(stage.import("gjj", &file, &[]).counts(), [0, 0, rows, 0]);
    assert_eq!(stage.accounts().await, before);
    let lines: Vec<&str> = text.lines().collect();
    let changed = lines[7].replacen(",01,", ",01,1", 1);
    let file = stage.file("gjj.csv", text.replacen(lines[7], &changed, 1).replace(lines[9], "").as_bytes());
    assert_eq!(stage.import("gjj", &file, &[]).counts(), [0, 1, rows - 2, 0]);
    // What is not in the file any more is not taken away.
    assert_eq!(stage.accounts().await.len() as u64, rows);
    let events = stage.count("select count(*) from audit where event = 'legacy.imported'").await;
    assert_eq!(events, 3);
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_leaves_nothing() {
    let stage = Stage::open(&["si"]).await;
    let mut text = std::fs::read(dumps().join("si_accounts.csv")).unwrap();
    let lines: Vec<_> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    text.extend([&lines[3][..], b"\nx\n"].concat());
    let file = stage.file("si.csv", &text);
    let dry = stage.import("si", &file, &["--dry-run"]);
    assert!(dry.ok && dry.value["dry_run"] == true, "{}", dry.error);
    for sql in ["select count(*) from legacy_account", "select count(*) from legacy_import"] {
        assert_eq!(stage.count(sql).await, 0);
    }
    assert!(!stage.directory.path().join("si.rejected.csv").exists());
    let real = stage.import("si", &file, &[]);
    assert_eq!((real.counts(), &real.value["reasons"]), (dry.counts(), &dry.value["reasons"]));
    assert_eq!(real.counts()[3], 2);
    assert_eq!((real.reason("DUPLICATE_ID"), real.reason("COLUMNS")), (1, 1));
}

#[tokio::test]
async fn sources_are_added_once_and_a_wrong_profile_is_told_by_its_key() {
    let stage = Stage::open(&["si", "tax"]).await;
    let list = stage.run(&["legacy", "source", "list"]);
    let names: Vec<_> = list.value.as_array().unwrap().iter().map(|source| source["name"].clone()).collect();
    assert_eq!(names, ["si", "tax"]);
    let profile = stage::root().join("deploy/legacy/si.toml");
    let again = stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]);
    assert!(!again.ok && again.error.contains("\"si\""), "{}", again.error);
    let text = std::fs::read_to_string(profile).unwrap().replace("\"gb18030\"", "\"gbk\"");
    let wrong = stage.file("wrong.toml", text);
    let wrong = stage.run(&["legacy", "source", "add", "--profile", wrong.to_str().unwrap()]);
    assert!(wrong.error.contains("file.encoding"), "{}", wrong.error);
    assert_eq!(wrong.error.lines().count(), 1);
    let shown = stage.run(&["legacy", "source", "show", "tax"]);
    assert!(shown.value["profile"].as_str().unwrap().contains("nsrsbh"));
    let unknown = stage.import("gjj", stage.directory.path(), &[]);
    assert!(unknown.error.contains("no source is called gjj"), "{}", unknown.error);
}
