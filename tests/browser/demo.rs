//! `yihao demo` as people run it: the real programs, on ports of their own, on the home that is tested.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use yihao::base::Chance;

use crate::support::home::{Home, is_postgres};

/// Everybody's password who has an account.
pub const PASSWORD: &str = "shan-gao-shui-chang";
/// The first of the people in the registers who have none.
const FIRST_NEWCOMER: usize = 50;

/// Ends with its programs when it is dropped.
pub struct Demo {
    program: Child,
    data: TempDir,
    port: u16,
    _home: Option<Home>,
}

/// Somebody of the demo.
pub struct Someone {
    pub number: String,
    pub name: String,
    pub phone: String,
}

impl Demo {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With more in its environment, which goes over its configuration.
    pub async fn start_with(environment: &[(&str, &str)]) -> Self {
        // The embedded home is the demo's own; the other one goes over it through the environment.
        let home = if is_postgres() { Some(Home::open().await) } else { None };
        let data = TempDir::new().expect("a temporary directory");
        // A port in use, by a demo of another test perhaps: others are tried.
        for _ in 0..10 {
            // Below the ports that the system gives away itself.
            let port = 10_000 + Chance::Machine.below(20_000) as u16;
            if let Some(program) = start(port, data.path(), home.as_ref(), environment) {
                let embedded = data.path().join("yihao.db").exists();
                assert_eq!(embedded, home.is_none(), "it keeps its things in the home that is tested");
                return Self { program, data, port, _home: home };
            }
        }
        panic!("no ports are free for a demo");
    }

    pub fn issuer(&self) -> String {
        self.at(0)
    }

    pub fn hall(&self) -> String {
        self.at(1)
    }

    pub fn certificates(&self) -> String {
        self.at(2)
    }

    pub fn licences(&self) -> String {
        self.at(3)
    }

    /// The clerk's desk.
    pub fn counter(&self) -> String {
        self.at(5)
    }

    pub fn kiosk(&self) -> String {
        self.at(6)
    }

    /// The page of the U-key station.
    pub fn ukey(&self) -> String {
        format!("{}/station", self.at(7))
    }

    /// By number, as its apps are registered.
    pub fn phone(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 4)
    }

    fn at(&self, place: u16) -> String {
        format!("http://localhost:{}", self.port + place)
    }

    /// The `n`th of those who have an account.
    pub fn person(&self, n: usize) -> Someone {
        assert!(n < FIRST_NEWCOMER);
        self.in_registers(n)
    }

    /// The `n`th of those who are in the registers and have no account yet.
    pub fn newcomer(&self, n: usize) -> Someone {
        self.in_registers(FIRST_NEWCOMER + n)
    }

    /// The credit code of the enterprise that this person represents.
    pub fn enterprise_of(&self, who: &Someone) -> String {
        let file = self.data.path().join("organizations.ndjson");
        let lines = std::fs::read_to_string(file).expect("the organizations");
        let mut lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let theirs = lines.find(|line| line["representative_id"] == who.number.as_str());
        theirs.expect("one of them")["credit_code"].as_str().expect("text").to_owned()
    }

    fn in_registers(&self, n: usize) -> Someone {
        let people = std::fs::read_to_string(self.data.path().join("people.ndjson")).expect("the people");
        let line: Value = serde_json::from_str(people.lines().nth(n).expect("so many")).expect("JSON");
        let text = |name: &str| line[name].as_str().expect("text").to_owned();
        Someone { number: text("citizen_id"), name: text("name"), phone: text("phone") }
    }

    /// The newest code that was sent to this phone.
    pub async fn code_on(&self, phone: &str) -> String {
        let messages = format!("http://127.0.0.1:{}/sms?phone={phone}", self.port + 10);
        let messages: Value = reqwest::get(messages).await.expect("an answer").json().await.expect("JSON");
        let text = messages[0]["text"].as_str().expect("a message came");
        text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).expect("a code").to_owned()
    }

    /// A client of the operator's, by the command line; its id.
    pub fn add_client(&self, arguments: &[&str]) -> String {
        self.register(arguments)["client_id"].as_str().expect("an id").to_owned()
    }

    /// What `yihao client add` answers.
    pub fn register(&self, arguments: &[&str]) -> Value {
        self.command(&[&["client", "add"], arguments].concat())
    }

    /// What a command answers.
    pub fn command(&self, arguments: &[&str]) -> Value {
        let mut command = yihao(self._home.as_ref());
        command.arg("--json").arg("--config").arg(self.data.path().join("yihao.toml"));
        let done = command.args(arguments).output().expect("yihao runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).expect("JSON")
    }

    /// One of the demo's files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    /// Lets the provider be silent, without an end, until what is given back is dropped.
    pub fn falls_silent(&self) -> Silence {
        signal("STOP", self.program.id());
        Silence(self.program.id())
    }
}

/// The provider neither answers nor refuses.
pub struct Silence(u32);

impl Drop for Silence {
    fn drop(&mut self) {
        signal("CONT", self.0);
    }
}

fn signal(name: &str, program: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &program.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "{name} was not sent");
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Asked to end, it ends its programs; killed, it would leave them behind.
        let id = self.program.id().to_string();
        let _ = Command::new("kill").arg(id).status();
        let _ = self.program.wait();
    }
}

fn yihao(home: Option<&Home>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yihao"));
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    if let Some(home) = home {
        command.env("YIHAO__STORAGE__URL", &home.storage).env("YIHAO__TRANSIENT__URL", &home.transient);
        command.env("YIHAO__KEYS__MASTER_FILE", &home.master_file);
    }
    command
}

/// The demo, once all its programs serve; `None` if its ports are in use.
fn start(port: u16, data: &Path, home: Option<&Home>, environment: &[(&str, &str)]) -> Option<Child> {
    let mut command = yihao(home);
    command.envs(environment.iter().copied());
    command.args(["demo", "--port", &port.to_string(), "--data"]).arg(data).stdout(Stdio::piped());
    let mut program = command.spawn().expect("yihao runs");
    let mut said = BufReader::new(program.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let mut complained = BufReader::new(program.stderr.take().expect("its log"));
    let Some(ready) = said.next() else {
        let mut why = String::new();
        std::io::Read::read_to_string(&mut complained, &mut why).expect("it ended");
        program.wait().expect("it ended");
        assert!(why.contains("in use"), "the demo did not start: {why}");
        return None;
    };
    // A full pipe would stop it.
    std::thread::spawn(move || std::io::copy(&mut complained, &mut std::io::sink()));
    assert_eq!(ready, format!("ready issuer=http://localhost:{port}"));
    for line in said {
        if let Some((name, _)) = line.strip_prefix("Without ").and_then(|rest| rest.split_once(':')) {
            // Between the look whether its port is free and its own start, another demo may have taken it.
            let log = std::fs::read_to_string(data.join(format!("{name}.log"))).unwrap_or_default();
            assert!(log.contains("in use"), "{line}: {log}");
            let _ = Command::new("kill").arg(program.id().to_string()).status();
            let _ = program.wait();
            return None;
        }
        if line.starts_with("End with") {
            return Some(program);
        }
    }
    let _ = program.wait();
    panic!("the demo ended before its programs served");
}
