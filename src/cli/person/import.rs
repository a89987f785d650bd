//! `yihao person import`: read by batches, hashed side by side, each batch stored in one transaction.

use std::path::Path;

use anyhow::{Context, ensure};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::Call;
use super::super::print::Print;
use super::given::{self, NotTaken, not_taken};
use super::{Outcome, register};
use crate::app::App;
use crate::base::number::NumberKind;
use crate::base::{Secret, Visit};
use crate::credential::password;
use crate::identity::{self, NewEvidence, NewPerson};

/// Persons of one transaction.
const BATCH: usize = 64;

/// A line. No `Debug`: it is a person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    citizen_id: Secret,
    name: Secret,
    phone: Option<Secret>,
    trust: Option<u8>,
    password: Option<Secret>,
    password_hash: Option<Secret>,
    scheme: Option<String>,
    user_name: Option<Secret>,
    email: Option<Secret>,
    #[serde(default)]
    email_verified: bool,
    address: Option<Secret>,
}

/// A password as a line gives it.
enum Given {
    Plain(Secret),
    Hash(String),
}

/// A line that was understood.
struct Candidate {
    new: NewPerson,
    password: Given,
}

/// What became of a line.
#[derive(Serialize)]
struct Verdict {
    line: usize,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Verdict {
    fn of(line: usize, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Added(person) => Self { line, verdict: "added", person_id: Some(person), reason: None },
            Outcome::NumberTaken => Self { line, verdict: "exists", person_id: None, reason: None },
            Outcome::UserNameTaken => Self::refused(line, &not_taken("user_name", "another account has it")),
        }
    }

    fn refused(line: usize, why: &NotTaken) -> Self {
        Self { line, verdict: "refused", person_id: None, reason: Some(why.to_string()) }
    }
}

#[derive(Default)]
struct Totals {
    added: usize,
    exist: usize,
    refused: usize,
}

pub async fn run(call: Call, file: &Path) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let print = call.print;
    let mut lines = call.input.lines_of(file)?;
    let source = file.file_name().map_or_else(|| "-".into(), |name| name.to_string_lossy().into_owned());
    let (mut at, mut totals, mut ended) = (0, Totals::default(), false);
    while !ended {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let next = lines.next().with_context(|| format!("line {}", at + 1))?;
            let Some(line) = next else {
                ended = true;
                break;
            };
            at += 1;
            if !line.reveal().trim().is_empty() {
                batch.push((at, read(line.reveal(), at, &source, visit.now.day())));
            }
        }
        let verdicts = store(&app, batch).await.with_context(|| {
            format!("stopped before line {at}; lines without a verdict are not stored, import the file again")
        })?;
        tell(print, &verdicts, &mut totals);
    }
    let Totals { added, exist, refused } = totals;
    if !print.json {
        print.line(&format!("{added} added, {exist} exist, {refused} refused"));
    }
    ensure!(refused == 0, "{refused} lines refused: correct them and import them again");
    Ok(())
}

fn tell(print: Print, verdicts: &[Verdict], totals: &mut Totals) {
    for verdict in verdicts {
        match verdict.verdict {
            "added" => totals.added += 1,
            "exists" => totals.exist += 1,
            _ => totals.refused += 1,
        }
        print.either(verdict, || {
            let reason = verdict.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("line {}: {}{reason}", verdict.line, verdict.verdict)
        });
    }
}

/// Understands a line. The reason of a refusal repeats nothing of it.
fn read(line: &str, at: usize, source: &str, today: Date) -> Result<Candidate, NotTaken> {
    let record: Record = serde_json::from_str(line).map_err(|error| not_taken("the line", told(&error)))?;
    let trust = given::trust(record.trust.unwrap_or(2))?;
    let new = NewPerson {
        number: given::number("citizen_id", NumberKind::CitizenId, record.citizen_id.reveal(), today)?,
        name: given::name(record.name.reveal())?,
        phone: record.phone.map(|phone| given::phone(phone.reveal())).transpose()?,
        user_name: record.user_name.map(|name| given::text("user_name", &name, 100)).transpose()?,
        email: record.email.map(|email| given::email(&email)).transpose()?,
        email_verified: record.email_verified,
        address: record.address.map(|address| given::text("address", &address, 500)).transpose()?,
        evidence: NewEvidence {
            method: "import",
            source: source.to_owned(),
            reference: format!("line {at}"),
            trust,
        },
    };
    let password = match (record.password, record.password_hash, record.scheme.as_deref()) {
        (Some(plain), None, None) => {
            given::password(&plain, &new.number, &new.name, new.phone.as_ref())?;
            Given::Plain(plain)
        }
        (None, Some(hash), Some("argon2id")) => {
            if !password::is_argon2id(hash.reveal()) {
                return Err(not_taken(
                    "password_hash",
                    "an argon2id hash as a PHC string, of reasonable cost",
                ));
            }
            Given::Hash(hash.reveal().to_owned())
        }
        (None, Some(_), Some(_)) => {
            return Err(not_taken("scheme", "argon2id; hashes of other schemes belong to legacy accounts"));
        }
        _ => return Err(not_taken("password", "either password, or password_hash with scheme")),
    };
    Ok(Candidate { new, password })
}

/// What is wrong with a line, as far as that quotes none of its values.
fn told(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.split(" at line ").next() {
        Some(missing) if missing.starts_with("missing field") => missing.to_owned(),
        _ if error.is_data() => {
            format!("a field is unknown or of another type, before byte {}", error.column())
        }
        _ => format!("not JSON, at byte {}", error.column()),
    }
}

/// Hashes and stores a batch; a verdict for each line, in order.
async fn store(app: &App, batch: Vec<(usize, Result<Candidate, NotTaken>)>) -> anyhow::Result<Vec<Verdict>> {
    let hashed = hashed(app, batch).await?;
    let visit =
        Visit { now: app.clock.now(), ..app.visit_of(crate::base::Actor::Cli(super::super::user::name())) };
    match stored(app, &visit, &hashed).await {
        Err(identity::Error::KeysChanged) => {
            app.keys.reload(&app.db).await?;
            Ok(stored(app, &visit, &hashed).await?)
        }
        done => Ok(done?),
    }
}

type Hashed = (usize, Result<(NewPerson, String), NotTaken>);

async fn hashed(app: &App, batch: Vec<(usize, Result<Candidate, NotTaken>)>) -> anyhow::Result<Vec<Hashed>> {
    // No more at once than the queue before the hasher takes.
    let places = tokio::sync::Semaphore::new(app.config.password.queue.max(1));
    let places = std::sync::Arc::new(places);
    let mut tasks = Vec::with_capacity(batch.len());
    for (at, candidate) in batch {
        let (app, places) = (app.clone(), places.clone());
        tasks.push(tokio::spawn(async move {
            let hashed = match candidate {
                Ok(Candidate { new, password: Given::Hash(phc) }) => Ok((new, phc)),
                Ok(Candidate { new, password: Given::Plain(plain) }) => {
                    let _place = places.acquire().await?;
                    Ok((new, app.hasher.hash(plain).await?))
                }
                Err(why) => Err(why),
            };
            anyhow::Ok((at, hashed))
        }));
    }
    let mut all = Vec::with_capacity(tasks.len());
    for task in tasks {
        all.push(task.await??);
    }
    Ok(all)
}

async fn stored(app: &App, visit: &Visit, batch: &[Hashed]) -> Result<Vec<Verdict>, identity::Error> {
    let mut verdicts = Vec::with_capacity(batch.len());
    let mut tx = app.db.begin().await?;
    for (at, person) in batch {
        verdicts.push(match person {
            Ok((new, phc)) => Verdict::of(*at, register(&mut tx, app, visit, new, phc).await?),
            Err(why) => Verdict::refused(*at, why),
        });
    }
    tx.commit().await?;
    Ok(verdicts)
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
