//! `yihao operator`

mod certificate;

use anyhow::{Context, bail};
use serde_json::json;
use uuid::Uuid;

use super::person::given;
use super::{Call, Usage};
use crate::app::App;
use crate::base::Secret;
use crate::base::number::NumberKind;
use crate::credential::password;
use crate::operator::{self, Change, NewOperator, Operator, Role, Roles};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add an operator. Prints the id.
    ///
    /// Lines of standard input are read in this order: the password, then for each argument that is `-` the
    /// name, the number.
    Add(Add),
    /// List the operators.
    List,
    /// Stop an operator; what they have open ends.
    Suspend {
        /// Their name, or `-`.
        operator: String,
    },
    /// Let a suspended operator work again.
    Resume {
        /// Their name, or `-`.
        operator: String,
    },
    /// Give an operator another password, after passkey, app and certificate are lost: all are taken away, and the
    /// operator begins anew at the next sign-in.
    Reset {
        /// Their name, or `-`.
        operator: String,
        /// The first line of standard input is the password.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// The certificates by which an operator signs in, beside the password.
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Say which citizen an operator is. Who serves at a counter needs it: nobody serves themselves.
    Number {
        /// Their name, or `-`.
        operator: String,
        /// Their own citizen ID number, or `-`.
        #[arg(long, value_name = "NUMBER")]
        citizen_id: String,
    },
}

#[derive(clap::Args)]
pub struct Add {
    /// By which they sign in: a staff number or a name; or `-`.
    #[arg(long)]
    name: String,
    /// viewer, registrar, keeper, auditor, clerk or decider. Can be given several times.
    #[arg(long, required = true)]
    role: Vec<Role>,
    /// The part of the province they work for, such as 440100.
    #[arg(long)]
    region: Option<String>,
    /// Their department.
    #[arg(long)]
    department: Option<String>,
    /// Their own citizen ID number, or `-`: nobody serves themselves.
    #[arg(long, value_name = "NUMBER")]
    citizen_id: Option<String>,
    /// The first line of standard input is the password.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Command {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(call).await,
            Self::List => list(&call).await,
            Self::Suspend { operator } => change(call, &operator, Change::Suspend).await,
            Self::Resume { operator } => change(call, &operator, Change::Resume).await,
            Self::Reset { operator, password_stdin: _ } => {
                let password = call.input.line("the password")?;
                let name = call.input.of("operator", &operator)?;
                acceptable(&password)?;
                let (app, _) = call.app().await?;
                let phc = app.hasher.hash(password).await?;
                changed(&call, &name, Change::Reset(&phc)).await
            }
            Self::Certificate(command) => command.run(call).await,
            Self::Number { operator, citizen_id } => {
                let name = call.input.of("operator", &operator)?;
                let text = call.input.of("citizen-id", &citizen_id)?;
                let (_, visit) = call.app().await?;
                let number =
                    given::number("citizen-id", NumberKind::CitizenId, text.reveal(), visit.now.day())?;
                changed(&call, &name, Change::Number(&number)).await
            }
        }
    }
}

impl Add {
    async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let password = call.input.line("the password")?;
        let name = call.input.of("name", &self.name)?;
        let own = self.citizen_id.as_deref().map(|number| call.input.of("citizen-id", number)).transpose()?;
        let Some(roles) = Roles::of(&self.role) else { bail!(Usage("--role: one at least".to_owned())) };
        acceptable(&password)?;
        let (app, visit) = call.app().await?;
        let number = own
            .map(|own| given::number("citizen-id", NumberKind::CitizenId, own.reveal(), visit.now.day()))
            .transpose()?;
        let words = |field, text: Option<String>| {
            text.map(|text| given::text(field, &Secret::new(text), 100))
                .transpose()
                .map(|text| text.map(|text| text.reveal().to_owned()))
        };
        let new = NewOperator {
            name,
            roles,
            region: words("region", self.region)?,
            department: words("department", self.department)?,
            number,
            password: app.hasher.hash(password).await?,
        };
        let mut tx = app.db.begin().await?;
        let id = operator::add(&mut tx, &app.keys.data(), &visit, &new).await?;
        tx.commit().await?;
        call.print.value(&json!({ "operator_id": id }));
        Ok(())
    }
}

/// Operators are few and can do much: what is too weak for a citizen is too weak for them.
fn acceptable(password: &Secret) -> anyhow::Result<()> {
    password::acceptable(password, "", None, None).map_err(|why| given::not_taken("password", why))?;
    Ok(())
}

async fn change(mut call: Call, operator: &str, what: Change<'_>) -> anyhow::Result<()> {
    let name = call.input.of("operator", operator)?;
    changed(&call, &name, what).await
}

async fn changed(call: &Call, name: &Secret, what: Change<'_>) -> anyhow::Result<()> {
    let (app, visit) = call.app().await?;
    let keys = app.keys.data();
    let operator = find(&app, name).await?;
    let reason = match what {
        Change::Suspend => Some("suspended"),
        Change::Reset(_) => Some("reset"),
        Change::Resume | Change::Number(_) => None,
    };
    let mut tx = app.db.begin().await?;
    operator::change(&mut tx, &keys, &visit, &operator, what).await?;
    if let Some(reason) = reason {
        operator::end_all(&mut tx, &keys, &visit, operator.id, reason).await?;
    }
    tx.commit().await?;
    let now = find(&app, name).await?;
    call.print.value(&json!({ "operator_id": now.id, "state": now.state.as_str() }));
    Ok(())
}

async fn find(app: &App, name: &Secret) -> anyhow::Result<Operator> {
    let found = operator::find_by_name(&mut &app.db, &app.keys.data(), name).await?;
    found.context("there is no operator of this name: `yihao operator list` shows those there are")
}

async fn list(call: &Call) -> anyhow::Result<()> {
    let (app, _) = call.app().await?;
    let keys = app.keys.data();
    let (mut rows, mut cells, mut after) = (Vec::new(), Vec::new(), Uuid::nil());
    loop {
        let page = operator::list(&mut &app.db, &keys, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for one in page {
            let roles: Vec<Role> = one.roles.iter().collect();
            rows.push(json!({
                "operator_id": one.id, "name": one.name.reveal(), "state": one.state.as_str(), "roles": roles,
                "region": one.region, "department": one.department, "number_known": one.number.is_some(),
            }));
            cells.push([
                one.id.to_string(),
                one.name.reveal().to_owned(),
                one.state.as_str().to_owned(),
                one.roles.to_string(),
                one.region.unwrap_or_default(),
                one.department.unwrap_or_default(),
            ]);
        }
    }
    call.print.table(&rows, ["operator", "name", "state", "roles", "region", "department"], cells);
    Ok(())
}
