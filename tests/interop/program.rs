//! One of the example systems: registered as its operator would, and running.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::browser::demo::Demo;

/// A virtual machine has to start.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Example {
    /// Below `clients-example`.
    pub folder: &'static str,
    /// What starts it, in its folder, once `make interop` has built it.
    pub command: &'static [&'static str],
    pub callback: &'static str,
    /// What its README says to register beside the usual.
    pub registered: &'static [&'static str],
}

/// Ends when it is dropped.
pub struct Program {
    pub url: String,
    running: Child,
    log: PathBuf,
    _directory: TempDir,
}

impl Program {
    pub async fn start(example: &Example, demo: &Demo) -> Self {
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let (callback, home) = (format!("{url}{}", example.callback), format!("{url}/"));
        let name = format!("{} 示例系统", example.folder);
        let usual = [
            "--name",
            &name,
            "--channel",
            "hall",
            "--auth-method",
            "client_secret_basic",
            "--redirect-uri",
            &callback,
            "--post-logout-redirect-uri",
            &home,
            "--grant",
            "authorization_code",
            "--grant",
            "refresh_token",
            "--scope",
            "openid",
            "--scope",
            "profile",
        ];
        let client = demo.register(&[&usual, example.registered].concat());
        let directory = TempDir::new().expect("a temporary directory");
        let log = directory.path().join("log");
        let written = File::create(&log).expect("a log");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients-example").join(example.folder);
        let [program, arguments @ ..] = example.command else { panic!("no command") };
        // Only a path has a folder to be looked for in.
        let program = if program.contains('/') { folder.join(program) } else { PathBuf::from(program) };
        let mut command = Command::new(&program);
        command
            .args(arguments)
            .current_dir(&folder)
            .env("ISSUER", demo.issuer())
            .env("PORT", port.to_string());
        for (variable, member) in [("CLIENT_ID", "client_id"), ("CLIENT_SECRET", "client_secret")] {
            command.env(variable, client[member].as_str().expect("text"));
        }
        command.stdin(Stdio::null()).stdout(written.try_clone().expect("a log")).stderr(written);
        let running = command.spawn().unwrap_or_else(|e| {
            panic!("{} did not start ({e}): `make interop` installs and builds it", program.display())
        });
        let mut started = Self { url, running, log, _directory: directory };
        started.serves().await;
        started
    }

    async fn serves(&mut self) {
        let begun = Instant::now();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        while !http.get(&self.url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.running.try_wait().expect("it is ours");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "it does not serve: {ended:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let _ = std::io::Write::write_all(&mut std::io::stderr(), log.as_bytes());
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("its address").port()
}
