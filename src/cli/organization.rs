//! `yihao organization`

use anyhow::{Context, bail, ensure};
use serde_json::json;

use super::person::given;
use super::{Call, Usage};
use crate::app::App;
use crate::base::number::{CreditCode, NumberKind, OfficialNumber};
use crate::base::{OrganizationName, Visit};
use crate::identity::{self, Known, Organization};
use crate::mandate;
use crate::outbound::registers::Standing;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make the account of an organization, and its representative's mandate. Prints the id of the account.
    ///
    /// The registers are not asked: this is for those that no register knows, with papers in hand. Once a
    /// register knows it, the register's word counts.
    Add(Add),
    /// Ask the registers now what they say of an organization, and follow it.
    Check {
        /// The credit code, or `-`.
        #[arg(long)]
        credit_code: String,
    },
    /// Freeze an organization that two parties claim: nobody acts for it until it is settled.
    Contest {
        /// The credit code, or `-`.
        #[arg(long)]
        credit_code: String,
    },
    /// End that: who had a mandate may act again.
    Settle {
        /// The credit code, or `-`.
        #[arg(long)]
        credit_code: String,
    },
}

#[derive(clap::Args)]
pub struct Add {
    /// The unified social credit code, or `-`.
    #[arg(long)]
    credit_code: String,
    /// The name, or `-`.
    #[arg(long)]
    name: String,
    /// The citizen ID of the legal representative, who has an account; or `-`.
    #[arg(long, value_name = "CITIZEN_ID")]
    representative: String,
}

impl Command {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => add.run(call).await,
            Self::Check { credit_code } => {
                let code = code(&mut call, &credit_code)?;
                let (app, _) = call.app().await?;
                let organization = find(&app, &code).await?;
                ensure!(
                    crate::duties::check_organization(&app, organization.id).await?,
                    "the registers gave no answer; nothing was changed"
                );
                let after = find(&app, &code).await?;
                call.print.value(&json!({ "standing": after.life.standing.as_str() }));
                Ok(())
            }
            Self::Contest { credit_code } => set_contested(call, &credit_code, true).await,
            Self::Settle { credit_code } => set_contested(call, &credit_code, false).await,
        }
    }
}

impl Add {
    async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let code = code(&mut call, &self.credit_code)?;
        let name = call.input.of("name", &self.name)?;
        let representative = call.input.of("representative", &self.representative)?;
        let (app, visit) = call.app().await?;
        let today = visit.now.day();
        let number = given::number("representative", NumberKind::CitizenId, representative.reveal(), today)?;
        let keys = app.keys.data();
        let person = identity::find_by_number(&mut &app.db, &keys, &number).await?;
        let person = match person {
            Some(id) => identity::load(&mut &app.db, &keys, id).await?,
            None => None,
        };
        let person = person.context("the representative has no account: add the person first")?;
        let known = Known {
            code,
            name: OrganizationName::parse(name.reveal()).map_err(|why| given::not_taken("name", why))?,
            standing: Standing::Active,
            representative: Some(number),
            representative_name: person.name.clone(),
            department: "operator".to_owned(),
            reference: visit.request_id.to_string(),
            as_of: visit.now,
        };
        let taken = identity::find_by_number(&mut &app.db, &keys, &known.code.clone().into()).await?;
        ensure!(taken.is_none(), "an account holds this credit code already; nothing was changed");
        let id = add(&app, &visit, &known, person.id).await?;
        call.print.value(&json!({ "organization_id": id }));
        Ok(())
    }
}

/// Makes the account and the representative's mandate.
pub async fn add(
    app: &App,
    visit: &Visit,
    known: &Known,
    representative: uuid::Uuid,
) -> anyhow::Result<uuid::Uuid> {
    let keys = app.keys.data();
    let mut tx = app.db.begin().await?;
    let id = identity::found(&mut tx, &app.keys, visit, known).await?;
    mandate::name_representative(&mut tx, &keys, visit, id, representative, &known.reference).await?;
    tx.commit().await?;
    Ok(id)
}

async fn set_contested(mut call: Call, credit_code: &str, contested: bool) -> anyhow::Result<()> {
    let code = code(&mut call, credit_code)?;
    let (app, visit) = call.app().await?;
    let organization = find(&app, &code).await?;
    let mut tx = app.db.begin().await?;
    let changed = identity::contest(&mut tx, &app.keys.data(), &visit, &organization.life, contested).await?;
    ensure!(changed, if contested { "it is contested already" } else { "it is not contested" });
    tx.commit().await?;
    call.print.value(&json!({ "organization_id": organization.id, "contested": contested }));
    Ok(())
}

pub fn code(call: &mut Call, argument: &str) -> anyhow::Result<CreditCode> {
    let text = call.input.of("credit-code", argument)?;
    let number = given::number("credit-code", NumberKind::CreditCode, text.reveal(), jiff::civil::Date::MAX)?;
    match number {
        OfficialNumber::Credit(code) => Ok(code),
        _ => bail!(Usage("credit-code: not a credit code".to_owned())),
    }
}

/// The organization of a code.
pub async fn find(app: &App, code: &CreditCode) -> anyhow::Result<Organization> {
    let keys = app.keys.data();
    let id = identity::find_by_number(&mut &app.db, &keys, &code.clone().into()).await?;
    let organization = match id {
        Some(id) => identity::load_organization(&mut &app.db, &keys, id).await?,
        None => None,
    };
    organization.context("no account holds this credit code: `yihao organization add` makes one")
}
