//! `yihao organization`

use anyhow::{Context, bail, ensure};
use serde_json::json;

use super::person::given;
use super::{Call, Usage};
use crate::app::App;
use crate::base::number::{CreditCode, NumberKind, OfficialNumber};
use crate::base::{OrganizationName, Visit};
use crate::identity::{self, Known, Organization};
use crate::outbound::registers::Standing;
use crate::{logout, mandate};

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
    /// Change an organization that no register knows: its name, its standing, what it was merged into. Its account and
    /// what relying systems call it stay.
    Change(Change),
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
    /// The citizen ID of the legal representative, or `-`. Who has an account gets the mandate at once.
    #[arg(long, value_name = "CITIZEN_ID", required_unless_present = "representative_name")]
    representative: Option<String>,
    /// The name of a legal representative who has no account, or `-`: somebody else must be the first to act, by
    /// `yihao mandate grant` or the electronic business licence.
    #[arg(long, value_name = "NAME")]
    representative_name: Option<String>,
}

#[derive(clap::Args)]
pub struct Change {
    /// The credit code, or `-`.
    #[arg(long)]
    credit_code: String,
    /// The name it has now, or `-`.
    #[arg(long)]
    name: Option<String>,
    /// How it stands now: active, forming, suspended, revoked, deregistered or moved-away.
    #[arg(long, value_parser = standing)]
    standing: Option<Standing>,
    /// The credit code of the organization it was merged into, or `-`; it is deregistered by that.
    #[arg(long, conflicts_with = "standing")]
    merged_into: Option<String>,
    /// What shows it: the decision, the notice. No number and no name.
    #[arg(long, value_name = "TEXT")]
    evidence: String,
}

fn standing(word: &str) -> Result<Standing, &'static str> {
    word.parse().map_err(|()| "active, forming, suspended, revoked, deregistered or moved-away")
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
            Self::Change(change) => change.run(call).await,
            Self::Contest { credit_code } => set_contested(call, &credit_code, true).await,
            Self::Settle { credit_code } => set_contested(call, &credit_code, false).await,
        }
    }
}

impl Add {
    async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let code = code(&mut call, &self.credit_code)?;
        let name = call.input.of("name", &self.name)?;
        let read = |call: &mut Call, name, text: &Option<String>| {
            text.as_deref().map(|text| call.input.of(name, text)).transpose()
        };
        let representative = read(&mut call, "representative", &self.representative)?;
        let called = read(&mut call, "representative-name", &self.representative_name)?;
        let (app, visit) = call.app().await?;
        let today = visit.now.day();
        let number = representative
            .map(|text| given::number("representative", NumberKind::CitizenId, text.reveal(), today))
            .transpose()?;
        let keys = app.keys.data();
        let person = match &number {
            Some(number) => identity::find_by_number(&mut &app.db, &keys, number).await?,
            None => None,
        };
        let person = match person {
            Some(id) => identity::load(&mut &app.db, &keys, id).await?,
            None => None,
        };
        let called = match (&person, called) {
            (Some(person), None) => person.name.clone(),
            (None, Some(name)) => given::name(name.reveal())?,
            (Some(person), Some(name)) if given::name(name.reveal())?.folded() == person.name.folded() => {
                person.name.clone()
            }
            (Some(_), Some(_)) => bail!("the account of the representative has another name"),
            (None, None) => bail!(
                "the representative has no account: add the person first, or give --representative-name"
            ),
        };
        let known = Known {
            code,
            name: OrganizationName::parse(name.reveal()).map_err(|why| given::not_taken("name", why))?,
            standing: Standing::Active,
            representative: number,
            representative_name: called,
            department: "operator".to_owned(),
            reference: visit.request_id.to_string(),
            as_of: visit.now,
            successor: None,
        };
        let taken = identity::find_by_number(&mut &app.db, &keys, &known.code.clone().into()).await?;
        ensure!(taken.is_none(), "an account holds this credit code already; nothing was changed");
        let id = add(&app, &visit, &known, person.map(|person| person.id)).await?;
        call.print.value(&json!({ "organization_id": id }));
        Ok(())
    }
}

impl Change {
    async fn run(self, mut call: Call) -> anyhow::Result<()> {
        if self.name.is_none() && self.standing.is_none() && self.merged_into.is_none() {
            bail!(Usage("nothing to change: give --name, --standing or --merged-into".to_owned()));
        }
        ensure!(!self.evidence.trim().is_empty(), Usage("--evidence says nothing".to_owned()));
        let code = code(&mut call, &self.credit_code)?;
        let name = self.name.as_deref().map(|name| call.input.of("name", name)).transpose()?;
        let name = name.map(|name| OrganizationName::parse(name.reveal())).transpose();
        let name = name.map_err(|why| given::not_taken("name", why))?;
        let merged_into =
            self.merged_into.as_deref().map(|other| self::code(&mut call, other)).transpose()?;
        let (app, visit) = call.app().await?;
        let before = find(&app, &code).await?;
        if let Some(successor) = &merged_into {
            ensure!(*successor != code, "an organization is not merged into itself");
            find(&app, successor).await?;
        }
        let merged = merged_into.as_ref().map(|_| Standing::Deregistered);
        let known = Known {
            code,
            name: name.unwrap_or_else(|| before.name.clone()),
            standing: merged.or(self.standing).unwrap_or(before.life.standing),
            representative: before.representative.clone(),
            representative_name: before.representative_name.clone(),
            department: "operator".to_owned(),
            reference: self.evidence.trim().to_owned(),
            as_of: visit.now,
            successor: merged_into,
        };
        let mut tx = app.db.begin().await?;
        let keys = app.keys.data();
        identity::update(&mut tx, &keys, &visit, &before, &known).await?;
        if before.life.can_be_acted_for() && known.standing != Standing::Active {
            logout::end_acting_for(&mut tx, &keys, &visit, before.id).await?;
        }
        tx.commit().await?;
        let standing = known.standing.as_str();
        call.print.value(&json!({ "organization_id": before.id, "standing": standing }));
        Ok(())
    }
}

/// Makes the account and, where the representative has one, their mandate.
pub async fn add(
    app: &App,
    visit: &Visit,
    known: &Known,
    representative: Option<uuid::Uuid>,
) -> anyhow::Result<uuid::Uuid> {
    let keys = app.keys.data();
    let mut tx = app.db.begin().await?;
    let id = identity::found(&mut tx, &app.keys, visit, known).await?;
    if let Some(representative) = representative {
        mandate::name_representative(&mut tx, &keys, visit, id, representative, &known.reference).await?;
    }
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
    if contested {
        logout::end_acting_for(&mut tx, &app.keys.data(), &visit, organization.id).await?;
    }
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
