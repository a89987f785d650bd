//! A source, its files, and the program that imports them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use yihao::base::{Chance, Clock};
use yihao::crypto::MasterKey;
use yihao::db::{Db, Read, values};
use yihao::keys::KeyRing;
use yihao::legacy::{Password, Record};

use crate::support::Home;

pub struct Stage {
    pub home: Home,
    pub directory: TempDir,
    pub db: Db,
}

/// What a run tells, and what it said on standard error.
#[derive(Debug)]
pub struct Told {
    pub ok: bool,
    pub value: Value,
    pub error: String,
}

impl Told {
    pub fn counts(&self) -> [u64; 4] {
        ["added", "changed", "unchanged", "rejected"]
            .map(|name| self.value[name].as_u64().unwrap_or(u64::MAX))
    }

    pub fn reason(&self, code: &str) -> u64 {
        self.value["reasons"][code].as_u64().unwrap_or_default()
    }
}

impl Stage {
    /// With the sources whose profiles come along.
    pub async fn open(sources: &[&str]) -> Self {
        let home = Home::open().await;
        let db = Db::open(&home.storage).await.unwrap();
        let stage = Self { home, directory: TempDir::new().unwrap(), db };
        for source in sources {
            let profile = root().join(format!("deploy/legacy/{source}.toml"));
            let told = stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]);
            assert!(told.ok, "{}", told.error);
        }
        stage
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yihao"));
        command
            .args(arguments)
            .arg("--json")
            .env("YIHAO__STORAGE__URL", &self.home.storage)
            .env("YIHAO__TRANSIENT__URL", &self.home.transient)
            .env("YIHAO__KEYS__MASTER_FILE", &self.home.master_file)
            .env("YIHAO__REGISTERS__SOURCE", "extract")
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Told {
        told(&self.command(arguments).output().unwrap())
    }

    pub fn import(&self, source: &str, file: &Path, more: &[&str]) -> Told {
        let file = file.to_str().unwrap();
        self.run(&[&["legacy", "import", "--source", source, file], more].concat())
    }

    pub fn start_import(&self, source: &str, file: &Path) -> Child {
        self.command(&["legacy", "import", "--source", source, file.to_str().unwrap()]).spawn().unwrap()
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Every account as its source has it, opened: the same after any two ways to the same end.
    pub async fn accounts(&self) -> Vec<String> {
        let master = MasterKey::from_bytes([7; 32]);
        let ring = KeyRing::open(&self.db, master, &Clock::Machine, &Chance::Machine).await.unwrap();
        let keys = ring.data();
        let mut read = &self.db;
        let rows = read
            .all(
                "select a.local_digest, a.record, a.password, a.state, a.subject_kind, a.status, a.number_kind,
                   a.reason, s.name, a.seen_row, a.user_digest, a.number_digest, a.name_digest, a.print
                 from legacy_account a join legacy_source s on s.id = a.source limit 1000000",
                values![],
                |row| {
                    let digests = [row.get::<Option<Vec<u8>>>(10)?, row.get(11)?, row.get(12)?, row.get(13)?];
                    let words = [row.get::<String>(3)?, row.get(4)?, row.get(5)?, row.get(7)?, row.get(8)?];
                    let (kind, seen) = (row.get::<Option<String>>(6)?, row.get::<i64>(9)?);
                    let (local, record): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
                    Ok((local, record, row.get::<Option<Vec<u8>>>(2)?, format!("{words:?} {kind:?} {seen} digests {digests:?}")))
                },
            )
            .await
            .unwrap();
        let mut all: Vec<_> = rows
            .into_iter()
            .map(|(local, record, password, rest)| {
                let record = Record::open(&keys, &local, &record).unwrap();
                let password = password.map(|sealed| Password::open(&keys, &local, &sealed).unwrap());
                let password = password.map(|password| serde_json::to_string(&password).unwrap());
                format!("{} {password:?} {rest}", serde_json::to_string(&record).unwrap())
            })
            .collect();
        all.sort();
        all
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut read = &self.db;
        read.optional(sql, values![], |row| row.get(0)).await.unwrap().unwrap()
    }
}

pub fn told(output: &Output) -> Told {
    let out = String::from_utf8_lossy(&output.stdout);
    Told {
        ok: output.status.success(),
        value: out.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default(),
        error: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Dumps of the four systems with their truth, made once a run.
pub fn dumps() -> &'static Path {
    static DUMPS: OnceLock<TempDir> = OnceLock::new();
    let made = DUMPS.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let made = Command::new("python3")
            .arg(root().join("tests/legacy/gen_legacy.py"))
            .args(["--citizens", "1500", "--jobs", "1", "--out"])
            .arg(directory.path())
            .output()
            .expect("python3 runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        directory
    });
    made.path()
}

pub const SYSTEMS: [(&str, &str); 4] = [
    ("si", "si_accounts.csv"),
    ("tax", "tax_accounts.ndjson"),
    ("gjj", "gjj_accounts.csv"),
    ("portal", "portal_accounts.ldif"),
];

/// The lines of a file of truth: the account's id in its system, its defects, the scheme and the password.
pub struct Truth {
    pub local_id: String,
    pub defects: Vec<String>,
    pub scheme: String,
}

pub fn truth(system: &str) -> Vec<Truth> {
    let file = dumps().join(format!("truth_{system}.csv"));
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader
        .records()
        .map(|line| {
            let line = line.unwrap();
            // The portal's id is the whole name; the others leave their own name out.
            let account = &line[0];
            let local_id = if system == "portal" { account } else { &account[system.len()..] };
            Truth {
                local_id: local_id.to_owned(),
                defects: line[5].split('|').filter(|defect| !defect.is_empty()).map(str::to_owned).collect(),
                scheme: line[6].to_owned(),
            }
        })
        .collect()
}
