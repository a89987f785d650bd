//! Cases about accounts here: an account that better proof has displaced, two persons of one number.

use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::deciding::{Typed, fault};
use super::desk::Desk;
use super::names::{self, who};
use crate::db::Tx;
use crate::http::{Failure, urls};
use crate::identity::{self, Case, CaseKind, Verdict};
use crate::legacy;
use crate::legacy::cases::{AccountSide, account_sides, decide_account};
use crate::operator::OperatorSession;
use crate::view::Fault;
use crate::view::case_words::{account_kind_key, account_reason};
use crate::view::console_case::{AccountRow, ConsoleAccountCase, Settled};
use crate::view::console_cases::CaseRow;

/// The case, if it is one of these.
pub(super) async fn find(desk: &Desk, id: Uuid) -> Result<Option<Case>, Failure> {
    Ok(identity::find_case(&mut &desk.app.db, id).await?)
}

/// One in the queue.
pub(super) async fn row(desk: &Desk, tx: &mut Tx, case: &Case) -> Result<CaseRow, Failure> {
    let who = identity::who(tx, &desk.app.keys.data(), case.account).await?;
    let (number, name) = who.map(|(number, name)| (number.masked(), name.masked())).unwrap_or_default();
    Ok(CaseRow {
        id: case.id.to_string(),
        state: case.state,
        kind: case.kind.as_str().to_owned(),
        reason: account_reason(case.kind).to_owned(),
        source: String::new(),
        name,
        number,
        deadline: case.deadline.map(|deadline| deadline.day()),
        is_overdue: case.is_overdue(desk.visit.now),
        is_own: false,
        is_of_accounts: true,
    })
}

/// Both accounts beside each other. `whole_for`: not masked, for this reason.
pub(super) async fn page(
    desk: &Desk,
    status: StatusCode,
    case: Case,
    whole_for: Option<&str>,
    reason: String,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let mut tx = app.db.begin().await?;
    let sides = account_sides(&mut tx, &keys, &desk.visit, &app.config.trust, &case, whole_for).await?;
    // To look at them whole is a writing act: it is noted.
    tx.commit().await?;
    let settled = match (&case.verdict, &case.decided_by) {
        (Some(verdict), Some(by)) => Some(Settled {
            key: match verdict {
                Verdict::Stands => "settled-stands",
                Verdict::Hold => "settled-on-hold",
            },
            by: who(desk, by).await?,
            at: case.decided_at.map(|at| at.local()),
            reason: case.verdict_reason.clone().unwrap_or_default(),
            batch: None,
        }),
        _ => None,
    };
    let row = |side: AccountSide| AccountRow {
        id: side.account_id.to_string(),
        name: side.name,
        number: side.number,
        state: side.state,
        level: side.trust_level.map(|level| level as u64),
        evidence: side
            .evidence
            .into_iter()
            .map(|(method, trust, at)| (method, trust as u64, at.local().date()))
            .collect(),
    };
    let page = ConsoleAccountCase {
        id: case.id.to_string(),
        kind: account_kind_key(case.kind),
        is_shared: case.kind == CaseKind::SharedNumber,
        state: case.state,
        opened: case.opened_at.day(),
        deadline: case.deadline.filter(|_| case.state.waits()).map(|deadline| deadline.day()),
        is_overdue: case.is_overdue(desk.visit.now),
        account: row(sides.0),
        other: sides.1.map(row),
        is_whole: whole_for.is_some(),
        settled,
        reason,
        faults,
    };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

pub(super) async fn decide(
    desk: &Desk,
    session: &OperatorSession,
    case: Case,
    verdict: Verdict,
    typed: Typed,
) -> Result<Response, Failure> {
    let (app, own) = (&desk.app, session.operator.number.as_ref());
    let mut tx = app.db.begin().await?;
    let keys = app.keys.data();
    let decided = decide_account(&mut tx, &keys, &desk.visit, case.id, (verdict, &typed.reason), own).await;
    let fault = match decided {
        Ok(()) => {
            tx.commit().await?;
            app.logout_queued.notify_one();
            return Ok(desk.go(&urls::console_case(case.id)));
        }
        Err(legacy::Error::NoCase) => return Err(names::missing()),
        Err(legacy::Error::Doubtful(_)) => Fault::CaseShared,
        Err(error) => fault(error)?,
    };
    drop(tx);
    page(desk, StatusCode::UNPROCESSABLE_ENTITY, case, None, typed.reason, vec![fault]).await
}
