//! No room any more, for real: on the disk of the server's data, of its log, of the file of rejected rows. (The embedded
//! database has its own in `broken`.)

use std::process::{Command, Stdio};

use tempfile::TempDir;
use yihao::db::Db;

use super::broken::{WORKS, end, stage, whole, work};
use super::small_server::{SmallServer, can_mount};
use super::stage::{Stage, told};
use crate::legacy_merge::truth::generate;
use crate::support::home::is_postgres;
use crate::support::not_run_here;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_room_stops_each_work_and_it_goes_on_when_there_is_some() {
    if !is_postgres() {
        return;
    }
    if !can_mount() {
        not_run_here("PostgreSQL on a full disk (no file system of our own can be made); simulated instead");
        return;
    }
    let files = TempDir::new().unwrap();
    generate(files.path(), 4_000, 5, 1.0);
    let mut full = stage(files.path()).await;
    let mut server = SmallServer::with_copy_of(&full.home.storage);
    full.home.storage = server.url.clone();

    // Without room for its log, PostgreSQL ends.
    server.leave("log", 1_500);
    let stopped = told(&work(&full, files.path(), "import").output().unwrap());
    assert!(!stopped.ok, "it found room: {}", stopped.value);
    assert!(stopped.error.contains("run it again to go on"), "{}", stopped.error);
    server.leave_plenty("log");
    server.start();
    full.db = Db::open(&server.url).await.unwrap();
    assert_eq!(full.count("select count(*) from legacy_account").await, 0);

    for (step, room) in WORKS.into_iter().zip([900, 8, 900]) {
        server.leave("data", room);
        let stopped = told(&work(&full, files.path(), step).output().unwrap());
        assert!(!stopped.ok, "{step} found room: {}", stopped.value);
        for said in ["no room is left where the data lies", "run it again to go on"] {
            assert!(stopped.error.contains(said), "{step}: {}", stopped.error);
        }
        let said = stopped.error.lines().filter(|line| line.starts_with("yihao: ")).count();
        assert_eq!(said, 1, "{step}: {}", stopped.error);
        server.leave_plenty("data");
        let again = told(&work(&full, files.path(), step).output().unwrap());
        assert!(again.ok, "{step}: {}", again.error);
    }
    let (ended, expected) = (end(&full).await, whole(files.path()).await);
    assert_eq!((ended.counts, &ended.classes), (expected.counts, &expected.classes));
    assert!(ended == expected, "the accounts are the same");
}

/// Some rejected rows are on the disk and committed, then the disk is full in the middle of those of the next step.
#[tokio::test]
async fn rejected_rows_for_which_there_is_no_room_come_when_there_is_some() {
    if !can_mount() {
        not_run_here(
            "rejected rows on a full disk (no file system of our own can be made); /dev/full instead",
        );
        return;
    }
    let stage = Stage::open(&["gjj"]).await;
    let heads = "grzh,xm,zjlx,zjhm,dwzh,sjhm,khrq,pwd,salt,zt\n";
    let broken = |from: u32, count: u32| -> String {
        (from..from + count).map(|id| format!("{id},{}\n", "x".repeat(1_000))).collect()
    };
    // Lines that are no accounts fill a step, and the chunk that it ends with.
    let step = format!("{}{}", "#! -\n".repeat(9_000), format!("#! {}\n", "-".repeat(60_000)).repeat(2));
    let good = "900001,王小明,01,,1,,2003-01-01,,,N\n";
    let file = stage.file("gjj.csv", format!("{heads}{}{step}{}{good}", broken(1, 20), broken(21, 200)));
    let room = stage.directory.path().join("room");
    std::fs::create_dir(&room).unwrap();
    let (rejected, saved) = (room.join("rejected.csv"), stage.directory.path().join("saved.csv"));
    let import = stage.command(&[
        "legacy",
        "import",
        "--source",
        "gjj",
        file.to_str().unwrap(),
        "--rejected",
        rejected.to_str().unwrap(),
    ]);
    let script =
        "mount -t tmpfs -o size=100k none \"$ROOM\"; \"$@\"; status=$?; cp \"$ROOM/rejected.csv\" \"$SAVED\"
                  exit $status";
    let mut small = Command::new("unshare");
    small
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(import.get_program())
        .args(import.get_args())
        .envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .envs([("ROOM", &room), ("SAVED", &saved)])
        .current_dir(stage.directory.path())
        .stdin(Stdio::null());
    let stopped = told(&small.output().unwrap());
    assert!(!stopped.ok, "{}", stopped.value);
    for said in ["rejected.csv", "No space left", "run it again to go on"] {
        assert!(stopped.error.contains(said), "{}", stopped.error);
    }
    let before = std::fs::metadata(&saved).unwrap().len();
    assert!(before > 60_000, "the disk was full in the middle of them: {before}");

    std::fs::rename(&saved, &rejected).unwrap();
    let again = stage.import("gjj", &file, &["--rejected", rejected.to_str().unwrap()]);
    assert!(again.ok, "{}", again.error);
    assert_eq!(again.counts(), [1, 0, 0, 220]);
    let text = std::fs::read_to_string(&rejected).unwrap();
    let said = |line: &&str| line.starts_with("#! row");
    assert_eq!((text.lines().filter(said).count(), text.lines().count()), (220, 441), "each is there once");
}
