//! `yihao legacy cases`

use uuid::Uuid;

use super::{Call, source};
use crate::legacy::cases::{self, CaseState, Due, Filter};
use crate::legacy::sides;

#[derive(clap::Args)]
pub struct Cases {
    /// The name of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
    /// open, proposed, decided or withdrawn; without it those that wait: open and proposed.
    #[arg(long)]
    state: Option<CaseState>,
    /// Only those of this kind: legacy-review, legacy-differs or legacy-not-mine.
    #[arg(long)]
    kind: Option<String>,
    /// Only those of this reason, a code of `legacy report`.
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// Only those whose deadline has passed.
    #[arg(long)]
    overdue: bool,
    /// Those behind this one: the id of the last of the page before.
    #[arg(long, value_name = "ID")]
    after: Option<Uuid>,
}

impl Cases {
    /// A page of 200, the oldest first, both sides masked.
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let (app, visit) = call.app().await?;
        let source = source(&app, &self.source).await?;
        let Self { state, kind, reason, overdue, after, .. } = self;
        let due = if overdue { Due::Overdue } else { Due::Any };
        let filter = Filter { source: Some(source.id), state, kind, reason, due, after, most: None };
        let keys = app.keys.data();
        let mut tx = app.db.begin().await?;
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        for case in cases::list(&mut tx, &visit, &filter).await? {
            let both = sides(&mut tx, &keys, &visit, &case, None).await?;
            let deadline = case.deadline.map(|deadline| deadline.day().to_string()).unwrap_or_default();
            let register = both.register.as_ref();
            cells.push([
                case.id.to_string(),
                case.state.as_str().to_owned(),
                case.reason.clone(),
                deadline,
                format!("{} {}", both.legacy.name, both.legacy.number),
                register.map(|one| format!("{} {}", one.name, one.number)).unwrap_or_default(),
            ]);
            rows.push(cases::told(&case, &both));
        }
        call.print.table(&rows, ["case", "state", "reason", "deadline", "old system", "register"], cells);
        Ok(())
    }
}
