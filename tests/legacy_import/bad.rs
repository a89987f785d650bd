//! Files that are not what they should be.

use std::io::Write;

use super::stage::{Stage, dumps};

fn gjj() -> String {
    std::fs::read_to_string(dumps().join("gjj_accounts.csv")).unwrap()
}

#[tokio::test]
async fn rejected_rows_are_mended_and_imported() {
    let stage = Stage::open(&["gjj"]).await;
    let text = gjj();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let rows = lines.len() as u64 - 1;
    let good = [lines[2].clone(), lines[4].clone(), lines[6].clone()];
    lines[2] = lines[2].rsplit_once(',').unwrap().0.to_owned();
    lines[4] = format!("{}Q", &lines[4][..lines[4].len() - 1]);
    lines[6] = format!("{}\0", lines[6]);
    lines.push(lines[10].clone());
    let file = stage.file("gjj.csv", lines.join("\r\n"));
    let told = stage.import("gjj", &file, &[]);
    assert!(told.ok, "{}", told.error);
    assert_eq!(told.counts(), [rows - 3, 0, 0, 4], "{}", told.value);
    for code in ["COLUMNS", "STATUS", "NUL", "DUPLICATE_ID"] {
        assert_eq!(told.reason(code), 1, "{code}");
    }
    let rejected = stage.directory.path().join("gjj.rejected.csv");
    assert_eq!(told.value["rejected_file"], rejected.to_str().unwrap());
    let text = std::fs::read_to_string(&rejected).unwrap();
    let said: Vec<&str> = text.lines().filter(|line| line.starts_with("#! ")).collect();
    let last = format!("#! row {}: DUPLICATE_ID", rows + 2);
    assert_eq!(said, ["#! row 3: COLUMNS", "#! row 5: STATUS", "#! row 7: NUL", last.as_str()]);
    // As it stands it changes nothing.
    let again = stage.import("gjj", &rejected, &[]);
    assert_eq!(again.counts(), [0, 0, 0, 3], "{}", again.value);
    std::fs::remove_file(stage.directory.path().join("gjj.rejected.rejected.csv")).unwrap();
    let mended = text
        .lines()
        .map(|line| good.iter().find(|good| line.starts_with(&good[..10])).map_or(line, String::as_str))
        .collect::<Vec<_>>()
        .join("\n");
    std::fs::write(&rejected, mended).unwrap();
    assert_eq!(stage.import("gjj", &rejected, &[]).counts(), [3, 0, 0, 0]);
    assert_eq!(stage.accounts().await.len() as u64, rows);
}

#[tokio::test]
async fn a_file_of_rejected_rows_is_not_written_over() {
    let stage = Stage::open(&["gjj"]).await;
    let file = stage.file("gjj.csv", format!("{}broken\n", gjj()));
    assert!(stage.import("gjj", &file, &[]).ok);
    let again = stage.import("gjj", &file, &[]);
    assert!(!again.ok && again.error.contains("gjj.rejected.csv is there already"), "{}", again.error);
    let other = stage.directory.path().join("more.csv");
    assert!(stage.import("gjj", &file, &["--rejected", other.to_str().unwrap()]).ok);
    assert!(other.exists());
}

#[tokio::test]
async fn what_is_no_such_file_is_refused_before_anything_is_stored() {
    let stage = Stage::open(&["gjj", "si"]).await;
    let text = gjj();
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (source, bytes, words) in [
        ("gjj", gb, "another encoding"),
        ("gjj", utf16, "UTF-16"),
        ("gjj", text.replacen("zjhm", "number", 1).into_bytes(), "the column zjhm"),
        ("gjj", Vec::new(), "no rows"),
        ("si", text.clone().into_bytes(), "the column aac0"),
    ] {
        let file = stage.file("file.csv", bytes);
        let told = stage.import(source, &file, &[]);
        assert!(!told.ok && told.error.contains(words), "{words}: {}", told.error);
        assert_eq!(told.error.lines().count(), 1, "{}", told.error);
    }
    let missing = stage.import("gjj", &stage.directory.path().join("none.csv"), &[]);
    assert!(!missing.ok && missing.error.contains("none.csv"), "{}", missing.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await, 0);
}

#[tokio::test]
async fn rows_in_another_encoding_are_rejected_one_by_one() {
    let stage = Stage::open(&["si"]).await;
    let gb = std::fs::read(dumps().join("si_accounts.csv")).unwrap();
    let text = encoding_rs::GB18030.decode(&gb).0.into_owned();
    let rows = text.lines().count() as u64 - 1;
    // A tenth of the rows come from a system that wrote UTF-8.
    let mixed: Vec<u8> = text
        .lines()
        .enumerate()
        .flat_map(|(n, line)| {
            let line = format!("{line}\r\n");
            if n % 10 == 9 { line.into_bytes() } else { encoding_rs::GB18030.encode(&line).0.into_owned() }
        })
        .collect();
    let told = stage.import("si", &stage.file("si.csv", mixed), &[]);
    assert!(told.ok, "{}", told.error);
    let [added, _, _, rejected] = told.counts();
    assert_eq!(added + rejected, rows);
    // Names in characters beyond the common ones are not told apart.
    assert!(told.reason("ENCODING") >= rows / 11, "{}", told.value);
}

/// A download that broke off, and a line that is none.
#[tokio::test]
async fn a_truncated_file_and_an_endless_line_lose_nothing_but_themselves() {
    let stage = Stage::open(&["gjj"]).await;
    let text = gjj();
    let rows = text.lines().count() as u64 - 1;
    let cut = text.trim_end().rsplit_once(',').unwrap().0;
    let told = stage.import("gjj", &stage.file("gjj.csv", cut), &[]);
    assert!(told.ok, "{}", told.error);
    assert_eq!((told.counts(), told.reason("COLUMNS")), ([rows - 1, 0, 0, 1], 1));
    let rejected = std::fs::read_to_string(stage.directory.path().join("gjj.rejected.csv")).unwrap();
    assert!(rejected.contains(&format!("#! row {}: COLUMNS", rows + 1)));
    // The whole file, with ten megabytes without a line end in its middle.
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.insert(5, format!("9,{}", "王".repeat(3_500_000)));
    let whole = stage.file("whole.csv", lines.join("\n"));
    let told = stage.import("gjj", &whole, &[]);
    assert_eq!((told.counts(), told.reason("TOO_LONG")), ([1, 0, rows - 1, 1], 1), "{}", told.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await as u64, rows);
}

#[tokio::test]
async fn standard_input_is_read_to_its_end() {
    let stage = Stage::open(&["gjj"]).await;
    let text = gjj();
    let half = text.len() / 2;
    // Standard input has no length: what comes is read to its end.
    let mut child = stage
        .command(&["legacy", "import", "--source", "gjj", "-", "--rejected", "r.csv"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&text.as_bytes()[..half]).unwrap();
    input.flush().unwrap();
    input.write_all(&text.as_bytes()[half..]).unwrap();
    drop(input);
    let told = super::stage::told(&child.wait_with_output().unwrap());
    assert_eq!(told.counts()[0], text.lines().count() as u64 - 1, "{}", told.error);
}

/// The rejected rows of a run go to a full device: it stops with what was stored before, and nothing is lost.
#[tokio::test]
async fn a_full_disk_stops_it_where_it_was() {
    let stage = Stage::open(&["gjj"]).await;
    let text = format!("{}broken\n", gjj());
    let file = stage.file("gjj.csv", &text);
    let full = stage.import("gjj", &file, &["--rejected", "/dev/full"]);
    assert!(!full.ok, "{}", full.value);
    assert!(full.error.contains("/dev/full") && full.error.contains("No space left"), "{}", full.error);
    assert!(full.error.contains("run it again to go on"), "{}", full.error);
    let told = stage.import("gjj", &file, &[]);
    assert!(told.ok, "{}", told.error);
    assert_eq!(stage.count("select count(*) from legacy_account").await, text.lines().count() as i64 - 2);
    assert_eq!(told.counts()[3], 1);
}

#[tokio::test]
async fn numbers_that_a_spreadsheet_mangled_have_their_reason() {
    let stage = Stage::open(&["gjj"]).await;
    let heads = "grzh,xm,zjlx,zjhm,dwzh,sjhm,khrq,pwd,salt,zt\n";
    let row = |id: u32, number: &str| format!("{id},王小明,01,{number},1,,2003-01-01,,,N\n");
    let numbers =
        ["4.40106E+17", "440106199003070000", "440106199003070124.0", "=\"440106199003070124\"", "", "无"];
    let rows: String =
        numbers.iter().zip(1..).map(|(number, id)| row(id, &number.replace('"', "\"\""))).collect();
    let rows = rows.replace("=\"\"440106199003070124\"\"", "\"=\"\"440106199003070124\"\"\"");
    let told = stage.import("gjj", &stage.file("gjj.csv", format!("{heads}{rows}")), &[]);
    assert_eq!(told.counts(), [6, 0, 0, 0], "{} {}", told.value, told.error);
    for reason in
        ["EXCEL_SCIENTIFIC", "EXCEL_TRUNCATED", "EXCEL_FLOAT", "NORMALIZED", "EMPTY", "ILLEGAL_CHAR"]
    {
        assert_eq!(told.reason(reason), 1, "{reason}: {}", told.value);
    }
}
