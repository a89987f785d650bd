//! The words of cases: which key of the texts says a state, a kind, a reason, an outcome.

use super::Fault;
use crate::identity::CaseKind;
use crate::legacy::cases::{self, CaseState, Decision, Due};

pub const fn account_kind_key(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Displaced => "case-kind-displaced",
        CaseKind::SharedNumber => "case-kind-shared-number",
    }
}

/// The code by which the queue says what such a case is about.
pub const fn account_reason(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Displaced => "DISPLACED",
        CaseKind::SharedNumber => "SHARED_NUMBER",
    }
}

pub(super) fn here_key(state: &str) -> &'static str {
    match state {
        "unclaimed" => "here-unclaimed",
        "held" => "here-held",
        "closed" => "here-closed",
        "active" => "here-active",
        _ => "here-inactive",
    }
}

pub const fn state_key(state: CaseState) -> &'static str {
    match state {
        CaseState::Open => "case-open",
        CaseState::Proposed => "case-proposed",
        CaseState::Decided => "case-decided",
        CaseState::Withdrawn => "case-withdrawn",
    }
}

pub fn kind_key(kind: &str) -> &'static str {
    if let Ok(kind) = kind.parse::<CaseKind>() {
        return account_kind_key(kind);
    }
    match kind {
        cases::DIFFERS => "case-kind-differs",
        cases::NOT_MINE => "case-kind-not-mine",
        _ => "case-kind-review",
    }
}

pub const fn due_key(due: Due) -> &'static str {
    match due {
        Due::Any => "case-due-any",
        Due::Soon => "case-due-soon",
        Due::Overdue => "case-due-overdue",
    }
}

/// What a code of the rules, or of the import, means.
pub fn reason_key(code: &str) -> &'static str {
    match code {
        "NUMBER_AND_NAME" => "reason-number-and-name",
        "FORMER_NAME" => "reason-former-name",
        "CHANGED_NUMBER" => "reason-changed-number",
        "ID15" => "reason-id15",
        "OTHER_KEY" => "reason-other-key",
        "NAME_MISMATCH" => "reason-name-mismatch",
        "AMBIGUOUS" => "reason-ambiguous",
        "REGISTER_STATUS" => "reason-register-status",
        "NAME_PRIVATE_USE" => "reason-name-private-use",
        "ID15_NO_RECORD" => "reason-id15-no-record",
        "NUMBER_OF_OTHER_KIND" | "DOCUMENT_KIND" => "reason-number-kind",
        "NO_RECORD" => "reason-no-record",
        "DECEASED" => "reason-deceased",
        "EMPTY" => "reason-empty",
        "MASKED" => "reason-masked",
        "CHECKSUM" => "reason-checksum",
        "OWNER_NUMBER" => "reason-owner-number",
        "ACCOUNT_UNPROVEN" => "reason-account-unproven",
        "ACCOUNT_HELD" => "reason-account-held",
        "EVIDENCE_BROKEN" => "reason-evidence-broken",
        "CHANGED_SINCE" => "reason-changed-since",
        "NOT_MINE" => "reason-not-mine",
        "APPEAL" => "reason-appeal",
        "DISPLACED" => "reason-displaced",
        "SHARED_NUMBER" => "reason-shared-number",
        "OK" | "NORMALIZED" | "CONVERTED" => "reason-good-number",
        "REVOKED" | "DEREGISTERED" | "SUSPENDED" | "FORMING" | "MOVED_AWAY" => "reason-entity",
        excel if excel.starts_with("EXCEL") => "reason-excel",
        _ => "reason-other",
    }
}

/// What came of a decision, as the queue says it.
pub const fn outcome_key(decided: &cases::Decided) -> &'static str {
    match decided {
        cases::Decided::Proposed => "outcome-proposed",
        cases::Decided::Merged(_) => "outcome-merged",
        cases::Decided::Rejected => "outcome-rejected",
    }
}

/// The decision of a case that is settled. `claimed`: by the citizen, without an operator.
pub fn settled_key(state: CaseState, decision: Option<&str>, differs: bool, claimed: bool) -> &'static str {
    if claimed {
        return "settled-claimed";
    }
    let merged = decision == Some(Decision::Merge.as_str());
    match (state, merged, differs) {
        (CaseState::Withdrawn, ..) => "settled-withdrawn",
        (_, true, true) => "settled-held",
        (_, true, false) => "settled-merged",
        (_, false, true) => "settled-unlinked",
        (_, false, false) => "settled-rejected",
    }
}

/// Why one of many was left as it is.
pub const fn refusal_key(fault: Fault) -> &'static str {
    match fault {
        Fault::CaseSameOperator => "outcome-same-operator",
        Fault::CaseNoOwner => "outcome-no-owner",
        Fault::CaseOwnMatter => "outcome-own-matter",
        Fault::CaseDoubtful => "outcome-doubtful",
        _ => "outcome-over",
    }
}
