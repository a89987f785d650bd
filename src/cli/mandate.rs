//! `yihao mandate`

use anyhow::{Context, ensure};
use jiff::civil::Date;
use serde_json::json;
use uuid::Uuid;

use super::acting::Acting;
use super::person::given;
use super::{Call, Usage, organization};
use crate::app::App;
use crate::base::number::NumberKind;
use crate::base::{Moment, OrganizationName};
use crate::identity;
use crate::logout;
use crate::mandate::{self, Authority, Invited, MandateScope, Offer, Party, Role};
use crate::operator;

/// Who gives mandates with papers in hand, and ends them.
const DECIDERS: &[operator::Role] = &[operator::Role::Registrar, operator::Role::Decider];

#[derive(clap::Subcommand)]
pub enum Command {
    /// Let a person act for an organization: with both present and papers in hand, so that nobody has to accept.
    Grant(Grant),
    /// The mandates of an organization that have not ended.
    List {
        /// The credit code, or `-`.
        #[arg(long)]
        credit_code: String,
    },
    /// End a mandate, and with it everything that rests on it.
    End {
        /// The mandate's id.
        mandate: Uuid,
        #[command(flatten)]
        acting: Acting,
    },
}

#[derive(clap::Args)]
pub struct Grant {
    /// The organization's credit code, or `-`.
    #[arg(long)]
    credit_code: String,
    /// The citizen ID of who is to act, who has an account; or `-`.
    #[arg(long, value_name = "CITIZEN_ID")]
    to: String,
    /// administrator or handler
    #[arg(long)]
    role: Role,
    /// What it covers: client:ID, matter:CODE, or * for everything. Can be given several times.
    #[arg(long, required = true)]
    scope: Vec<String>,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    until: Date,
    #[command(flatten)]
    acting: Acting,
}

impl Command {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        match self {
            Self::Grant(grant) => grant.run(call).await,
            Self::List { credit_code } => {
                let code = organization::code(&mut call, &credit_code)?;
                let (app, _) = call.app().await?;
                list(&call, &app, organization::find(&app, &code).await?.id).await
            }
            Self::End { mandate, acting } => {
                let acting = acting.read(&mut call)?;
                let (app, mut visit) = call.app().await?;
                acting.decide(&app, &mut visit, DECIDERS).await?;
                let keys = app.keys.data();
                let mut tx = app.db.begin().await?;
                let found =
                    mandate::find(&mut tx, &keys, mandate).await?.context("there is no such mandate")?;
                ensure!(
                    mandate::end(&mut tx, &keys, &visit, &found, "operator").await?,
                    "this mandate has ended already"
                );
                // A running server looks every two seconds for what is to be delivered.
                logout::end_mandate(&mut tx, &keys, &visit, &found).await?;
                tx.commit().await?;
                call.print.value(&json!({ "mandate_id": mandate, "state": "ended" }));
                Ok(())
            }
        }
    }
}

impl Grant {
    async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let words: Vec<&str> = self.scope.iter().flat_map(|word| word.split_ascii_whitespace()).collect();
        let scope = MandateScope::parse(&words).map_err(|why| Usage(format!("--scope: {why}")))?;
        let acting = self.acting.read(&mut call)?;
        let code = organization::code(&mut call, &self.credit_code)?;
        let to = call.input.of("to", &self.to)?;
        let (app, mut visit) = call.app().await?;
        let operator = acting.decide(&app, &mut visit, DECIDERS).await?;
        let organization = organization::find(&app, &code).await?;
        let number = given::number("to", NumberKind::CitizenId, to.reveal(), visit.now.day())?;
        ensure!(!operator.is_some_and(|operator| operator.is(&number)), "nobody serves themselves");
        let keys = app.keys.data();
        let person = identity::find_by_number(&mut &app.db, &keys, &number).await?;
        let person = match person {
            Some(id) => identity::load(&mut &app.db, &keys, id).await?,
            None => None,
        };
        let person = person.context("no account holds this number: add the person first")?;
        let name = OrganizationName::parse(person.name.as_str())?;
        let ends_at = self.until.tomorrow().ok().and_then(Moment::of_day);
        let offer = Offer {
            to: Invited { number, name },
            role: self.role,
            scope,
            starts_at: visit.now,
            ends_at,
            evidence: "operator".to_owned(),
        };
        let by = Authority::Operator(organization.id, Party::Organization);
        let mut tx = app.db.begin().await?;
        let offered = mandate::offer(&mut tx, &keys, &visit, &by, &offer).await?;
        let invitation = mandate::open(&mut tx, &keys, offered).await?;
        let granted = mandate::accept(&mut tx, &keys, &visit, &invitation, person.id, person.id).await?;
        tx.commit().await?;
        call.print.value(&json!({ "mandate_id": granted.id }));
        Ok(())
    }
}

async fn list(call: &Call, app: &App, organization: Uuid) -> anyhow::Result<()> {
    let mandates = mandate::of_grantor(&mut &app.db, &app.keys.data(), organization).await?;
    let rows: Vec<_> = mandates
        .iter()
        .map(|one| {
            json!({
                "mandate_id": one.id, "state": one.state.as_str(), "role": one.role.as_str(),
                "grantee": one.grantee, "grantee_kind": one.grantee_kind.as_str(), "scope": one.scope.words(),
                "until": one.ends_at.map(|end| end.minus(std::time::Duration::from_secs(1)).day().to_string()),
            })
        })
        .collect();
    let cells = mandates
        .iter()
        .map(|one| {
            let until = one.ends_at.map(|end| end.minus(std::time::Duration::from_secs(1)).day().to_string());
            [
                one.id.to_string(),
                one.state.as_str().to_owned(),
                one.role.as_str().to_owned(),
                one.scope.to_string(),
                until.unwrap_or_default(),
            ]
        })
        .collect();
    call.print.table(&rows, ["mandate_id", "state", "role", "scope", "until"], cells);
    Ok(())
}
