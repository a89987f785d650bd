//! `yihao person cases` and `person decide`

use anyhow::Context;
use serde_json::json;
use uuid::Uuid;

use super::super::Call;
use crate::cli::acting::Acting;
use crate::identity::{self, CaseKind, CaseState, Due, Verdict};
use crate::legacy::cases::{account_sides, decide_account, told_of_accounts};
use crate::operator::Role;

#[derive(clap::Args)]
pub struct Cases {
    /// Only those of this kind: displaced or shared-number.
    #[arg(long)]
    kind: Option<CaseKind>,
    /// open or decided.
    #[arg(long, default_value = "open")]
    state: CaseState,
    /// Only those whose deadline has passed.
    #[arg(long)]
    overdue: bool,
    /// Those behind this one: the id of the last of the page before.
    #[arg(long, value_name = "ID")]
    after: Option<Uuid>,
}

impl Cases {
    /// A page of 200, the oldest first, both accounts masked.
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let (keys, policy) = (app.keys.data(), &app.config.trust);
        let mut tx = app.db.begin().await?;
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        let due = if self.overdue { Due::Overdue } else { Due::Any };
        let (latest, after) = (due.latest(visit.now), self.after.unwrap_or_default());
        for case in identity::list_cases(&mut tx, self.state, self.kind, latest, after, 200).await? {
            let sides = account_sides(&mut tx, &keys, &visit, policy, &case, None).await?;
            rows.push(told_of_accounts(&case, &sides));
            let (account, other) = sides;
            cells.push([
                case.id.to_string(),
                case.kind.as_str().to_owned(),
                case.deadline.map(|deadline| deadline.day().to_string()).unwrap_or_default(),
                format!("{} {} {}", account.name, account.number, account.state),
                other.as_ref().map(|other| format!("{} {}", other.name, other.state)).unwrap_or_default(),
            ]);
        }
        call.print.table(&rows, ["case", "kind", "deadline", "account", "other"], cells);
        Ok(())
    }
}

#[derive(clap::Args)]
pub struct Decide {
    /// The case, an id of `person cases`.
    case: Uuid,
    /// stands: it is as it should be. hold: the account is stopped until somebody knows more.
    decision: Verdict,
    /// Why; kept with the case. No number, no name.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    acting: Acting,
}

impl Decide {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let acting = self.acting.read(&mut call)?;
        let (app, mut visit) = call.app().await?;
        let operator = acting.require(&app, &mut visit, &[Role::Decider]).await?;
        let mut tx = app.db.begin().await?;
        let (keys, said) = (app.keys.data(), (self.decision, self.reason.as_str()));
        decide_account(&mut tx, &keys, &visit, self.case, said, operator.number.as_ref())
            .await
            .context("nothing is decided")?;
        tx.commit().await?;
        call.print.value(&json!({ "case_id": self.case, "decision": self.decision }));
        Ok(())
    }
}
