//! A file that is still being written while the import reads it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::stage::{Stage, told};

const HEADS: &str = "grzh,xm,zjlx,zjhm,dwzh,sjhm,khrq,pwd,salt,zt\n";

fn row(id: u32) -> String {
    format!("{id:06},王小明,01,,1,,2003-01-01,,,N\n")
}

/// The import is held at its rejected rows: they go to a pipe that nobody empties before the file has grown.
#[tokio::test]
async fn it_stops_by_name_and_the_rest_comes_when_the_file_is_whole() {
    let stage = Stage::open(&["gjj"]).await;
    let rows = |ids: std::ops::Range<u32>| ids.map(row).collect::<String>();
    // Lines that are no accounts fill the first step, and are more than is read ahead.
    let step = "#! -\n".repeat(9_000);
    let broken = format!("9,{}\n", "x".repeat(45_000)).repeat(2);
    let far = format!("#! {}\n", "-".repeat(60_000)).repeat(200);
    let whole = format!("{HEADS}{}{step}{broken}{far}{}", rows(0..20), rows(20..40));
    let file = stage.file("gjj.csv", &whole);
    let pipe = stage.directory.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let rejected = pipe.to_str().unwrap();
    let import = ["legacy", "import", "--source", "gjj", file.to_str().unwrap(), "--rejected", rejected];
    let child = stage.command(&import).spawn().unwrap();
    let (opened, is_open) = channel();
    let (grown, has_grown) = channel();
    let emptied = std::thread::spawn(move || {
        // Opens when the import opens it.
        let mut pipe = File::open(pipe).unwrap();
        opened.send(()).unwrap();
        has_grown.recv().unwrap();
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    });
    is_open.recv_timeout(Duration::from_secs(120)).expect("the import comes to its rejected rows");
    let mut writer = OpenOptions::new().append(true).open(&file).unwrap();
    let (half, rest) = (row(40), rows(41..45));
    let (half, of_it) = half.split_at(20);
    writer.write_all(half.as_bytes()).unwrap();
    grown.send(()).unwrap();

    let output = child.wait_with_output().unwrap();
    let stopped = told(&output);
    assert_eq!(output.status.code(), Some(1), "{}", stopped.error);
    assert!(stopped.error.contains("the file has changed while it was read"), "{}", stopped.error);
    let after = stopped.error.split("stopped after row ").nth(1).and_then(|rest| rest.split(',').next());
    let after: u64 = after.expect("a row").parse().unwrap();
    assert!(
        after >= 9_023 && stopped.error.contains(&format!("rows up to {after} are in")),
        "{}",
        stopped.error
    );
    assert!(stopped.error.contains("run it again to go on"), "{}", stopped.error);
    assert_eq!(emptied.join().unwrap().lines().filter(|line| line.starts_with("#! row")).count(), 2);
    let count = async || stage.count("select count(*) from legacy_account").await;
    assert_eq!(count().await, 20);

    // Whole: what is missing comes, and nothing twice.
    writer.write_all(format!("{of_it}{rest}").as_bytes()).unwrap();
    let again = stage.import("gjj", &file, &["--rejected", "more.csv"]);
    assert!(again.ok, "{}", again.error);
    assert_eq!((again.counts(), count().await), ([45, 0, 0, 2], 45));
    assert_eq!(again.value["rows"], 9_248);
}
