//! A source that is read where it is: MySQL, which MariaDB speaks.

use std::time::Duration;

use yihao::db::foreign::{Table, mysql};

use super::stage::{Stage, told};
use crate::support::certificate::Certificate;
use crate::support::mariadb::{MariaDb, PASSWORD};
use crate::support::valve::Valve;

const PROFILE: &str = r#"
name = "live"
title = "Live"
[file]
format = "mysql"
table = "old_account"
filter = "id <> 'x'"
[kind]
always = "person"
[status]
column = "zt"
active = ["1"]
locked = ["0"]
[account]
local_id = "id"
name = "xm"
user_name = "dlm"
[person]
number = [{ column = "zjhm", kind = "citizen-id" }]
"#;
const CREATE: &str = "create table old_account (id varchar(32) primary key, xm varchar(64) character set gbk,
    zjhm char(18), zt bit(1), dlm varbinary(64)) engine = InnoDB";

async fn started() -> (Stage, MariaDb) {
    let stage = Stage::open(&[]).await;
    let certificate = Certificate::write_into(stage.directory.path());
    let old = MariaDb::start(&certificate).await;
    add(&stage, "live.toml", PROFILE);
    (stage, old)
}

fn add(stage: &Stage, name: &str, profile: &str) {
    let profile = stage.file(name, profile);
    let told = stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]);
    assert!(told.ok, "{}", told.error);
}

#[tokio::test]
async fn a_table_of_mysql_is_read_over_a_connection() {
    let (stage, old) = started().await;
    old.run(&[
        CREATE,
        "insert into old_account select seq, '王小明', '11010519491231002X', 1, concat('u', seq) from seq_1_to_2500",
        // Excluded by the filter; without a name and a number; of an unknown status; a user name that is no text.
        "insert into old_account values ('x', null, null, 1, null), ('y', null, null, 0, null),
           ('z', '李,\"四\"', '11010519491231002X', null, 'z'), ('zz', '张三', '', 1, x'ff')",
    ])
    .await;
    let address = stage.file("live.url", MariaDb::url(old.port));
    let dry = stage.import("live", &address, &["--dry-run"]);
    assert_eq!(dry.counts(), [2501, 0, 0, 2], "{} {}", dry.value, dry.error);
    let first = stage.import("live", &address, &[]);
    assert_eq!(first.counts(), [2501, 0, 0, 2], "{} {}", first.value, first.error);
    assert_eq!((first.reason("STATUS"), first.reason("ENCODING"), first.reason("EMPTY")), (1, 1, 1));
    let accounts = stage.accounts().await;
    assert_eq!(accounts.iter().filter(|account| account.contains("王小明")).count(), 2500);

    // What is rejected is mended in a file.
    let rejected = stage.directory.path().join("live.rejected.csv");
    let text = String::from_utf8_lossy(&std::fs::read(&rejected).unwrap()).into_owned();
    assert!(text.contains("#! row 2502: STATUS\n") && text.contains("#! row 2503: ENCODING\n"), "{text}");
    let heads: Vec<_> = text.lines().next().unwrap().split(',').map(str::to_owned).collect();
    let status = heads.iter().position(|head| head == "zt").unwrap();
    let mended: Vec<_> = text
        .lines()
        .map(|line| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            if line.starts_with('#') || record[status] == *"zt" {
                return line.to_owned();
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            let cells = record.iter().enumerate().map(|(at, cell)| match cell {
                _ if at == status => "1".to_owned(),
                cell => cell.replace('\u{fffd}', "zz"),
            });
            writer.write_record(cells).unwrap();
            String::from_utf8(writer.into_inner().unwrap()).unwrap().trim_end().to_owned()
        })
        .collect();
    std::fs::write(&rejected, mended.join("\n")).unwrap();
    let told = stage.import("live", &rejected, &[]);
    assert_eq!(told.counts(), [2, 0, 0, 0], "{} {}", told.value, told.error);
    assert!(stage.accounts().await.iter().any(|account| account.contains("李,\\\"四\\\"")));

    // Again, and after something has changed.
    let again = stage.import("live", &address, &["--rejected", "again.csv"]);
    assert_eq!(again.counts(), [0, 0, 2501, 2], "{} {}", again.value, again.error);
    old.run(&["update old_account set xm = '王大明' where id = '7'"]).await;
    let changed = stage.import("live", &address, &["--rejected", "changed.csv"]);
    assert_eq!(changed.counts(), [0, 1, 2500, 2], "{} {}", changed.value, changed.error);
    // It was not written to, and nothing is left open there.
    assert_eq!(old.count("select count(*) from old_account").await, 2504);
}

#[tokio::test]
async fn what_mysql_refuses_is_told_with_its_code_and_without_a_secret() {
    let (stage, old) = started().await;
    old.run(&[CREATE, "create table narrow (id varchar(32))"]).await;
    for (name, from, to) in [
        ("no-table", "\"old_account\"", "\"no_account\""),
        ("no-column", "\"old_account\"", "\"narrow\""),
        ("no-condition", "id <> 'x'", "id <>"),
        ("writes", "id <> 'x'", "1 = 1 for update"),
    ] {
        let profile = PROFILE.replace("\"live\"", &format!("\"{name}\"")).replace(from, to);
        add(&stage, &format!("{name}.toml"), &profile);
    }
    let url = MariaDb::url(old.port);
    let nobody = crate::support::redis::free_port();
    for (source, url, expected) in [
        ("live", url.replace(PASSWORD, "geheim-falsch"), "28000 1045"),
        ("live", url.replace("/old", "/mysql"), "1044"),
        ("no-table", url.clone(), "42S02 1146"),
        ("no-column", url.clone(), "42S22 1054"),
        ("no-condition", url.clone(), "42000 1064"),
        ("live", MariaDb::url(nobody), "does not answer"),
        ("live", url.replace("mysql://", "postgres://"), "mysql://USER:PASSWORD@HOST:PORT/DATABASE"),
        ("live", format!("{url}?ssl-mode=perhaps"), "ssl-mode"),
        // Its certificate is nobody's that this machine knows.
        (
            "live",
            format!("{}?ssl-mode=verify_identity", url.replace("127.0.0.1", "localhost")),
            "certificate",
        ),
    ] {
        let address = stage.file("wrong.url", &url);
        let told = stage.import(source, &address, &[]);
        assert!(!told.ok && told.error.contains(expected), "{source} {expected}: {}", told.error);
        assert_eq!(told.error.lines().count(), 1, "{}", told.error);
        for secret in [PASSWORD, "geheim"] {
            assert!(!told.error.contains(secret), "{}", told.error);
        }
    }
    assert_eq!(stage.count("select count(*) from legacy_import").await, 0, "nothing has begun");
    // Who may write could not.
    let told = stage.import("writes", &stage.file("good.url", &url), &[]);
    assert!(!told.ok && told.error.contains("the source refuses"), "{}", told.error);
}

#[tokio::test]
async fn mysql_by_tls_is_believed_by_its_certificate() {
    let (stage, old) = started().await;
    old.run(&[
        CREATE,
        "insert into old_account values ('1', '王小明', '11010519491231002X', 1, null)",
        "alter user reader@'127.0.0.1' require ssl",
    ])
    .await;
    let plain = stage.import("live", &stage.file("plain.url", MariaDb::url(old.port)), &[]);
    assert!(!plain.ok && plain.error.contains("1045"), "{}", plain.error);
    let url = MariaDb::url(old.port) + "?ssl-mode=verify_identity";
    let import = |name: &str, url: String| {
        let address = stage.file(name, url);
        let mut command = stage.command(&["legacy", "import", "--source", "live", address.to_str().unwrap()]);
        command.env("SSL_CERT_FILE", stage.directory.path().join("server.pem"));
        told(&command.output().unwrap())
    };
    // The certificate is for the name, and for no address.
    let other = import("other.url", url.clone());
    assert!(!other.ok && other.error.contains("certificate"), "{}", other.error);
    let told = import("named.url", url.replace("127.0.0.1", "localhost"));
    assert_eq!(told.counts(), [1, 0, 0, 0], "{} {}", told.value, told.error);
}

/// Its connection ended, itself killed, and then a row that is another now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_from_mysql_that_was_cut_off_goes_on_where_it_was() {
    let (stage, old) = started().await;
    old.run(&[
        CREATE,
        // In no order.
        "insert into old_account select seq, '王小明', '11010519491231002X', 1, null from seq_1_to_60000
           order by md5(seq)",
    ])
    .await;
    let valve = Valve::before(old.port).await;
    let address = stage.file("live.url", MariaDb::url(valve.port));
    let rows = async || stage.count("select coalesce(max(row), 0) from legacy_import").await;
    let running = "select coalesce(max(row), 0) from legacy_import where state = 'running'";

    // A row has some fifty bytes.
    valve.close_after(1_500_000);
    let first = stage.import("live", &address, &[]);
    assert!(!first.ok && first.error.contains("run it again to go on"), "{}", first.error);
    let before = rows().await;
    assert!((10_000..60_000).contains(&before), "{before}");
    valve.open();
    let mut child = stage.start_import("live", &address);
    while rows().await == before && child.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let _ = child.kill();
    child.wait().unwrap();
    let last = stage.import("live", &address, &[]);
    assert!(last.ok, "{}", last.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await, 60_000);
    assert_eq!(stage.count("select count(*) from legacy_import where state = 'abandoned'").await, 0);

    // What was before is another now: it begins anew, and what is in is unchanged.
    valve.close_after(1_500_000);
    assert!(!stage.import("live", &address, &[]).ok);
    assert!(stage.count(running).await > 0);
    valve.open();
    old.run(&["update old_account set xm = '王大明' where id = '1'"]).await;
    let again = stage.import("live", &address, &[]);
    assert_eq!(again.counts(), [0, 1, 59_999, 0], "{} {}", again.value, again.error);
    assert_eq!(stage.count("select count(*) from legacy_import where state = 'abandoned'").await, 1);
    assert_eq!(stage.count("select count(*) from legacy_account").await, 60_000);
}

/// What is not taken stays with the server: memory does not grow with the table.
#[tokio::test]
async fn rows_of_mysql_wait_for_their_reader() {
    let stage = Stage::open(&[]).await;
    let old = MariaDb::start(&Certificate::write_into(stage.directory.path())).await;
    old.run(&["create view wide as select seq as id, repeat('王', 600) as xm from seq_1_to_60000"]).await;
    let valve = Valve::before(old.port).await;
    let columns = ["id".to_owned(), "xm".to_owned()];
    let asked = Table { name: "wide", columns: &columns, filter: None, order: &[] };
    let mut rows = mysql::rows(&MariaDb::url(valve.port), asked).await.unwrap();
    let waiting = valve.passed_when_still().await;
    assert!(waiting < 24_000_000, "{waiting} bytes were taken though nobody reads");
    let mut count = 0;
    while let Some(set) = rows.recv().await.expect("the end is said").unwrap() {
        assert!(set.len() <= 500);
        count += set.len();
    }
    assert_eq!(count, 60_000);
    assert!(valve.passed() > 100_000_000, "{}", valve.passed());
}
