//! The cases that a person must decide: the queue, and one of them side by side.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::account_cases;
use super::deciding::Typed;
use super::desk::Desk;
use super::names::{self, who};
use super::rights::{Decider, Form};
use crate::http::{Failure, urls};
use crate::identity::CaseKind;
use crate::legacy::cases::{self, AnyCase, CaseState, Due, Filter, LegacyCase};
use crate::legacy::{self, Around, Sides, Source, sides};
use crate::view::case_words::{account_kind_key, due_key, kind_key, reason_key, settled_key, state_key};
use crate::view::console_case::{HereRow, Line, Proposal, Settled, SiblingRow, Standing};
use crate::view::console_cases::{CaseRow, Choice, FilterGroup, Label, Outcome};
use crate::view::console_sources::account_state_key;
use crate::view::{ConsoleCase, ConsoleCases, Fault};

/// Cases of one page.
const PAGE: u32 = 50;

/// How the queue is narrowed, as it stands in its address.
#[derive(Clone, Debug, Default)]
struct Narrowed {
    source: String,
    state: String,
    kind: String,
    reason: String,
    due: String,
}

impl Narrowed {
    fn of(desk: &Desk) -> Self {
        let word = |name| desk.query.get(name).unwrap_or_default().to_owned();
        Self {
            source: word("source"),
            state: word("state"),
            kind: word("kind"),
            reason: word("reason"),
            due: word("due"),
        }
    }

    fn address(&self, after: &str) -> String {
        let Self { source, state, kind, reason, due } = self;
        let all = [
            ("source", source.as_str()),
            ("state", state),
            ("kind", kind),
            ("reason", reason),
            ("due", due),
            ("after", after),
        ];
        names::address(urls::CONSOLE_CASES, &all)
    }
}

pub async fn list(Decider { desk, .. }: Decider) -> Result<Response, Failure> {
    queue(&desk, StatusCode::OK, Typed::default(), Vec::new(), Vec::new()).await
}

/// The queue as the address narrows it; of a form that was sent, the whole.
pub(super) async fn queue(
    desk: &Desk,
    status: StatusCode,
    typed: Typed,
    outcomes: Vec<Outcome>,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let narrowed = Narrowed::of(desk);
    let by_id = names::sources(desk).await?;
    let source = match narrowed.source.as_str() {
        "" => None,
        name => Some(names::source(desk, name).await?.id),
    };
    let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let filter = Filter {
        source,
        state: narrowed.state.parse().ok(),
        kind: word(&narrowed.kind),
        reason: word(&narrowed.reason),
        due: narrowed.due.parse().unwrap_or_default(),
        after: desk.query.get("after").and_then(|id| id.parse().ok()),
        most: Some(PAGE),
    };
    let (app, keys, own) = (&desk.app, desk.app.keys.data(), desk.visit.actor.to_string());
    let mut tx = app.db.begin().await?;
    let (found, next) = cases::list_all(&mut tx, &desk.visit, &filter).await?;
    let mut rows = Vec::with_capacity(found.len());
    for case in found {
        let case = match case {
            AnyCase::OfLegacy(case) => *case,
            AnyCase::OfAccounts(case) => {
                rows.push(account_cases::row(desk, &mut tx, &case).await?);
                continue;
            }
        };
        let both = sides(&mut tx, &keys, &desk.visit, &case, None).await?;
        rows.push(CaseRow {
            id: case.id.to_string(),
            is_overdue: case.is_overdue(desk.visit.now),
            is_own: case.state == CaseState::Proposed && case.proposed_by.as_deref() == Some(&own),
            is_of_accounts: false,
            state: case.state,
            source: by_id.get(&case.source).map(|source| source.title.clone()).unwrap_or_default(),
            name: both.legacy.name,
            number: both.legacy.number,
            deadline: case.deadline.map(|deadline| deadline.day()),
            kind: case.kind,
            reason: case.reason,
        });
    }
    let next = next.map(|last| narrowed.address(&last.to_string()));
    let waiting = cases::waiting(&mut tx, desk.visit.now).await?;
    drop(tx);
    let page = ConsoleCases {
        filters: filters(&narrowed, &waiting, by_id.into_values().collect()),
        rows,
        next,
        outcomes,
        two_operators: app.config.legacy.two_operators,
        reason: typed.reason,
        faults,
    };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

/// What the queue can be narrowed by: links, so that each view of it has an address.
fn filters(narrowed: &Narrowed, waiting: &[cases::Waiting], mut sources: Vec<Source>) -> Vec<FilterGroup> {
    let count = |holds: &dyn Fn(&cases::Waiting) -> bool| {
        Some(waiting.iter().filter(|one| holds(one)).map(|one| one.cases).sum::<u64>())
    };
    let all = |address: Narrowed, current: bool| Choice {
        label: Label::Words("case-filter-all"),
        address: address.address(""),
        is_current: current,
        count: None,
    };
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    let mut by_source =
        vec![all(Narrowed { source: String::new(), ..narrowed.clone() }, narrowed.source.is_empty())];
    by_source.extend(sources.into_iter().map(|source| Choice {
        address: Narrowed { source: source.name.clone(), ..narrowed.clone() }.address(""),
        is_current: narrowed.source == source.name,
        count: count(&|one| one.source == Some(source.id)),
        label: Label::Text(source.title),
    }));
    let mut by_state =
        vec![all(Narrowed { state: String::new(), ..narrowed.clone() }, narrowed.state.is_empty())];
    by_state.extend(CaseState::ALL.iter().copied().map(|state| Choice {
        label: Label::Words(state_key(state)),
        address: Narrowed { state: state.as_str().to_owned(), ..narrowed.clone() }.address(""),
        is_current: narrowed.state == state.as_str(),
        count: state.waits().then(|| count(&|one| one.state == state)).flatten(),
    }));
    let by_due = Due::ALL.into_iter().map(|due| Choice {
        label: Label::Words(due_key(due)),
        address: Narrowed {
            due: if due == Due::Any { String::new() } else { due.as_str().to_owned() },
            ..narrowed.clone()
        }
        .address(""),
        is_current: narrowed.due.parse().unwrap_or(Due::Any) == due,
        count: (due == Due::Overdue).then(|| waiting.iter().map(|one| one.overdue).sum()),
    });
    let mut by_kind =
        vec![all(Narrowed { kind: String::new(), ..narrowed.clone() }, narrowed.kind.is_empty())];
    by_kind.extend([cases::REVIEW, cases::DIFFERS, cases::NOT_MINE].into_iter().map(|kind| Choice {
        label: Label::Words(kind_key(kind)),
        address: Narrowed { kind: kind.to_owned(), ..narrowed.clone() }.address(""),
        is_current: narrowed.kind == kind,
        count: count(&|one| one.kind == kind),
    }));
    by_kind.extend(CaseKind::ALL.iter().map(|kind| Choice {
        label: Label::Words(account_kind_key(*kind)),
        address: Narrowed { kind: kind.as_str().to_owned(), ..narrowed.clone() }.address(""),
        is_current: narrowed.kind == kind.as_str(),
        count: count(&|one| one.kind == kind.as_str()),
    }));
    let mut by_reason =
        vec![all(Narrowed { reason: String::new(), ..narrowed.clone() }, narrowed.reason.is_empty())];
    let of_rules = waiting.iter().filter(|one| one.source.is_some());
    let mut codes: Vec<&str> = of_rules.map(|one| one.reason.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    by_reason.extend(codes.into_iter().map(|code| Choice {
        label: Label::Words(reason_key(code)),
        address: Narrowed { reason: code.to_owned(), ..narrowed.clone() }.address(""),
        is_current: narrowed.reason == code,
        count: count(&|one| one.reason == code),
    }));
    vec![
        FilterGroup { key: "case-by-source", choices: by_source },
        FilterGroup { key: "case-by-state", choices: by_state },
        FilterGroup { key: "case-by-due", choices: by_due.collect() },
        FilterGroup { key: "case-by-kind", choices: by_kind },
        FilterGroup { key: "case-by-reason", choices: by_reason },
    ]
}

pub async fn show(Decider { desk, .. }: Decider, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    if let Some(case) = account_cases::find(&desk, id).await? {
        return account_cases::page(&desk, StatusCode::OK, case, None, String::new(), Vec::new()).await;
    }
    page(&desk, StatusCode::OK, id, None, Typed::default(), Vec::new()).await
}

/// Both sides whole, once: in this answer and nowhere else.
pub async fn reveal(
    Path(id): Path<Uuid>,
    Form { by: Decider { desk, .. }, form }: Form<Decider>,
) -> Result<Response, Failure> {
    let why = form.get("why").unwrap_or_default();
    let of_accounts = account_cases::find(&desk, id).await?;
    let fault = match (cases::reason(why), &of_accounts) {
        (Ok(_), Some(case)) => {
            let case = case.clone();
            return account_cases::page(&desk, StatusCode::OK, case, Some(why), String::new(), Vec::new())
                .await;
        }
        (Ok(_), None) => {
            return page(&desk, StatusCode::OK, id, Some(why), Typed::default(), Vec::new()).await;
        }
        (Err(legacy::Error::NumberInReason), _) => Fault::ReasonNumber,
        (Err(_), _) => Fault::ReasonMissing,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    match of_accounts {
        Some(case) => account_cases::page(&desk, status, case, None, String::new(), vec![fault]).await,
        None => page(&desk, status, id, None, Typed::default(), vec![fault]).await,
    }
}

/// A case. `whole_for`: not masked, for this reason.
pub(super) async fn page(
    desk: &Desk,
    status: StatusCode,
    id: Uuid,
    whole_for: Option<&str>,
    typed: Typed,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let (app, keys) = (&desk.app, desk.app.keys.data());
    let mut tx = app.db.begin().await?;
    let case = cases::find(&mut tx, id).await?.ok_or_else(names::missing)?;
    let both = sides(&mut tx, &keys, &desk.visit, &case, whole_for).await?;
    let around = legacy::around(&mut tx, &keys, &desk.visit, &app.config.trust, &case).await?;
    let source = Source::load(&mut tx, case.source).await?.ok_or_else(names::missing)?;
    let appealed = match case.appeal_of {
        Some(before) => cases::find(&mut tx, before).await?,
        None => None,
    };
    let batch = match case.link {
        Some(link) => legacy::find_link(&mut tx, &keys, link).await?.map(|link| link.batch.to_string()),
        None => None,
    };
    // To look at both sides whole is a writing act: it is noted.
    tx.commit().await?;
    let standing = standing(desk, &case);
    let statement = case.statement(&keys)?;
    let page = ConsoleCase {
        id: id.to_string(),
        source: source.title,
        lines: lines(&both),
        has_register: both.register.is_some(),
        is_whole: whole_for.is_some(),
        evidence: serde_json::from_str(&both.evidence).unwrap_or_default(),
        siblings: siblings(&around),
        subject: around.kind,
        wants_number: case.kind != cases::DIFFERS && both.register.is_none() && case.into.is_none(),
        here: here(around, case.into),
        statement,
        appeal_of: appealed.map(|before| {
            let day = before.decided_at.map(|at| at.day());
            (before.id.to_string(), before.decision_reason.unwrap_or_default(), day)
        }),
        proposal: proposal(desk, &case).await?,
        settled: settled(desk, &case, batch).await?,
        opened: case.opened_at.day(),
        deadline: case.deadline.filter(|_| case.state.waits()).map(|deadline| deadline.day()),
        is_overdue: case.is_overdue(desk.visit.now),
        state: case.state,
        standing,
        two_operators: app.config.legacy.two_operators,
        kind: case.kind,
        reason_code: case.reason,
        reason: typed.reason,
        number: typed.number,
        faults,
    };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

fn standing(desk: &Desk, case: &LegacyCase) -> Standing {
    let own = desk.visit.actor.to_string();
    match case.state {
        CaseState::Open => Standing::Decide,
        CaseState::Proposed if case.proposed_by.as_deref() == Some(&own) => Standing::Waits,
        CaseState::Proposed => Standing::Confirm,
        CaseState::Decided => Standing::Settled { may_undo: case.kind != cases::DIFFERS },
        CaseState::Withdrawn => Standing::Settled { may_undo: false },
    }
}

fn lines(both: &Sides) -> Vec<Line> {
    let register = both.register.clone();
    let (name, number) = register.map(|one| (one.name, one.number)).unwrap_or_default();
    let line = |key, old: &str, register, same| Line { key, old: old.to_owned(), register, same };
    let legacy = &both.legacy;
    let mut lines = vec![
        line("case-name", &legacy.name, name, both.same_name),
        line("case-number-line", &legacy.number, number, both.same_number),
    ];
    if !legacy.phone.is_empty() {
        lines.push(line("case-phone", &legacy.phone, String::new(), None));
    }
    if !legacy.registered.is_empty() {
        lines.push(line("case-registered", &legacy.registered, String::new(), None));
    }
    lines
}

fn here(around: Around, into: Option<Uuid>) -> Option<HereRow> {
    around.here.map(|here| HereRow {
        is_named: into == Some(here.account_id),
        name: here.name,
        number: here.number,
        trust: here.trust_level,
        state: here.state,
    })
}

fn siblings(around: &Around) -> Vec<SiblingRow> {
    let row = |one: &legacy::Sibling| SiblingRow {
        source: one.source.clone(),
        state: account_state_key(one.state),
        accounts: one.accounts,
    };
    around.siblings.iter().map(row).collect()
}

async fn proposal(desk: &Desk, case: &LegacyCase) -> Result<Option<Proposal>, Failure> {
    let (CaseState::Proposed, Some(by)) = (case.state, &case.proposed_by) else { return Ok(None) };
    let reason = case.decision_reason.clone().unwrap_or_default();
    Ok(Some(Proposal { by: who(desk, by).await?, reason }))
}

async fn settled(desk: &Desk, case: &LegacyCase, batch: Option<String>) -> Result<Option<Settled>, Failure> {
    if case.state.waits() {
        return Ok(None);
    }
    let mut by = Vec::new();
    for one in [&case.proposed_by, &case.decided_by].into_iter().flatten() {
        by.push(who(desk, one).await?);
    }
    let claimed = case.decision_reason.as_deref() == Some(cases::CLAIMED);
    Ok(Some(Settled {
        key: settled_key(case.state, case.decision.as_deref(), case.kind == cases::DIFFERS, claimed),
        by: by.join(" · "),
        at: case.decided_at.map(|at| at.local()),
        reason: case.decision_reason.clone().filter(|_| !claimed).unwrap_or_default(),
        batch,
    }))
}
