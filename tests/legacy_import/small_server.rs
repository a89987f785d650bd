//! A PostgreSQL of its own whose disk can be full: `small_server.sh`, told what to do.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use super::stage::root;

/// Room for everything that a test does, in KiB.
const PLENTY: u64 = 1024 * 1024;

pub struct SmallServer {
    process: Child,
    /// Its end ends the server.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub url: String,
    _directory: TempDir,
}

/// Whether a file system of our own can be made here, also by somebody who is not root.
pub fn can_mount() -> bool {
    let mut tried = Command::new("unshare");
    let inside = "mount -t tmpfs none /tmp && unshare --user --map-user=65534 --map-group=65534 true";
    tried.args(["--map-root-user", "--mount", "sh", "-c", inside]).stderr(Stdio::null());
    tried.status().is_ok_and(|status| status.success())
}

impl SmallServer {
    /// With a copy of that database.
    pub fn with_copy_of(database: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let password = "a-password-of-a-test";
        let mut process = Command::new("unshare")
            .args(["--map-root-user", "--mount"])
            .arg(root().join("tests/legacy_import/small_server.sh"))
            .arg(directory.path())
            .env("PASSWORD", password)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare runs");
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut server = Self { process, input, output, url: String::new(), _directory: directory };
        let port = server.start();
        server.url = format!("postgres://yihao:{password}@127.0.0.1:{port}/postgres");
        let dump = Command::new("pg_dump").args(["--no-owner", "--dbname", database]).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        let mut restored = Command::new("psql")
            .args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", &server.url])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("psql runs; the package postgresql-client must be installed");
        restored.stdin.take().unwrap().write_all(&dump.stdout).unwrap();
        assert!(restored.wait().unwrap().success());
        server
    }

    /// Starts the server, again when it has ended; the port.
    pub fn start(&mut self) -> String {
        self.tell("start").strip_prefix("port ").expect("a port").to_owned()
    }

    /// So much room is left from now on for `data` or for the `log`, in KiB.
    pub fn leave(&mut self, part: &str, kib: u64) {
        assert_eq!(self.tell(&format!("leave {part} {kib}")), "left");
    }

    pub fn leave_plenty(&mut self, part: &str) {
        self.leave(part, PLENTY);
    }

    fn tell(&mut self, line: &str) -> String {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        assert!(!answer.is_empty(), "the small server has ended");
        answer.trim().to_owned()
    }
}

impl Drop for SmallServer {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
