//! `yihao person change`, `hold`, `release` and `recover`

use anyhow::{Context, bail, ensure};
use serde_json::json;
use uuid::Uuid;

use super::super::{Call, Usage};
use super::add::Document;
use super::given;
use crate::app::App;
use crate::base::number::NumberKind;
use crate::cli::acting::Acting;
use crate::credential::recovery;
use crate::identity::{self, Because, Person, PersonState, Renumbered};
use crate::operator::Role;

#[derive(clap::Args)]
pub struct Change {
    /// The account.
    #[arg(long, value_name = "ID")]
    person: Uuid,
    /// The citizen ID number it has now, or `-`.
    #[arg(long, value_name = "NUMBER", conflicts_with = "document")]
    citizen_id: Option<String>,
    /// The document it has now: foreign-pr, hm-permit, tw-permit or passport:COUNTRY
    #[arg(long, value_name = "KIND", requires = "number")]
    document: Option<Document>,
    /// The number of that document, or `-`.
    #[arg(long, requires = "document")]
    number: Option<String>,
    /// The name it has now, or `-`.
    #[arg(long)]
    name: Option<String>,
    /// What shows it: the notice, the counter. No number and no name.
    #[arg(long, value_name = "TEXT")]
    evidence: String,
}

impl Change {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let asked = match (&self.document, &self.citizen_id, &self.number) {
            (Some(document), _, Some(number)) => Some((document.kind, document.prefix(), number)),
            (None, Some(number), _) => Some((NumberKind::CitizenId, String::new(), number)),
            _ => None,
        };
        if asked.is_none() && self.name.is_none() {
            bail!(Usage("nothing to change: give --citizen-id, --document or --name".to_owned()));
        }
        let number = match asked {
            Some((kind, prefix, text)) => {
                let text = call.input.of("number", text)?;
                Some((kind, zeroize::Zeroizing::new(format!("{prefix}{}", text.reveal()))))
            }
            None => None,
        };
        let name = self.name.as_deref().map(|name| call.input.of("name", name)).transpose()?;
        let (app, visit) = call.app().await?;
        let keys = app.keys.data();
        let number =
            number.map(|(kind, text)| given::number("number", kind, &text, visit.now.day())).transpose()?;
        let name = name.map(|name| given::name(name.reveal())).transpose()?;
        let mut tx = app.db.begin().await?;
        let person = identity::load(&mut tx, &keys, self.person).await?.context("there is no such person")?;
        if let Some(number) = &number {
            let because = Because { reason: "operator", reference: &self.evidence };
            if let Renumbered::Held(_) =
                identity::renumber(&mut tx, &app.keys, &visit, &person, number, because).await?
            {
                tx.commit().await?;
                bail!("another account holds this number: a case was opened, and nothing else was changed");
            }
        }
        if let Some(name) = &name {
            identity::rename(&mut tx, &keys, &visit, &person, name).await?;
        }
        tx.commit().await?;
        call.print.value(&json!({ "person_id": person.id }));
        Ok(())
    }
}

#[derive(clap::Args)]
pub struct Which {
    /// The account.
    #[arg(long, value_name = "ID")]
    person: Uuid,
}

pub async fn hold(which: Which, call: Call, reason: &str) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let person = known(&app, which.person).await?;
    let mut tx = app.db.begin().await?;
    let held = identity::hold(&mut tx, &app.keys.data(), &visit, person.id, reason).await?;
    ensure!(held, "this account is not active");
    tx.commit().await?;
    call.print.value(&json!({ "person_id": person.id, "state": "held" }));
    Ok(())
}

pub async fn release(which: Which, call: Call) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let person = known(&app, which.person).await?;
    let mut tx = app.db.begin().await?;
    let released = identity::release(&mut tx, &app.keys.data(), &visit, person.id).await?;
    ensure!(released, "this account is not on hold");
    tx.commit().await?;
    call.print.value(&json!({ "person_id": person.id, "state": "active" }));
    Ok(())
}

#[derive(clap::Args)]
pub struct Recover {
    #[command(flatten)]
    which: Which,
    /// What was shown at the counter. No number and no name.
    #[arg(long, value_name = "TEXT")]
    evidence: String,
    #[command(flatten)]
    acting: Acting,
}

impl Recover {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        ensure!(!self.evidence.trim().is_empty(), Usage("--evidence says nothing".to_owned()));
        let acting = self.acting.read(&mut call)?;
        let (app, mut visit) = call.app().await?;
        let operator = acting.decide(&app, &mut visit, &[Role::Registrar, Role::Decider]).await?;
        let person = known(&app, self.which.person).await?;
        ensure!(!operator.is_some_and(|operator| operator.is(&person.number)), "nobody serves themselves");
        ensure!(person.state == PersonState::Active, "this account is not active: release it first");
        let mut tx = app.db.begin().await?;
        let evidence = self.evidence.trim();
        let ticket = recovery::issue(&mut tx, &app.keys.data(), &visit, person.id, evidence).await?;
        tx.commit().await?;
        call.print.value(&json!({ "person_id": person.id, "ticket": ticket.reveal() }));
        Ok(())
    }
}

async fn known(app: &App, id: Uuid) -> anyhow::Result<Person> {
    identity::load(&mut &app.db, &app.keys.data(), id).await?.context("there is no such person")
}
