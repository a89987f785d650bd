//! Decisions about accounts that concern a person: what was decided and why, until when the rest will be, and their word
//! against a rejection. Accounts that only carry their number are told of to who has shown level 4.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::title_of;
use crate::http::{Failure, urls};
use crate::legacy;
use crate::legacy::cases::{self, CaseState, Concern};
use crate::pages::here::{Here, Posted};
use crate::pages::view::legacy::Stands;
use crate::pages::view::{DecisionRow, Decisions, Fault};

/// The longest that is kept of what somebody says, in characters.
const LONGEST: usize = 2000;

pub async fn show(here: Here) -> Result<Response, Failure> {
    if let Err(first) = here.finished() {
        return Ok(here.go(&first));
    }
    page(&here, StatusCode::OK, "", Vec::new()).await
}

async fn page(here: &Here, status: StatusCode, said: &str, faults: Vec<Fault>) -> Result<Response, Failure> {
    let Some(session) = &here.session else { return Ok(here.to_sign_in()) };
    let keys = here.app.keys.data();
    let mut rows = Vec::new();
    for Concern { case, may_appeal } in cases::concerns(&mut &here.app.db, &keys, session.person).await? {
        let stands = match (case.state, case.deadline, case.decision.as_deref()) {
            (CaseState::Open | CaseState::Proposed, deadline, _) => Stands::Waits {
                until: deadline.map(|deadline| deadline.day()),
                late: case.is_overdue(here.visit.now),
            },
            (CaseState::Withdrawn, ..) => Stands::NoMore,
            (CaseState::Decided, _, Some("merge")) => Stands::Merged,
            (CaseState::Decided, ..) => Stands::Rejected,
        };
        rows.push(DecisionRow {
            case: case.id.to_string(),
            source: title_of(here, case.source).await?,
            opened: case.opened_at.day(),
            is_appeal: case.appeal_of.is_some(),
            decided: case.decided_at.map(|at| at.day()),
            reason: case
                .decision_reason
                .clone()
                .filter(|reason| case.state == CaseState::Decided && reason != cases::CLAIMED),
            stands,
            may_appeal,
        });
    }
    let page = Decisions {
        rows,
        appealed: here.query.get("appealed").is_some(),
        said: said.chars().take(LONGEST).collect(),
        faults,
    };
    Ok(here.page(status, page.render(&here.frame()?)))
}

pub async fn appeal(Posted { here, form }: Posted) -> Result<Response, Failure> {
    let session = match here.finished() {
        Ok(session) => session.clone(),
        Err(first) => return Ok(here.go(&first)),
    };
    let case = form.get("case").and_then(|id| id.parse().ok());
    let case: Uuid = case.ok_or_else(|| Failure::bad_request("invalid_request"))?;
    let said = form.get("statement").unwrap_or_default().trim();
    if said.is_empty() || said.chars().count() > LONGEST {
        return page(&here, StatusCode::UNPROCESSABLE_ENTITY, said, vec![Fault::StatementMissing]).await;
    }
    let keys = here.app.keys.data();
    let mut tx = here.app.db.begin().await?;
    match cases::appeal(&mut tx, &keys, &here.visit, (case, session.person), said).await {
        Ok(_) => tx.commit().await?,
        // Not theirs, or said already: the page tells how it stands.
        Err(legacy::Error::NoCase | legacy::Error::Changed) => {
            return Ok(here.go(&here.along(urls::ACCOUNT_LEGACY_DECISIONS)));
        }
        Err(other) => return Err(other.into()),
    }
    let to = here.along(urls::ACCOUNT_LEGACY_DECISIONS);
    let separator = if to.contains('?') { '&' } else { '?' };
    Ok(here.go(&format!("{to}{separator}appealed=1")))
}
