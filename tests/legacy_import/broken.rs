//! The database goes away in the middle of the work, or has no room any more: nothing is lost, nothing is double, and
//! the work goes on.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::NoTls;
use yihao::db::{Db, Read, values};

use super::small_server::can_mount;
use super::stage::{Stage, Told, told};
use crate::legacy_merge::truth::generate;
use crate::support::home::is_postgres;
use crate::support::not_run_here;
use crate::support::relay::{Cut, Relay};

/// What is done one after the other.
pub const WORKS: [&str; 3] = ["import", "match", "merge"];

/// Registers, and a source whose accounts wait in a file.
pub async fn stage(files: &Path) -> Stage {
    let stage = Stage::open(&["si"]).await;
    let file = |name: &str| files.join(name).display().to_string();
    let (population, legal, changes) =
        (file("reg_population.csv"), file("reg_legal.csv"), file("reg_id_changes.csv"));
    let load =
        ["register", "load", "--population", &population, "--legal-persons", &legal, "--changes", &changes];
    let loaded = stage.run(&load);
    assert!(loaded.ok, "{}", loaded.error);
    stage
}

pub fn work(stage: &Stage, files: &Path, work: &str) -> Command {
    let file = files.join("si_accounts.csv").display().to_string();
    let rejected = stage.directory.path().join("rejected.csv").display().to_string();
    match work {
        "import" => stage.command(&["legacy", "import", "--source", "si", &file, "--rejected", &rejected]),
        work => stage.command(&["legacy", work, "--source", "si"]),
    }
}

/// What can be compared: ids of accounts here are chosen anew each time.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    pub accounts: Vec<String>,
    pub classes: BTreeMap<(String, String), i64>,
    pub counts: [i64; 5],
}

pub async fn end(stage: &Stage) -> End {
    let mut read = &stage.db;
    let classes = "select coalesce(class, ''), coalesce(match_reason, ''), count(*) from legacy_account
                   group by 1, 2 limit 100";
    let classes = read.all(classes, values![], |row| {
        Ok(((row.get::<String>(0)?, row.get::<String>(1)?), row.get::<i64>(2)?))
    });
    End {
        classes: classes.await.unwrap().into_iter().collect(),
        accounts: stage.accounts().await,
        counts: [
            stage.count("select count(*) from legacy_link where state <> 'unlinked'").await,
            stage.count("select count(*) from legacy_batch where state = 'done'").await,
            stage.count("select count(*) from cases where state = 'open'").await,
            stage.count("select count(*) from person").await,
            stage.count("select count(*) from legacy_import").await,
        ],
    }
}

/// The whole work without a cut.
pub async fn whole(files: &Path) -> End {
    let stage = stage(files).await;
    for step in WORKS {
        let told = told(&work(&stage, files, step).output().unwrap());
        assert!(told.ok, "{step}: {}", told.error);
    }
    let end = end(&stage).await;
    assert!(end.counts[0] > 1_000, "{:?}", end.counts);
    end
}

/// The embedded database has no connection that could be lost: it is a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_lost_at_a_commit_loses_nothing_and_doubles_nothing() {
    if !is_postgres() {
        return;
    }
    let files = TempDir::new().unwrap();
    generate(files.path(), 4_000, 5, 1.0);
    let cut = stage(files.path()).await;
    let relay = Relay::before(&cut.home.storage).await;
    let mut links = 0;
    for step in WORKS {
        // The first try does not come to the server; of the second the answer does not come back.
        relay.cut(&[Cut::BeforeCommit, Cut::AfterCommit]);
        let mut command = work(&cut, files.path(), step);
        command.env("YIHAO__STORAGE__URL", relay.address(&cut.home.storage));
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let told = told(&output);
        assert!(told.ok, "{step}: {}", told.error);
        assert_eq!(relay.left(), 0, "{step} was not cut off");
        links = told.value["links"].as_i64().unwrap_or_default();
    }
    let ended = end(&cut).await;
    assert_eq!(links, ended.counts[0], "what it tells is what it did");
    let expected = whole(files.path()).await;
    assert_eq!((ended.counts, &ended.classes), (expected.counts, &expected.classes));
    assert!(ended == expected, "the accounts are the same");
}

/// Its connections bear a name, so that they can be told from ours.
fn started(stage: &Stage, files: &Path, step: &str) -> Child {
    let mut command = work(stage, files, step);
    command.env("YIHAO__STORAGE__URL", format!("{}?application_name=cut", stage.home.storage));
    command.spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_ended_in_the_middle_of_a_step_is_made_anew() {
    if !is_postgres() {
        return;
    }
    let files = TempDir::new().unwrap();
    generate(files.path(), 4_000, 5, 1.0);
    let cut = stage(files.path()).await;
    // Who holds, and who looks: inside a transaction the list of activities stands still.
    let (client, connection) = tokio_postgres::connect(&cut.home.storage, NoTls).await.unwrap();
    tokio::spawn(connection);
    let (watch, connection) = tokio_postgres::connect(&cut.home.storage, NoTls).await.unwrap();
    tokio::spawn(connection);
    for step in WORKS {
        // Its statement waits for what we hold, and there it is ended.
        let hold = match step {
            "import" => "begin; lock table legacy_account in exclusive mode",
            _ => "begin; select id from legacy_account for update",
        };
        client.batch_execute(hold).await.unwrap();
        let child = started(&cut, files.path(), step);
        let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                     where application_name = 'cut' and datname = current_database() and wait_event_type = 'Lock'";
        let mut count = 0;
        for _ in 0..3_000 {
            count = watch.query_one(ended, &[]).await.unwrap().get::<_, i64>(0);
            if count > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(count > 0, "{step} waited for nothing");
        client.batch_execute("commit").await.unwrap();
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        let told = told(&output);
        assert!(told.ok, "{step}: {}", told.error);
    }
    let (ended, expected) = (end(&cut).await, whole(files.path()).await);
    assert_eq!((ended.counts, &ended.classes), (expected.counts, &expected.classes));
    assert!(ended == expected, "the accounts are the same");
}

/// Does the work on a copy of the database, where there is only so much more room (KiB); then the stage goes on with
/// that copy. Where no small file system can be made, the size of a file is limited, which is said.
async fn in_small_room(stage: &mut Stage, mut command: Command, more: u64, place: &str) -> Told {
    let from = stage.home.storage.strip_prefix("sqlite://").unwrap().to_owned();
    let (directory, to) = (TempDir::new_in(stage.directory.path()).unwrap().keep(), place);
    let room = directory.join("room");
    std::fs::create_dir(&room).unwrap();
    // Whole and in one file, whatever still stands in the log.
    let copy = directory.join("yihao.db");
    let connection = rusqlite::Connection::open(&from).unwrap();
    connection.execute("vacuum into ?1", [copy.display().to_string()]).unwrap();
    let size = std::fs::metadata(&copy).unwrap().len() / 1024;
    let (environment, arguments): (Vec<_>, Vec<_>) = (
        command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect(),
        command.get_args().map(ToOwned::to_owned).collect(),
    );
    let program = command.get_program().to_owned();
    let mounts = can_mount();
    if !mounts {
        not_run_here(
            "SQLite on a full disk (no file system of our own can be made); a limit of its size instead",
        );
    }
    let script = if mounts {
        "mount -t tmpfs -o size=${KIB}k none \"$ROOM\" && cp \"$COPY\" \"$ROOM\"/yihao.db && cd \"$ROOM\" || exit 9
         \"$@\"; status=$?; cp \"$ROOM\"/yihao.db* \"$OUT\"/; exit $status"
    } else {
        "cp \"$COPY\" \"$ROOM\"/yihao.db && cd \"$ROOM\" || exit 9
         (trap '' XFSZ; ulimit -f $((KIB * 2)); exec \"$@\"); status=$?
         cp \"$ROOM\"/yihao.db* \"$OUT\"/; exit $status"
    };
    let out = stage.directory.path().join(to);
    std::fs::create_dir(&out).unwrap();
    command = if mounts { Command::new("unshare") } else { Command::new("sh") };
    if mounts {
        command.args(["--map-root-user", "--mount", "sh"]);
    }
    command.args(["-c", script, "sh"]).arg(program).args(arguments);
    for (name, value) in environment {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
        .env("YIHAO__STORAGE__URL", format!("sqlite://{}/yihao.db", room.display()))
        .env("KIB", (size + more).to_string())
        .env("ROOM", &room)
        .env("COPY", &copy)
        .env("OUT", &out)
        .stdin(Stdio::null());
    let told = told(&command.output().unwrap());
    stage.home.storage = format!("sqlite://{}/yihao.db", out.display());
    stage.db = Db::open(&stage.home.storage).await.unwrap();
    told
}

/// The server says that its disk is full, at what the statement would have written: on every machine. In `full` it is.
async fn on_a_full_server(stage: &Stage, mut command: Command) -> Told {
    let run = async |sql: &'static str| {
        let mut tx = stage.db.begin().await.unwrap();
        tx.execute(sql, values![]).await.unwrap();
        tx.commit().await.unwrap();
    };
    run("create or replace function no_room() returns trigger language plpgsql as $$ begin
         raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$")
    .await;
    run("create trigger no_room after insert or update on legacy_account for each statement execute function no_room()")
        .await;
    let told = told(&command.output().unwrap());
    run("drop trigger no_room on legacy_account").await;
    told
}

#[tokio::test]
async fn on_a_full_disk_each_work_stops_and_goes_on_when_there_is_room() {
    let files = TempDir::new().unwrap();
    generate(files.path(), 4_000, 5, 1.0);
    let mut full = stage(files.path()).await;
    for step in WORKS {
        let command = work(&full, files.path(), step);
        let stopped = if is_postgres() {
            on_a_full_server(&full, command).await
        } else {
            in_small_room(&mut full, command, 900, step).await
        };
        assert!(!stopped.ok, "{step} found room: {}", stopped.value);
        assert!(stopped.error.contains("run it again to go on"), "{step}: {}", stopped.error);
        let why = ["no room is left where the data lies", "disk I/O error"];
        assert!(why.iter().any(|why| stopped.error.contains(why)), "{step}: {}", stopped.error);
        let said = stopped.error.lines().filter(|line| line.starts_with("yihao: ")).count();
        assert_eq!(said, 1, "{step}: {}", stopped.error);
        let again = told(&work(&full, files.path(), step).output().unwrap());
        assert!(again.ok, "{step}: {}", again.error);
    }
    let (ended, expected) = (end(&full).await, whole(files.path()).await);
    assert_eq!((ended.counts, &ended.classes), (expected.counts, &expected.classes));
    assert!(ended == expected, "the accounts are the same");
}
