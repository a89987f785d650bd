//! Deciding cases, one or many, and taking a decision back.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::account_cases;
use super::cases::{page, queue};
use super::desk::Desk;
use super::names;
use super::rights::{Decider, Form};
use crate::app::undo_case;
use crate::base::number::{CitizenId, CreditCode, OfficialNumber};
use crate::http::{Failure, Params, urls};
use crate::identity;
use crate::legacy;
use crate::legacy::cases::{self, Decided, Deciding, Decision};
use crate::operator::OperatorSession;
use crate::view::Fault;
use crate::view::case_words::{outcome_key, refusal_key};
use crate::view::console_cases::Outcome;

/// What was typed into a form of decisions.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub reason: String,
    /// Of the account here that an operator names.
    pub number: String,
}

impl Typed {
    fn of(form: &Params) -> Self {
        let text = |name| form.get(name).unwrap_or_default().chars().take(600).collect();
        Self { reason: text("reason"), number: text("number") }
    }
}

fn decision(form: &Params) -> Result<Decision, Failure> {
    let word = form.get("decision").and_then(|word| word.parse().ok());
    word.ok_or_else(|| Failure::bad_request("invalid_request"))
}

pub async fn one(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, session }, form }: Form<Decider>,
) -> Result<Response, Failure> {
    let typed = Typed::of(&form);
    if let Some(case) = account_cases::find(&desk, id).await? {
        let verdict = form.get("decision").and_then(|word| word.parse().ok());
        let verdict = verdict.ok_or_else(|| Failure::bad_request("invalid_request"))?;
        return account_cases::decide(&desk, &session, case, verdict, typed).await;
    }
    let decision = decision(&form)?;
    let into = match account(&desk, &typed.number).await? {
        Ok(into) => into,
        Err(fault) => {
            return page(&desk, StatusCode::UNPROCESSABLE_ENTITY, id, None, typed, vec![fault]).await;
        }
    };
    match decide(&desk, &session, id, decision, &typed.reason, into).await? {
        Ok(_) => Ok(desk.go(&urls::console_case(id))),
        Err(fault) => page(&desk, StatusCode::UNPROCESSABLE_ENTITY, id, None, typed, vec![fault]).await,
    }
}

/// Many by one reason: each is decided by itself, and what cannot be is named.
pub async fn many(Form { by: Decider { desk, session }, form }: Form<Decider>) -> Result<Response, Failure> {
    let (typed, decision) = (Typed::of(&form), decision(&form)?);
    let chosen: Vec<Uuid> = form
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("case-"))
        .filter_map(|id| id.parse().ok())
        .collect();
    let fault = match cases::reason(&typed.reason) {
        _ if chosen.is_empty() => Some(Fault::CaseNoneChosen),
        Ok(_) => None,
        Err(legacy::Error::NumberInReason) => Some(Fault::ReasonNumber),
        Err(_) => Some(Fault::ReasonMissing),
    };
    if let Some(fault) = fault {
        return queue(&desk, StatusCode::UNPROCESSABLE_ENTITY, typed, Vec::new(), vec![fault]).await;
    }
    let mut outcomes = Vec::with_capacity(chosen.len());
    for id in chosen {
        let (key, is_good) = match decide(&desk, &session, id, decision, &typed.reason, None).await? {
            Ok(decided) => (outcome_key(&decided), true),
            Err(fault) => (refusal_key(fault), false),
        };
        outcomes.push(Outcome { id: id.to_string(), key, is_good });
    }
    queue(&desk, StatusCode::OK, Typed::default(), outcomes, Vec::new()).await
}

/// Decides one case, in a transaction of its own.
pub(super) async fn decide(
    desk: &Desk,
    session: &OperatorSession,
    id: Uuid,
    decision: Decision,
    reason: &str,
    into: Option<Uuid>,
) -> Result<Result<Decided, Fault>, Failure> {
    let app = &desk.app;
    let two_operators = app.config.legacy.two_operators;
    let deciding = Deciding { decision, reason, into, two_operators, own: session.operator.number.as_ref() };
    let mut tx = app.db.begin().await?;
    let decided = cases::decide(&mut tx, &app.keys, &desk.visit, &app.config.trust, id, deciding).await;
    match decided {
        Ok(decided) => {
            tx.commit().await?;
            app.logout_queued.notify_one();
            Ok(Ok(decided))
        }
        Err(legacy::Error::NoCase) => Err(names::missing()),
        Err(error) => fault(error).map(Err),
    }
}

/// What an operator can put right, or must know.
pub(super) fn fault(error: legacy::Error) -> Result<Fault, Failure> {
    Ok(match error {
        legacy::Error::NoReason => Fault::ReasonMissing,
        legacy::Error::NumberInReason => Fault::ReasonNumber,
        legacy::Error::SameOperator => Fault::CaseSameOperator,
        legacy::Error::NoOwner => Fault::CaseNoOwner,
        legacy::Error::OwnMatter => Fault::CaseOwnMatter,
        legacy::Error::Doubtful(_) => Fault::CaseDoubtful,
        legacy::Error::CaseDecided | legacy::Error::Changed | legacy::Error::NoLink => Fault::CaseOver,
        other => return Err(other.into()),
    })
}

/// The account here of a number that an operator has typed; none where none was.
async fn account(desk: &Desk, typed: &str) -> Result<Result<Option<Uuid>, Fault>, Failure> {
    if typed.trim().is_empty() {
        return Ok(Ok(None));
    }
    let number = CitizenId::parse(typed, desk.visit.now.day())
        .map(OfficialNumber::from)
        .or_else(|_| CreditCode::parse(typed).map(OfficialNumber::from));
    let Ok(number) = number else { return Ok(Err(Fault::NumberMistyped)) };
    let keys = desk.app.keys.data();
    let found = identity::find_by_number(&mut &desk.app.db, &keys, &number).await?;
    Ok(found.map(Some).ok_or(Fault::CaseNoAccount))
}

pub async fn undo(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, .. }, .. }: Form<Decider>,
) -> Result<Response, Failure> {
    match undo_case(&desk.app, &desk.visit, id).await {
        Ok(_) => Ok(desk.go(&urls::console_case(id))),
        Err(legacy::Error::NoCase) => Err(names::missing()),
        Err(
            legacy::Error::CaseOpen | legacy::Error::Changed | legacy::Error::Undone | legacy::Error::NoLink,
        ) => {
            let faults = vec![Fault::CaseOver];
            page(&desk, StatusCode::UNPROCESSABLE_ENTITY, id, None, Typed::default(), faults).await
        }
        Err(other) => Err(other.into()),
    }
}
