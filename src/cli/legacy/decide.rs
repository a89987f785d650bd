//! `yihao legacy decide`

use anyhow::{Context, ensure};
use serde_json::json;
use uuid::Uuid;

use super::super::acting::Acting;
use super::{Call, DECIDERS};
use crate::app::App;
use crate::base::Visit;
use crate::legacy::cases::{self, Decided, Deciding, Decision};
use crate::operator::Operator;

#[derive(clap::Args)]
pub struct Decide {
    /// The case, an id of `legacy cases`; or `-`: one a line of standard input, behind the password.
    case: String,
    /// merge: the account belongs to whom the case names. reject: to nobody here.
    decision: Decision,
    /// Why; kept with the case. No number, no name.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// To whom it belongs, where the case names nobody: the id of an account here.
    #[arg(long, value_name = "ACCOUNT")]
    into: Option<Uuid>,
    #[command(flatten)]
    acting: Acting,
}

impl Decide {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        cases::reason(&self.reason).context("--reason")?;
        let acting = self.acting.read(&mut call)?;
        let mut ids = Vec::new();
        if self.case == "-" {
            while let Some(line) = call.input.next()? {
                ids.push(line.reveal().trim().to_owned());
            }
        } else {
            ids.push(self.case.clone());
        }
        let ids: Vec<Uuid> = ids
            .iter()
            .map(|id| {
                id.parse()
                    .with_context(|| format!("{id:?} is no id of a case: `yihao legacy cases` lists them"))
            })
            .collect::<Result<_, _>>()?;
        let (app, mut visit) = call.app().await?;
        let operator = acting.require(&app, &mut visit, DECIDERS).await?;
        let mut refused = 0;
        for id in ids {
            match self.one(&app, &visit, &operator, id).await {
                Ok(decided) => tell(&call, id, &decided),
                Err(error) => {
                    refused += 1;
                    let error = error.to_string();
                    call.print.either(&json!({ "case_id": id, "error": error }), || format!("{id}: {error}"));
                }
            }
        }
        ensure!(refused == 0, "{refused} refused; the others are decided");
        Ok(())
    }

    async fn one(&self, app: &App, visit: &Visit, operator: &Operator, id: Uuid) -> anyhow::Result<Decided> {
        let deciding = Deciding {
            decision: self.decision,
            reason: self.reason.trim(),
            into: self.into,
            two_operators: app.config.legacy.two_operators,
            own: operator.number.as_ref(),
        };
        let mut tx = app.db.begin().await?;
        let decided = cases::decide(&mut tx, &app.keys, visit, &app.config.trust, id, deciding).await?;
        tx.commit().await?;
        Ok(decided)
    }
}

fn tell(call: &Call, id: Uuid, decided: &Decided) {
    let (state, link) = match decided {
        Decided::Proposed => ("proposed", None),
        Decided::Merged(link) => ("merged", Some(link)),
        Decided::Rejected => ("rejected", None),
    };
    let told = json!({
        "case_id": id, "state": state, "link_id": link.map(|link| link.id),
        "account_id": link.map(|link| link.account), "batch_id": link.map(|link| link.batch),
    });
    call.print.either(&told, || match decided {
        Decided::Proposed => format!("{id}: proposed; another operator must confirm it"),
        Decided::Merged(link) => format!("{id}: linked to {}, batch {}", link.account, link.batch),
        Decided::Rejected => format!("{id}: rejected"),
    });
}
