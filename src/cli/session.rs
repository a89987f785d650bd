//! `yihao session`

use anyhow::{Context, ensure};
use serde_json::json;
use uuid::Uuid;

use super::Call;
use crate::app::App;
use crate::base::number::NumberKind;
use crate::base::{Secret, Visit};
use crate::{grant, identity, logout, session};

#[derive(clap::Subcommand)]
pub enum Command {
    /// List the sessions of a person that are alive.
    List(Whose),
    /// End the sessions of a person, or one of them. Relying systems are told by the servers that run.
    End {
        #[command(flatten)]
        whose: Whose,
        /// Only this one: an id of `session list`.
        #[arg(long, value_name = "ID")]
        session: Option<Uuid>,
    },
}

#[derive(clap::Args)]
pub struct Whose {
    /// The id of the account; or `-`, and the id or the citizen ID number is the next line of standard input.
    #[arg(long, value_name = "PERSON")]
    person: String,
}

impl Command {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        match self {
            Self::List(whose) => {
                let given = call.input.of("person", &whose.person)?;
                list(&call, &given).await
            }
            Self::End { whose, session } => {
                let given = call.input.of("person", &whose.person)?;
                end(&call, &given, session).await
            }
        }
    }
}

/// # Errors
/// Nobody is meant by it. The message does not repeat it: it may be a number.
async fn person_of(app: &App, visit: &Visit, given: &Secret) -> anyhow::Result<Uuid> {
    let keys = app.keys.data();
    let mut read = &app.db;
    let text = given.reveal().trim();
    let found = match text.parse::<Uuid>() {
        Ok(id) => identity::load(&mut read, &keys, id).await?.map(|person| person.id),
        Err(_) => {
            let number = super::person::given::number("person", NumberKind::CitizenId, text, visit.now.day());
            let number = number.context("neither the id of an account nor a citizen ID number")?;
            identity::find_by_number(&mut read, &keys, &number).await?
        }
    };
    found.context("no account is meant by this: `yihao person add` printed its id")
}

async fn list(call: &Call, given: &Secret) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let person = person_of(&app, &visit, given).await?;
    let sessions = session::list(&mut &app.db, &visit, person, &app.config).await?;
    let used = grant::clients_of(&mut &app.db, person).await?;
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for own in sessions {
        let clients: Vec<&str> =
            used.iter().filter(|(id, _)| *id == own.id).map(|(_, client)| client.as_str()).collect();
        let (since, seen) = (own.started_at.timestamp().to_string(), own.seen_at.timestamp().to_string());
        rows.push(json!({
            "session_id": own.id, "channel": own.channel, "device": own.device, "network": own.network,
            "started_at": since, "seen_at": seen, "clients": clients,
        }));
        cells.push([own.id.to_string(), own.channel.to_string(), own.device, own.network, since, seen]);
    }
    call.print.table(&rows, ["session", "channel", "device", "network", "since", "last used"], cells);
    Ok(())
}

async fn end(call: &Call, given: &Secret, only: Option<Uuid>) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let person = person_of(&app, &visit, given).await?;
    let keys = app.keys.data();
    let mut tx = app.db.begin().await?;
    let ended = match only {
        None => logout::end_all(&mut tx, &keys, &visit, person, None, "operator").await?,
        Some(id) => {
            let own = session::not_ended(&mut tx, &visit, person).await?.contains(&id);
            ensure!(own, "this person has no such session: `yihao session list` shows those there are");
            u64::from(logout::end(&mut tx, &keys, &visit, id, person, "operator").await?.is_some())
        }
    };
    tx.commit().await?;
    call.print.either(&json!({ "ended": ended }), || format!("ended: {ended}"));
    Ok(())
}
