//! The sources: how far imports are, and what became of the accounts.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::Desk;
use super::rights::Overseer;
use super::{names, runs};
use crate::app;
use crate::http::Failure;
use crate::legacy::matching::Class;
use crate::legacy::report::{Count, Line, Report};
use crate::legacy::{self, Source, State, SubjectKind, cases};
use crate::operator::{OperatorSession, Role};
use crate::view::console_sources::{
    Bar, ImportRow, ReasonRow, SourceRow, account_state_key, class_key, share,
};
use crate::view::{ConsoleSource, ConsoleSources, Fault};

/// Reasons that are shown.
const SHOWN: usize = 40;

pub async fn list(Overseer { desk, .. }: Overseer) -> Result<Response, Failure> {
    let mut read = &desk.app.db;
    let waiting = cases::waiting(&mut read, desk.visit.now).await?;
    let mut rows = Vec::new();
    for source in Source::all(&mut read).await? {
        let imports = legacy::imports(&mut read, source.id).await?;
        let of_it = || waiting.iter().filter(|one| one.source == Some(source.id));
        rows.push(SourceRow {
            import: imports.first().map(|import| ImportRow::of(import, desk.visit.now)),
            waiting: of_it().map(|one| one.cases).sum(),
            overdue: of_it().map(|one| one.overdue).sum(),
            name: source.name,
            title: source.title,
        });
    }
    let page = ConsoleSources { rows };
    Ok(desk.page(StatusCode::OK, page.render(&desk.frame()?)))
}

pub async fn show(
    Overseer { desk, session }: Overseer,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let source = names::source(&desk, &name).await?;
    page(&desk, &session, StatusCode::OK, source, Vec::new()).await
}

pub(super) async fn page(
    desk: &Desk,
    session: &OperatorSession,
    status: StatusCode,
    source: Source,
    faults: Vec<Fault>,
) -> Result<Response, Failure> {
    let (mut read, keys) = (&desk.app.db, desk.app.keys.data());
    let imports = legacy::imports(&mut read, source.id).await?;
    let (report, is_counting) = app::report(&desk.app, source.id).await?;
    let report = report.unwrap_or_else(|| Report::nothing(desk.visit.now));
    let counts: Vec<Count> = report.counts().cloned().collect();
    let accounts: u64 = counts.iter().map(|count| count.accounts).sum();
    let waiting = cases::waiting(&mut read, desk.visit.now).await?;
    let of_it = || waiting.iter().filter(|one| one.source == Some(source.id));
    let mut lines = report.lines(&mut read, &keys).await?;
    lines.sort_by_key(|line| std::cmp::Reverse(line.count.accounts));
    let reason = |Line { count, samples }: Line| ReasonRow {
        class: class_key(count.class.parse().ok()),
        code: count.reason,
        kind: subject_key(&count.kind),
        count: count.accounts,
        share: share(count.accounts, accounts),
        samples: samples.into_iter().map(|one| (one.name, one.number)).collect(),
    };
    let page = ConsoleSource {
        imports: imports.iter().map(|import| ImportRow::of(import, desk.visit.now)).collect(),
        runs: runs::rows(desk, source.id).await?,
        to_match: report.to_match(),
        to_merge: report.to_merge(),
        two_operators: desk.app.config.legacy.two_operators_to_merge,
        accounts,
        states: by_state(&counts, accounts),
        classes: by_class(&counts, accounts),
        reasons: lines.into_iter().take(SHOWN).map(reason).collect(),
        unregistered: Some(report.unregistered).filter(|one| one.accounts > 0),
        waiting: of_it().map(|one| one.cases).sum(),
        overdue: of_it().map(|one| one.overdue).sum(),
        may_decide: session.role == Role::Decider,
        counted: report.counted_at.local(),
        is_counting,
        name: source.name,
        title: source.title,
        client: source.client,
        faults,
    };
    Ok(desk.page(status, page.render(&desk.frame()?)))
}

fn subject_key(kind: &str) -> &'static str {
    match kind.parse() {
        Ok(SubjectKind::Organization) => "subject-organization",
        _ => "subject-person",
    }
}

fn by_state(counts: &[Count], all: u64) -> Vec<Bar> {
    let of = |state| counts.iter().filter(|count| count.state == state).map(|count| count.accounts).sum();
    let bars = State::ALL.iter().map(|state| (account_state_key(*state), of(*state)));
    bars.filter(|(_, count)| *count > 0)
        .map(|(key, count)| Bar { key, count, share: share(count, all) })
        .collect()
}

fn by_class(counts: &[Count], all: u64) -> Vec<Bar> {
    let mut classes: BTreeMap<Option<Class>, u64> = BTreeMap::new();
    for count in counts {
        *classes.entry(count.class.parse().ok()).or_default() += count.accounts;
    }
    classes
        .into_iter()
        .map(|(class, count)| Bar { key: class_key(class), count, share: share(count, all) })
        .collect()
}
