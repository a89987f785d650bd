//! Throwaway MariaDB servers, which speak as MySQL does: on a free port of 127.0.0.1, in a temporary directory, ended when
//! dropped. A server that does not start fails the test.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use tempfile::TempDir;

use super::certificate::Certificate;
use super::redis::free_port;

const PROGRAM: &str = "/usr/sbin/mariadbd";
const PATIENCE: Duration = Duration::from_secs(60);
/// Of the account that may only read.
pub const PASSWORD: &str = "nur-lesen";

/// One `mariadbd`, with the database `old`.
pub struct MariaDb {
    pub port: u16,
    server: Child,
    _directory: TempDir,
}

impl MariaDb {
    pub async fn start(certificate: &Certificate) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        bootstrap(directory.path());
        // Between the choice of a free port and its use another process may take it: choose again.
        for _ in 0..5 {
            let port = free_port();
            let mut server = spawn(directory.path(), port, certificate);
            if answers(port, &mut server).await {
                return Self { port, server, _directory: directory };
            }
        }
        let said = std::fs::read_to_string(directory.path().join("log")).unwrap_or_default();
        panic!("mariadbd did not start: {said}");
    }

    /// The address by which one may only read, on a port that leads to the server.
    pub fn url(port: u16) -> String {
        format!("mysql://reader:{PASSWORD}@127.0.0.1:{port}/old")
    }

    /// Runs statements in the name of its administrator.
    pub async fn run(&self, statements: &[&str]) {
        let mut connection = connect(self.port).await.expect("MariaDB answers");
        for statement in statements {
            connection.query_drop(*statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        connection.disconnect().await.expect("the connection ends");
    }

    pub async fn count(&self, question: &str) -> u64 {
        let mut connection = connect(self.port).await.expect("MariaDB answers");
        connection.query_first(question).await.expect("an answer").expect("a row")
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// MariaDB's own tables and two accounts: what `mariadb-install-db` does, which wants more packages than the server.
fn bootstrap(directory: &Path) {
    let own = |name: &str| {
        let places = ["mysql/mysql", "mysql/mariadb", "mariadb/mariadb"];
        let mut files =
            places.map(|place| PathBuf::from(format!("/usr/share/{place}_{name}.sql"))).into_iter();
        let file = files.find(|file| file.exists()).expect("the package mariadb-server-core is installed");
        std::fs::read_to_string(file).expect("it can be read")
    };
    let mut script = "create database mysql;\nuse mysql;\n".to_owned();
    script.extend(["system_tables", "performance_tables", "system_tables_data"].map(own));
    script.push_str(&format!(
        "\nflush privileges;\ncreate database old character set utf8mb4;\n\
         create user keeper@'127.0.0.1' identified by 'keeper';\ngrant all on *.* to keeper@'127.0.0.1';\n\
         create user reader@'127.0.0.1' identified by '{PASSWORD}';\ngrant select on old.* to reader@'127.0.0.1';\n"
    ));
    let file = directory.join("bootstrap.sql");
    std::fs::write(&file, script).expect("the directory can be written");
    let done = command(directory)
        .arg("--bootstrap")
        .stdin(std::fs::File::open(&file).expect("it is there"))
        .output()
        .expect("mariadbd runs; the package mariadb-server-core must be installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Small, and without waiting for the disk.
fn command(directory: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    let at = |name: &str| directory.join(name).display().to_string();
    command
        .args(["--no-defaults", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"])
        .args(["--innodb-log-file-size=32M", "--performance-schema=off", "--skip-log-bin"])
        .arg(format!("--datadir={}", at("data")))
        .arg(format!("--tmpdir={}", directory.display()))
        .arg(format!("--socket={}", at("socket")))
        .arg(format!("--pid-file={}", at("pid")))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    std::fs::create_dir_all(directory.join("data")).expect("the directory can be written");
    if std::fs::metadata(directory).is_ok_and(|directory| directory.uid() == 0) {
        command.arg("--user=root");
    }
    command
}

fn spawn(directory: &Path, port: u16, certificate: &Certificate) -> Child {
    let log = std::fs::File::create(directory.join("log")).expect("the directory can be written");
    command(directory)
        .args(["--bind-address=127.0.0.1", &format!("--port={port}"), "--skip-name-resolve"])
        .arg(format!("--ssl-cert={}", certificate.file.display()))
        .arg(format!("--ssl-key={}", certificate.key_file.display()))
        .stderr(log)
        .spawn()
        .expect("mariadbd runs")
}

/// Whether the server answers before it ends (nobody else lets the keeper in) or patience does.
async fn answers(port: u16, server: &mut Child) -> bool {
    let since = Instant::now();
    while since.elapsed() < PATIENCE && server.try_wait().expect("its state is known").is_none() {
        if connect(port).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

async fn connect(port: u16) -> mysql_async::Result<Conn> {
    let options = OptsBuilder::default()
        .ip_or_hostname("127.0.0.1")
        .tcp_port(port)
        .user(Some("keeper"))
        .pass(Some("keeper"))
        .db_name(Some("old"))
        .prefer_socket(false);
    Conn::new(options).await
}
