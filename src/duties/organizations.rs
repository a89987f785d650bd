//! What the registers of legal persons say now: a representative whom they no longer name is dismissed, and
//! with them go the tokens that rest on it. An answer that does not come changes nothing.

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;
use crate::base::{Actor, Visit};
use crate::identity::{self, Known};
use crate::logout;
use crate::mandate::{self, Mandate};
use crate::outbound::registers::{LegalPersonAnswer, Standing};

/// Organizations in one look at the database.
const STEP: u32 = 100;

/// Asks about each organization that was not asked about for long; tells about how many there was an answer.
pub async fn check_organizations(app: &App) -> anyhow::Result<usize> {
    let began = app.clock.now();
    let age = Duration::from_secs(app.config.registers.recheck_hours * 3600);
    let mut answered = 0;
    loop {
        let due = identity::organizations_to_check(&mut &app.db, began.minus(age), STEP).await?;
        if due.is_empty() {
            return Ok(answered);
        }
        for organization in due {
            answered += usize::from(check_organization(app, organization).await?);
        }
    }
}

/// Asks about one, and follows what comes; `false` if no answer came.
pub async fn check_organization(app: &App, id: Uuid) -> anyhow::Result<bool> {
    let visit = app.visit_of(Actor::Duty("organizations"));
    let keys = app.keys.data();
    let Some(before) = identity::load_organization(&mut &app.db, &keys, id).await? else { return Ok(false) };
    let answer = app.registers.legal_person(&visit, &before.code).await;
    let mut tx = app.db.begin().await?;
    // Looked at, whatever came of it: one whose register is down does not hold up the others.
    identity::note_check(&mut tx, &visit, id).await?;
    let answered = !matches!(answer, LegalPersonAnswer::NoAnswer(_));
    // One that an operator knows and no register does keeps what the operator said.
    if let LegalPersonAnswer::Found(found) = answer {
        let known = Known::by_register(&found);
        identity::update(&mut tx, &keys, &visit, &before, &known).await?;
        for ended in follow_representative(app, &mut tx, &visit, id, &known).await? {
            logout::end_mandate(&mut tx, &keys, &visit, &ended).await?;
        }
        if before.life.can_be_acted_for() && known.standing != Standing::Active {
            logout::end_acting_for(&mut tx, &keys, &visit, id).await?;
        }
    }
    tx.commit().await?;
    app.logout_queued.notify_one();
    Ok(answered)
}

async fn follow_representative(
    app: &App,
    tx: &mut crate::db::Tx,
    visit: &Visit,
    organization: Uuid,
    known: &Known,
) -> anyhow::Result<Vec<Mandate>> {
    let keys = app.keys.data();
    let named = match &known.representative {
        Some(number) => identity::find_by_number(tx, &keys, number).await?,
        None => None,
    };
    let named = match named {
        Some(person) => identity::load(tx, &keys, person).await?,
        None => None,
    };
    let named = named.filter(|person| known.is_represented_by(&person.number, &person.name));
    Ok(match named {
        Some(person) if known.standing == Standing::Active => {
            let reference = &known.reference;
            mandate::name_representative(tx, &keys, visit, organization, person.id, reference).await?
        }
        // Without a number in the register nobody can be told from a namesake: who is there stays, as long as
        // the name is theirs.
        _ => {
            let name = known.representative.is_none().then_some(&known.representative_name);
            mandate::dismiss_representatives(tx, &keys, visit, organization, name).await?
        }
    })
}
