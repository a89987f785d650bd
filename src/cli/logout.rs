//! `yihao logout`

use serde_json::json;
use uuid::Uuid;

use super::Call;
use crate::base::Moment;
use crate::logout::{self, State};

#[derive(clap::Subcommand)]
pub enum Command {
    /// List which relying systems were to be told of the end of a session, or of an account, the newest first, 200 at most.
    Deliveries {
        /// waiting, delivered, given_up or superseded
        #[arg(long)]
        state: Option<State>,
        /// Those before this one: the id of the last of the page before.
        #[arg(long, value_name = "ID")]
        before: Option<Uuid>,
    },
}

impl Command {
    pub async fn run(self, call: Call) -> anyhow::Result<()> {
        let Self::Deliveries { state, before } = self;
        let (app, _) = call.app().await?;
        let found = logout::list(&mut &app.db, state, before.unwrap_or(Uuid::max())).await?;
        let when = |moment: Moment| moment.timestamp().to_string();
        let mut rows = Vec::new();
        let mut cells = Vec::new();
        for delivery in found {
            let waits = delivery.state == State::Waiting;
            let next_at = waits.then(|| when(delivery.next_at));
            rows.push(json!({
                "delivery_id": delivery.id, "client_id": delivery.client, "person_id": delivery.person,
                "kind": delivery.kind.as_str(), "session_id": delivery.session, "state": delivery.state.as_str(),
                "attempts": delivery.attempts, "next_at": next_at, "last_error": delivery.last_error,
                "created_at": when(delivery.created_at),
            }));
            cells.push([
                delivery.id.to_string(),
                delivery.client,
                delivery.state.as_str().to_owned(),
                delivery.attempts.to_string(),
                next_at.unwrap_or_default(),
                delivery.last_error.unwrap_or_default(),
            ]);
        }
        call.print.table(&rows, ["delivery", "client", "state", "attempts", "next", "last error"], cells);
        Ok(())
    }
}
