//! `yihao doctor`: a line for everything that serving rests on, good or not, with what to do.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use serde::Serialize;

use super::Call;
use crate::app::App;
use crate::base::{Actor, Chance, Channel, Clock, Moment};
use crate::client::GrantType;
use crate::config::Config;
use crate::crypto::Algorithm;
use crate::db::Db;
use crate::keys::SigningKeyState;
use crate::outbound::registers::extract::Part;
use crate::server;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    /// Good to know; nothing is broken.
    Note,
    Fail,
}

#[derive(Serialize)]
struct Finding {
    check: &'static str,
    grade: Grade,
    /// What was found, and what to do if it is not good.
    found: String,
}

/// The findings, in the order in which they were made.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push(Finding { check, grade: Grade::Ok, found: found.into() });
    }

    fn note(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push(Finding { check, grade: Grade::Note, found: found.into() });
    }

    fn fail(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push(Finding { check, grade: Grade::Fail, found: found.into() });
    }
}

pub async fn run(call: &Call) -> anyhow::Result<()> {
    let mut findings = Findings::default();
    match call.config() {
        Ok(config) => {
            findings.ok("configuration", config.issuer());
            examine(config, &mut findings).await;
        }
        Err(error) => findings.fail("configuration", format!("{error:#}")),
    }
    let failed = findings.0.iter().filter(|finding| finding.grade == Grade::Fail).count();
    call.print.either(&findings.0, || {
        let line = |Finding { check, grade, found }: &Finding| {
            let grade = match grade {
                Grade::Ok => "ok",
                Grade::Note => "note",
                Grade::Fail => "FAIL",
            };
            format!("{grade:<4}  {check}: {}", found.replace('\n', "; "))
        };
        findings.0.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    ensure!(failed == 0, "{failed} checks failed: see the lines that begin with FAIL");
    Ok(())
}

async fn examine(config: Config, findings: &mut Findings) {
    settings(&config, findings);
    master_key(&config.keys.master_file, findings);
    let open = match storage(&config, findings).await {
        true => App::open(config.clone(), Clock::Machine, Chance::Machine).await,
        false => return,
    };
    match open {
        Ok(app) => {
            findings.ok("keys", "they open with the master key");
            transient(&app, findings).await;
            extract(&app, findings).await;
            signing_keys(&app, findings).await;
            clock(&app, findings).await;
        }
        Err(error) => findings.fail("keys", format!("{error:#}")),
    }
    issuer(&config, findings).await;
}

fn settings(config: &Config, findings: &mut Findings) {
    match (&config.danger.switched_on()[..], server::refuse_danger(config)) {
        ([], _) => findings.ok("danger", "all off"),
        (on, Err(_)) => findings.fail("danger", format!("{} is on, and `serve` refuses it", on.join(", "))),
        (on, Ok(())) => findings.fail("danger", format!("{} is on: never in production", on.join(", "))),
    }
    match (&config.registers.key_file, config.danger.simulate_registers) {
        _ if config.registers.source == "extract" => {}
        (Some(_), false) => findings.ok("registers", config.registers.url.as_str()),
        (_, true) => findings.note("registers", "a simulator is believed"),
        (None, false) => findings.fail("registers", "set registers.key_file: without it nobody can register"),
    }
    match (&config.sms.url, config.danger.simulate_sms) {
        (_, true) => findings.note("sms", "kept on the internal port, not sent"),
        (Some(url), false) => findings.ok("sms", url.as_str()),
        (None, false) => findings.fail("sms", "set sms.url: without it nobody can register"),
    }
    channels(config, findings);
    let issuer = &config.server.issuer;
    let tls = &config.server.tls;
    if issuer.scheme() != "https" && !crate::client::is_loopback(issuer) {
        findings.fail("issuer", "plain http: passwords would travel in the open; use https");
    }
    if let (Some(cert), Some(key)) = (&tls.cert, &tls.key) {
        for (check, file) in [("server.tls.cert", cert), ("server.tls.key", key)] {
            if let Err(error) = std::fs::File::open(file) {
                findings.fail(check, format!("{}: {error}", file.display()));
            }
        }
    }
    if issuer.domain().is_none() {
        findings.note("passkeys", "off: the issuer is an IP address, and passkeys need a name");
    }
}

/// A misspelt grant would be one that its clients do not have, and nobody would know why.
fn channels(config: &Config, findings: &mut Findings) {
    let known = GrantType::ALL.iter().map(|grant| grant.as_str()).collect::<Vec<_>>();
    let mut good = true;
    for channel in Channel::ALL {
        let unknown = |grant: &&String| !known.contains(&grant.as_str());
        for grant in config.channel.of(channel).grants.iter().filter(unknown) {
            good = false;
            let found = format!("`{grant}` in channel.{channel}.grants is none of {}", known.join(", "));
            findings.fail("channels", found);
        }
    }
    if good {
        findings.ok("channels", "every grant is known");
    }
}

fn master_key(file: &Path, findings: &mut Findings) {
    let shown = file.display();
    match std::fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            findings.fail("master key", format!("{shown} can be read by others: chmod 600 {shown}"));
        }
        Ok(_) => findings.ok("master key", format!("{shown}; keep a copy in a safe")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.note("master key", format!("{shown} is not there yet: the first start makes it"));
        }
        Err(error) => findings.fail("master key", format!("{shown}: {error}")),
    }
}

/// Whether the database is there and up to date.
async fn storage(config: &Config, findings: &mut Findings) -> bool {
    let db = match Db::open(&config.storage.url).await {
        Ok(db) => db,
        Err(error) => {
            findings.fail("storage", format!("{error}: correct storage.url"));
            return false;
        }
    };
    if let Err(error) = db.ping().await {
        findings.fail("storage", format!("{error}: is the server running, and storage.url right?"));
        return false;
    }
    match db.pending_migrations().await {
        Ok(pending) if pending.is_empty() => {
            findings.ok("storage", format!("{}, up to date", db.engine()));
            true
        }
        Ok(pending) => {
            findings.fail("storage", format!("lacks {}: run `yihao migrate`", pending.join(", ")));
            false
        }
        Err(error) => {
            findings.fail("storage", error.to_string());
            false
        }
    }
}

async fn transient(app: &App, findings: &mut Findings) {
    if let Err(error) = app.transient.ping().await {
        return findings.fail("transient", format!("{error}: correct transient.url, or start it"));
    }
    match app.transient.examine().await {
        Ok(examined) if examined.wrong.is_empty() => findings.ok("transient", examined.what),
        Ok(examined) => examined.wrong.into_iter().for_each(|wrong| findings.fail("transient", wrong)),
        Err(error) => findings.fail("transient", error.to_string()),
    }
}

/// Whether the extract, where it is what is asked, can be used.
async fn extract(app: &App, findings: &mut Findings) {
    let visit = app.visit_of(Actor::Duty("doctor"));
    for part in [Part::Population, Part::LegalPersons] {
        match app.registers.extract_as_of(&visit, part).await {
            None => {}
            Some(Ok(day)) => findings.ok("registers", format!("{} of {}", part.as_str(), day.day())),
            Some(Err(why)) => findings.fail("registers", format!("{}: {why}", part.as_str())),
        }
    }
}

async fn signing_keys(app: &App, findings: &mut Findings) {
    let rows = match app.keys.list_signing_keys(&app.db).await {
        Ok(rows) => rows,
        Err(error) => return findings.fail("signing keys", error.to_string()),
    };
    let is_active = |algorithm: &Algorithm| {
        let active = SigningKeyState::Active.as_str();
        rows.iter().any(|row| row.algorithm == algorithm.as_str() && row.state == active)
    };
    let missing: Vec<&str> = Algorithm::ALL.iter().filter(|a| !is_active(a)).map(|a| a.as_str()).collect();
    match missing[..] {
        [] => findings.ok("signing keys", "one active for each algorithm"),
        _ => findings
            .fail("signing keys", format!("none active for {}: restart `yihao serve`", missing.join(", "))),
    }
}

/// A clock that stands before what was written is wrong; by how much one that runs ahead is, only others know.
async fn clock(app: &App, findings: &mut Findings) {
    /// When this was written: the machine cannot be older.
    const EARLIEST: Moment = Moment::from_seconds(1_793_000_000);
    let now = app.visit_of(Actor::Duty("doctor")).now;
    let rows = app.keys.list_signing_keys(&app.db).await.unwrap_or_default();
    let newest = rows.iter().map(|row| row.changed_at).max().unwrap_or(EARLIEST).max(EARLIEST);
    if now.plus(Duration::from_secs(5)) < newest {
        findings.fail("clock", format!("{} is in the past: set the clock, use NTP", now.timestamp()));
    } else {
        findings.ok("clock", now.timestamp().to_string());
    }
}

/// People reach us by the issuer's address, through whatever stands between. From here it may look
/// otherwise, so this is no failure.
async fn issuer(config: &Config, findings: &mut Findings) {
    let url = format!("{}{}", config.issuer(), crate::http::urls::ALIVE);
    let answer = async {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
        client.get(&url).send().await?.error_for_status()
    };
    match answer.await {
        Ok(_) => findings.ok("reachable", url),
        Err(_) => {
            findings.note("reachable", format!("{url} does not answer from here: is `yihao serve` running?"))
        }
    }
}
