//! What the log says of an event beside its name: ids, words and counts, never a number, name or phone.

use serde_json::{Value, json};

use super::Event;

impl Event<'_> {
    pub(super) fn detail(&self) -> Value {
        match self {
            Self::PersonRegistered { trust, method } => json!({ "trust": trust, "method": method }),
            Self::RegistrationRefused { reason }
            | Self::SignInRefused { reason }
            | Self::OperatorRefused { reason } => {
                json!({ "reason": reason })
            }
            Self::VerificationFinished { outcome } => json!({ "outcome": outcome }),
            Self::SignedIn { aal, amr } | Self::SteppedUp { aal, amr } => {
                json!({ "aal": aal, "amr": amr })
            }
            Self::SecondFactorRefused { factor } => json!({ "factor": factor }),
            Self::SecondFactorAlways { always } => json!({ "always": always }),
            Self::RecoveryCodeUsed { left } => json!({ "left": left }),
            Self::SignedOut { session } | Self::SignedOutOfService { session } => {
                json!({ "session": session })
            }
            Self::LogoutDelivered { delivery } => json!({ "delivery": delivery }),
            Self::LogoutGivenUp { delivery, error } => json!({ "delivery": delivery, "error": error }),
            Self::ConsentGiven { scopes, basis } => json!({ "scopes": scopes, "basis": basis }),
            Self::CodeRedeemed { grant, scopes, basis } | Self::Disclosed { grant, scopes, basis } => {
                json!({ "grant": grant, "scopes": scopes, "basis": basis })
            }
            Self::Refreshed { grant } | Self::RefreshReplayed { grant } | Self::GrantRevoked { grant } => {
                json!({ "grant": grant })
            }
            Self::ClientTokenIssued { scopes } => json!({ "scopes": scopes }),
            Self::ClientAdded { by } => json!({ "by": by }),
            Self::ClientChanged { what } => json!({ "what": what }),
            Self::RegistrationAllowed { uses } => json!({ "uses": uses }),
            Self::KeysRotated { purpose } => json!({ "purpose": purpose }),
            Self::OrganizationAdded { organization, department } => {
                json!({ "organization": organization, "department": department })
            }
            Self::OrganizationChanged { organization, what } => {
                json!({ "organization": organization, "what": what })
            }
            Self::MandateOffered { mandate, role } | Self::MandateAccepted { mandate, role } => {
                json!({ "mandate": mandate, "role": role })
            }
            Self::MandateEnded { mandate, reason } => json!({ "mandate": mandate, "reason": reason }),
            Self::CapacityChosen { mandate } => json!({ "mandate": mandate }),
            Self::CaseOpened { case, kind } => json!({ "case": case, "kind": kind }),
            Self::PersonChanged { what } => json!({ "what": what }),
            Self::LevelRaised { trust, method } => json!({ "trust": trust, "method": method }),
            Self::RegisterLoaded { part, written } => json!({ "part": part, "written": written }),
            Self::RecoveryRefused { proof } => json!({ "proof": proof }),
            Self::RecoveryBegun { recovery } | Self::RecoveryCancelled { recovery } => {
                json!({ "recovery": recovery })
            }
            Self::RecoveryTicketIssued { recovery, evidence } => {
                json!({ "recovery": recovery, "evidence": evidence })
            }
            Self::PasswordRecovered { by } => json!({ "by": by }),
            Self::ProofAgreed { method } | Self::ProofDenied { method } | Self::ProofWithdrawn { method } => {
                json!({ "method": method })
            }
            Self::ProofRefused { method, reason } => json!({ "method": method, "reason": reason }),
            Self::TerminalEnrolled { terminal, kind } => json!({ "terminal": terminal, "kind": kind }),
            Self::TerminalRefused { terminal, reason } | Self::TerminalSuspended { terminal, reason } => {
                json!({ "terminal": terminal, "reason": reason })
            }
            Self::ClerkUnusual { operator, count } => json!({ "operator": operator, "count": count }),
            Self::ShiftBegun { shift, operator } => json!({ "shift": shift, "operator": operator }),
            Self::ShiftEnded { shift, reason } => json!({ "shift": shift, "reason": reason }),
            Self::MatterOpened { matter, operator, code } => {
                json!({ "matter": matter, "operator": operator, "code": code })
            }
            Self::MatterIdentified { matter, operator, how } => {
                json!({ "matter": matter, "operator": operator, "how": how })
            }
            Self::MatterRefused { matter, reason } => json!({ "matter": matter, "reason": reason }),
            Self::MatterEnded { matter } => json!({ "matter": matter }),
            Self::DeedChanged { deed, kind, what } => json!({ "deed": deed, "kind": kind, "what": what }),
            Self::OperatorAdded { operator, roles } => json!({ "operator": operator, "roles": roles }),
            Self::OperatorChanged { operator, what } => json!({ "operator": operator, "what": what }),
            Self::OperatorSignedIn { operator, aal, amr } => {
                json!({ "operator": operator, "aal": aal, "amr": amr })
            }
            Self::OperatorSignedOut { operator, reason } => {
                json!({ "operator": operator, "reason": reason })
            }
            Self::ScanAnswered { scan, outcome } => json!({ "scan": scan, "outcome": outcome }),
            Self::RequestAnswered { request, outcome } => json!({ "request": request, "outcome": outcome }),
            Self::RequesterBlocked { blocked } => json!({ "blocked": blocked }),
            Self::RequestMade { request } | Self::RequestRelayed { request } => json!({ "request": request }),
            Self::LegacyAccountTold { legacy_account, what } => {
                json!({ "legacy_account": legacy_account, "what": what })
            }
            Self::PinRefused { blocked } => json!({ "blocked": blocked }),
            Self::LegacyAsked { source, answers, found } => {
                json!({ "source": source, "answers": answers, "found": found })
            }
            Self::LegacyMatched { source, accounts, cases } => {
                json!({ "source": source, "accounts": accounts, "cases": cases })
            }
            Self::LegacyMerged { batch, links, made, held } => {
                json!({ "batch": batch, "links": links, "made": made, "held": held })
            }
            Self::LegacyUndone { batch, links, removed } => {
                json!({ "batch": batch, "links": links, "removed": removed })
            }
            Self::LegacyLinkChanged { link, what } => json!({ "link": link, "what": what }),
            Self::CaseProposed { case, decision } | Self::CaseDecided { case, decision } => {
                json!({ "case": case, "decision": decision })
            }
            Self::CaseRevealed { case, reason } => json!({ "case": case, "reason": reason }),
            Self::CaseOverdue { case } => json!({ "case": case }),
            Self::LegacyNumbersRevealed { source, reason } => json!({ "source": source, "reason": reason }),
            Self::LegacyUndoProposed { batch } | Self::LegacyUndoWithdrawn { batch } => {
                json!({ "batch": batch })
            }
            Self::LegacySourceAdded { source } => json!({ "source": source }),
            Self::LegacyTask { task, what } => json!({ "task": task, "what": what }),
            Self::LegacyImported { source, import, state, added, changed, rejected } => json!({
                "source": source, "import": import, "state": state,
                "added": added, "changed": changed, "rejected": rejected
            }),
            Self::VerificationPending
            | Self::NetworkIdentityBound
            | Self::PinSet
            | Self::RecoveryAsked
            | Self::PasswordSet
            | Self::PersonDisplaced
            | Self::PersonClosed
            | Self::PasskeyAdded
            | Self::PasskeyRenamed
            | Self::PasskeyRemoved
            | Self::TotpAdded
            | Self::TotpRemoved
            | Self::RecoveryCodesMade
            | Self::ConsentDenied
            | Self::ConsentWithdrawn
            | Self::TokenRevoked => json!({}),
        }
    }
}
