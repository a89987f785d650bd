//! Follows corrected numbers: the account of the old number gets the new one.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::base::Visit;
use crate::base::number::{CitizenId, OfficialNumber};
use crate::identity::{self, Because, Renumbered};

/// What became of the rows.
#[derive(Default, Serialize)]
pub struct Followed {
    /// Accounts that have their new number now.
    pub renumbered: u64,
    /// Another account holds the new number: somebody must decide.
    pub cases: u64,
}

#[derive(Deserialize)]
struct Row {
    old_idno: String,
    new_idno: String,
    changed_at: String,
}

/// Each row in a transaction of its own: cut off, it can be run again.
pub async fn follow(app: &App, visit: &Visit, file: &Path) -> anyhow::Result<Followed> {
    let mut followed = Followed::default();
    let today = visit.now.day();
    for row in csv::Reader::from_path(file)?.deserialize::<Row>() {
        // What is no row was refused, and counted, when it was loaded.
        let Ok(Row { old_idno, new_idno, changed_at }) = row else { continue };
        let (Ok(old), Ok(new)) = (CitizenId::parse(&old_idno, today), CitizenId::parse(&new_idno, today))
        else {
            continue;
        };
        match renumber(app, visit, old.into(), &new.into(), &changed_at).await? {
            Some(Renumbered::Done) => followed.renumbered += 1,
            Some(Renumbered::Held(_)) => followed.cases += 1,
            Some(Renumbered::Same) | None => {}
        }
    }
    Ok(followed)
}

async fn renumber(
    app: &App,
    visit: &Visit,
    old: OfficialNumber,
    new: &OfficialNumber,
    reference: &str,
) -> anyhow::Result<Option<Renumbered>> {
    let keys = app.keys.data();
    let Some(person) = identity::find_by_number(&mut &app.db, &keys, &old).await? else { return Ok(None) };
    let mut tx = app.db.begin().await?;
    let Some(person) = identity::load(&mut tx, &keys, person).await? else { return Ok(None) };
    let because = Because { reason: "corrected", reference };
    let renumbered = identity::renumber(&mut tx, &app.keys, visit, &person, new, because).await?;
    tx.commit().await?;
    Ok(Some(renumbered))
}
