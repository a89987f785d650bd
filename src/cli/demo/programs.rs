//! The example programs, as children of the demo. They are found beside its own executable.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use uuid::Uuid;

use super::clients::{APP, Credentials, SECOND_APP, Systems};
use super::counter;
use super::kiosk;
use super::ports::Ports;

/// The file with the people of the registers, in the data directory.
pub const PEOPLE: &str = "people.ndjson";
/// The file with the organizations of the registers.
pub const ORGANIZATIONS: &str = "organizations.ndjson";
/// How long a program may take until it serves.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder of the U-key station's authority, in the data directory.
const AUTHORITY: &str = "ukey";
const STATION: &str = "ukey";

/// What runs beside the server.
#[derive(Default)]
pub struct Programs {
    running: Vec<Running>,
    /// Those that did not come up, and why.
    pub absent: Vec<(&'static str, String)>,
}

struct Running {
    child: Child,
    /// Kept open: a program that prints to nobody may fail.
    _stdout: BufReader<ChildStdout>,
}

/// One program's command line.
struct Wanted<'a> {
    name: &'static str,
    executable: &'static str,
    flags: Vec<String>,
    secret: Option<&'a Credentials>,
}

/// Starts what is there, and waits until it serves.
pub async fn start(
    data: &Path,
    issuer: &str,
    ports: &Ports,
    systems: &Systems,
    window: Uuid,
    files: &kiosk::Files,
    terminal: Uuid,
) -> anyhow::Result<Programs> {
    let executable = std::env::current_exe().context("where this program stands is not known")?;
    let beside = executable.parent().unwrap_or(Path::new(".")).to_owned();
    let mut programs = Programs::default();
    let mut starting = Vec::new();
    let systems = wanted(data, issuer, ports, systems, window).into_iter();
    for wanted in systems.chain([kiosk(issuer, ports, files, terminal)]) {
        let name = wanted.name;
        match spawn(&beside, data, wanted) {
            Ok(running) => starting.push((name, running)),
            Err(error) => programs.absent.push((name, format!("{error:#}"))),
        }
    }
    for (name, mut running) in starting {
        let mut line = String::new();
        let said = tokio::time::timeout(PATIENCE, running._stdout.read_line(&mut line)).await;
        if matches!(said, Ok(Ok(_))) && line.starts_with("ready ") {
            programs.running.push(running);
        } else {
            let log = data.join(format!("{name}.log"));
            programs.absent.push((name, format!("it does not serve; see {}", log.display())));
        }
    }
    Ok(programs)
}

/// Lets the U-key station make what its authority needs; the folder. `None` where there is no such program.
pub fn make_authority(data: &Path) -> anyhow::Result<Option<PathBuf>> {
    let executable = std::env::current_exe().context("where this program stands is not known")?;
    let station = executable.with_file_name(STATION);
    if !station.is_file() {
        return Ok(None);
    }
    let folder = data.join(AUTHORITY);
    let done = std::process::Command::new(&station).arg("--prepare").arg("--files").arg(&folder).status();
    let done = done.with_context(|| station.display().to_string())?;
    anyhow::ensure!(done.success(), "{} could not make its authority", station.display());
    Ok(Some(folder))
}

fn wanted<'a>(
    data: &Path,
    issuer: &str,
    ports: &Ports,
    systems: &'a Systems,
    window: Uuid,
) -> [Wanted<'a>; 7] {
    let flags = |port: u16, more: &[(&str, String)]| {
        let listen = [("--listen", format!("127.0.0.1:{port}"))];
        let all = listen.iter().chain(more);
        all.flat_map(|(name, value)| [(*name).to_owned(), value.clone()]).collect::<Vec<_>>()
    };
    let client = |port: u16, credentials: &Credentials, more: &[(&str, String)]| {
        let own = [("--issuer", issuer.to_owned()), ("--client-id", credentials.id.to_owned())];
        flags(port, &[&own, more].concat())
    };
    let web = |port: u16, credentials: &Credentials, title: &str, neighbour: (&str, u16)| {
        let more = [
            ("--title", title.to_owned()),
            ("--licences", format!("http://localhost:{}", ports.licences)),
            ("--neighbour", format!("{}=http://localhost:{}", neighbour.0, neighbour.1)),
        ];
        client(port, credentials, &more)
    };
    let (hall, certificates) = ("粤易办·网上办事大厅", "电子证照");
    let phone = [
        ("--issuer", issuer.to_owned()),
        ("--client-id", APP.to_owned()),
        ("--second-client-id", SECOND_APP.to_owned()),
        ("--licences", format!("http://localhost:{}", ports.licences)),
    ];
    let people = data.join(PEOPLE).display().to_string();
    let cards = people.clone();
    let ukey = [
        ("--provider", issuer.to_owned()),
        ("--files", data.join(AUTHORITY).display().to_string()),
        ("--people", people.clone()),
        ("--organizations", data.join(ORGANIZATIONS).display().to_string()),
    ];
    let reader_key = &kiosk::Files::below(data).window_reader_key;
    let organizations = data.join(ORGANIZATIONS).display().to_string();
    [
        Wanted {
            name: "registers",
            executable: "registers",
            flags: flags(ports.registers, &[("--people", people), ("--organizations", organizations)]),
            secret: None,
        },
        Wanted {
            name: "licences",
            executable: "licences",
            flags: client(ports.licences, &systems.licences, &[]),
            secret: Some(&systems.licences),
        },
        Wanted {
            name: "hall",
            executable: "hall",
            flags: web(ports.hall, &systems.hall, hall, (certificates, ports.certificates)),
            secret: Some(&systems.hall),
        },
        Wanted {
            name: "certificates",
            executable: "hall",
            flags: web(ports.certificates, &systems.certificates, certificates, (hall, ports.hall)),
            secret: Some(&systems.certificates),
        },
        Wanted {
            name: "counter",
            executable: "counter",
            flags: flags(
                ports.counter,
                &[
                    ("--issuer", issuer.to_owned()),
                    ("--client-id", counter::CLIENT.to_owned()),
                    ("--terminal", window.to_string()),
                    ("--key", counter::key_file(data).display().to_string()),
                    ("--cards", cards),
                    ("--reader-id", kiosk::WINDOW_READER.to_owned()),
                    ("--reader-key", reader_key.display().to_string()),
                    ("--licences", format!("http://localhost:{}", ports.licences)),
                ],
            ),
            secret: None,
        },
        Wanted { name: "phone", executable: "app", flags: flags(ports.phone, &phone), secret: None },
        Wanted { name: STATION, executable: STATION, flags: flags(ports.ukey, &ukey), secret: None },
    ]
}

/// Its key is in a file: it is the terminal's, not the program's.
fn kiosk(issuer: &str, ports: &Ports, files: &kiosk::Files, terminal: Uuid) -> Wanted<'static> {
    let flags = [
        ("--listen", format!("127.0.0.1:{}", ports.kiosk)),
        ("--issuer", issuer.to_owned()),
        ("--client-id", kiosk::CLIENT.to_owned()),
        ("--terminal-id", terminal.to_string()),
        ("--key", files.key.display().to_string()),
        ("--place", kiosk::PLACE.to_owned()),
        ("--licences", format!("http://localhost:{}", ports.licences)),
        ("--reader-id", kiosk::READER.to_owned()),
        ("--reader-key", files.reader_key.display().to_string()),
    ];
    let flags = flags.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
    Wanted { name: "kiosk", executable: "kiosk", flags, secret: None }
}

/// Starts a program. Its secret goes through the environment: command lines can be read by everybody.
fn spawn(beside: &Path, data: &Path, wanted: Wanted<'_>) -> anyhow::Result<Running> {
    let path: PathBuf = beside.join(wanted.executable);
    anyhow::ensure!(
        path.is_file(),
        "{} is not there: `cargo build --workspace --bins` makes it",
        path.display()
    );
    let log = data.join(format!("{}.log", wanted.name));
    let log = std::fs::File::create(&log).with_context(|| log.display().to_string())?;
    let mut command = Command::new(&path);
    command.args(&wanted.flags).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
    if let Some(credentials) = wanted.secret {
        command.env("CLIENT_SECRET", credentials.secret.reveal());
    }
    let mut child = command.spawn().with_context(|| path.display().to_string())?;
    let stdout = child.stdout.take().context("its output cannot be read")?;
    Ok(Running { child, _stdout: BufReader::new(stdout) })
}

impl Programs {
    pub fn is_running(&self, name: &str) -> bool {
        !self.absent.iter().any(|(absent, _)| *absent == name)
    }

    /// Ends all of them.
    pub async fn end(mut self) {
        for running in &mut self.running {
            // One that has ended by itself is no failure.
            let _ = running.child.kill().await;
        }
    }
}
