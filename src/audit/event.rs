//! The closed list of events.

use uuid::Uuid;

use crate::base::{AuthenticationLevel, Scopes, TrustLevel};

#[derive(Clone, Debug)]
pub enum Event<'a> {
    PersonRegistered {
        trust: TrustLevel,
        method: &'a str,
    },
    RegistrationRefused {
        reason: &'a str,
    },
    VerificationPending,
    VerificationFinished {
        outcome: &'a str,
    },
    SignedIn {
        aal: AuthenticationLevel,
        amr: &'a str,
    },
    SignInRefused {
        reason: &'a str,
    },
    SteppedUp {
        aal: AuthenticationLevel,
        amr: &'a str,
    },
    SecondFactorRefused {
        factor: &'a str,
    },
    SecondFactorAlways {
        always: bool,
    },
    SignedOut {
        session: Uuid,
    },
    /// What a person answered on their phone to a browser that showed its code.
    ScanAnswered {
        scan: Uuid,
        outcome: &'a str,
    },
    /// At one relying system only; the session goes on.
    SignedOutOfService {
        session: Uuid,
    },
    LogoutDelivered {
        delivery: Uuid,
    },
    LogoutGivenUp {
        delivery: Uuid,
        error: &'a str,
    },
    PasswordSet,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    TotpAdded,
    TotpRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed {
        left: usize,
    },
    ConsentGiven {
        scopes: Scopes,
        basis: &'a str,
    },
    ConsentDenied,
    /// A client has named a person, or nobody here, to be asked.
    RequestMade {
        request: Uuid,
    },
    RequesterBlocked {
        blocked: bool,
    },
    /// A request of another screen, by the person.
    RequestAnswered {
        request: Uuid,
        outcome: &'a str,
    },
    /// Opened by somebody although another had it open: a code that was passed on, or looked at over a shoulder.
    RequestRelayed {
        request: Uuid,
    },
    CodeRedeemed {
        grant: Uuid,
        scopes: Scopes,
        basis: &'a str,
    },
    /// A resource server was told of the person.
    Disclosed {
        grant: Uuid,
        scopes: Scopes,
        basis: &'a str,
    },
    ConsentWithdrawn,
    Refreshed {
        grant: Uuid,
    },
    RefreshReplayed {
        grant: Uuid,
    },
    ClientTokenIssued {
        scopes: Scopes,
    },
    GrantRevoked {
        grant: Uuid,
    },
    TokenRevoked,
    ClientAdded {
        by: &'a str,
    },
    ClientChanged {
        what: &'a str,
    },
    RegistrationAllowed {
        uses: u32,
    },
    KeysRotated {
        purpose: &'a str,
    },
    OrganizationAdded {
        organization: Uuid,
        department: &'a str,
    },
    OrganizationChanged {
        organization: Uuid,
        what: &'a str,
    },
    MandateOffered {
        mandate: Uuid,
        role: &'a str,
    },
    MandateAccepted {
        mandate: Uuid,
        role: &'a str,
    },
    MandateEnded {
        mandate: Uuid,
        reason: &'a str,
    },
    CapacityChosen {
        mandate: Option<Uuid>,
    },
    CaseOpened {
        case: Uuid,
        kind: &'a str,
    },
    PersonDisplaced,
    PersonClosed,
    PersonChanged {
        what: &'a str,
    },
    LevelRaised {
        trust: TrustLevel,
        method: &'a str,
    },
    RegisterLoaded {
        part: &'a str,
        written: u64,
    },
    RecoveryAsked,
    RecoveryRefused {
        proof: &'a str,
    },
    RecoveryBegun {
        recovery: Uuid,
    },
    RecoveryCancelled {
        recovery: Uuid,
    },
    RecoveryTicketIssued {
        recovery: Uuid,
        evidence: &'a str,
    },
    PasswordRecovered {
        by: &'a str,
    },
    ProofAgreed {
        method: &'a str,
    },
    ProofDenied {
        method: &'a str,
    },
    ProofRefused {
        method: &'a str,
        reason: &'a str,
    },
    ProofWithdrawn {
        method: &'a str,
    },
    TerminalEnrolled {
        terminal: Uuid,
        kind: &'a str,
    },
    /// The PIN that goes with a chip.
    PinSet,
    PinRefused {
        blocked: bool,
    },
    /// It showed its key, and may not act: suspended, or outside its hours.
    TerminalRefused {
        terminal: Uuid,
        reason: &'a str,
    },
    TerminalSuspended {
        terminal: Uuid,
        reason: &'a str,
    },
    NetworkIdentityBound,
    OperatorAdded {
        operator: Uuid,
        roles: &'a str,
    },
    OperatorChanged {
        operator: Uuid,
        what: &'a str,
    },
    OperatorSignedIn {
        operator: Uuid,
        aal: AuthenticationLevel,
        amr: &'a str,
    },
    OperatorRefused {
        reason: &'a str,
    },
    OperatorSignedOut {
        operator: Uuid,
        reason: &'a str,
    },
    /// The platform of the registers was asked about accounts of a source.
    LegacyAsked {
        source: Uuid,
        answers: u64,
        found: u64,
    },
    LegacyMatched {
        source: Uuid,
        accounts: u64,
        cases: u64,
    },
    LegacyMerged {
        batch: Uuid,
        links: u64,
        made: u64,
        held: u64,
    },
    LegacyUndone {
        batch: Option<Uuid>,
        links: u64,
        removed: u64,
    },
    LegacyLinkChanged {
        link: Uuid,
        what: &'a str,
    },
    CaseProposed {
        case: Uuid,
        decision: &'a str,
    },
    CaseDecided {
        case: Uuid,
        decision: &'a str,
    },
    /// Both sides were looked at whole.
    CaseRevealed {
        case: Uuid,
        reason: &'a str,
    },
    /// Nobody has decided in its time.
    CaseOverdue {
        case: Uuid,
    },
    /// Numbers of accounts of a source were printed whole.
    LegacyNumbersRevealed {
        source: Uuid,
        reason: &'a str,
    },
    LegacyUndoProposed {
        batch: Uuid,
    },
    /// Somebody did not want it after all.
    LegacyUndoWithdrawn {
        batch: Uuid,
    },
    /// By the old system itself, not by an import.
    LegacyAccountTold {
        legacy_account: Uuid,
        what: &'a str,
    },
    LegacySourceAdded {
        source: Uuid,
    },
    /// A run of matching or merging that was asked for at the console.
    LegacyTask {
        task: Uuid,
        what: &'a str,
    },
    /// A run of the import, as far as it came.
    LegacyImported {
        source: Uuid,
        import: Uuid,
        state: &'a str,
        added: u64,
        changed: u64,
        rejected: u64,
    },
    /// A clerk identifies more people than usual: somebody should look.
    ClerkUnusual {
        operator: Uuid,
        count: u64,
    },
    ShiftBegun {
        shift: Uuid,
        operator: Uuid,
    },
    ShiftEnded {
        shift: Uuid,
        reason: &'a str,
    },
    MatterOpened {
        matter: Uuid,
        operator: Uuid,
        code: &'a str,
    },
    MatterIdentified {
        matter: Uuid,
        operator: Uuid,
        how: &'a str,
    },
    MatterRefused {
        matter: Uuid,
        reason: &'a str,
    },
    MatterEnded {
        matter: Uuid,
    },
    DeedChanged {
        deed: Uuid,
        kind: &'a str,
        what: &'a str,
    },
}

impl Event<'_> {
    /// The event's name in the log: part and past participle.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PersonRegistered { .. } => "person.registered",
            Self::RegistrationRefused { .. } => "registration.refused",
            Self::VerificationPending => "verification.pending",
            Self::VerificationFinished { .. } => "verification.finished",
            Self::SignedIn { .. } => "session.signed_in",
            Self::SignInRefused { .. } => "session.refused",
            Self::SteppedUp { .. } => "session.stepped_up",
            Self::SecondFactorRefused { .. } => "second_factor.refused",
            Self::SecondFactorAlways { .. } => "second_factor.always",
            Self::SignedOut { .. } => "session.signed_out",
            Self::ScanAnswered { .. } => "session.scan_answered",
            Self::SignedOutOfService { .. } => "session.signed_out_of_service",
            Self::LogoutDelivered { .. } => "logout.delivered",
            Self::LogoutGivenUp { .. } => "logout.given_up",
            Self::PasswordSet => "password.set",
            Self::PasskeyAdded => "passkey.added",
            Self::PasskeyRenamed => "passkey.renamed",
            Self::PasskeyRemoved => "passkey.removed",
            Self::TotpAdded => "totp.added",
            Self::TotpRemoved => "totp.removed",
            Self::RecoveryCodesMade => "recovery_codes.made",
            Self::RecoveryCodeUsed { .. } => "recovery_code.used",
            Self::ConsentGiven { .. } => "consent.given",
            Self::ConsentDenied => "consent.denied",
            Self::RequestMade { .. } => "request.made",
            Self::RequesterBlocked { .. } => "request.blocked",
            Self::RequestAnswered { .. } => "request.answered",
            Self::RequestRelayed { .. } => "request.relayed",
            Self::CodeRedeemed { .. } => "grant.issued",
            Self::Disclosed { .. } => "data.disclosed",
            Self::ConsentWithdrawn => "consent.withdrawn",
            Self::Refreshed { .. } => "grant.refreshed",
            Self::RefreshReplayed { .. } => "grant.replayed",
            Self::ClientTokenIssued { .. } => "client.token_issued",
            Self::GrantRevoked { .. } => "grant.revoked",
            Self::TokenRevoked => "client.token_revoked",
            Self::ClientAdded { .. } => "client.added",
            Self::ClientChanged { .. } => "client.changed",
            Self::RegistrationAllowed { .. } => "client.registration_allowed",
            Self::KeysRotated { .. } => "keys.rotated",
            Self::OrganizationAdded { .. } => "organization.added",
            Self::OrganizationChanged { .. } => "organization.changed",
            Self::MandateOffered { .. } => "mandate.offered",
            Self::MandateAccepted { .. } => "mandate.accepted",
            Self::MandateEnded { .. } => "mandate.ended",
            Self::CapacityChosen { .. } => "session.capacity_chosen",
            Self::CaseOpened { .. } => "case.opened",
            Self::PersonDisplaced => "person.displaced",
            Self::PersonClosed => "person.closed",
            Self::PersonChanged { .. } => "person.changed",
            Self::LevelRaised { .. } => "person.proven",
            Self::RegisterLoaded { .. } => "register.loaded",
            Self::RecoveryAsked => "recovery.asked",
            Self::RecoveryRefused { .. } => "recovery.refused",
            Self::RecoveryBegun { .. } => "recovery.begun",
            Self::RecoveryCancelled { .. } => "recovery.cancelled",
            Self::RecoveryTicketIssued { .. } => "recovery.ticket_issued",
            Self::PasswordRecovered { .. } => "password.recovered",
            Self::ProofAgreed { .. } => "proof.agreed",
            Self::ProofDenied { .. } => "proof.denied",
            Self::ProofRefused { .. } => "proof.refused",
            Self::ProofWithdrawn { .. } => "proof.withdrawn",
            Self::PinSet => "pin.set",
            Self::PinRefused { .. } => "pin.refused",
            Self::TerminalEnrolled { .. } => "terminal.enrolled",
            Self::TerminalRefused { .. } => "terminal.refused",
            Self::TerminalSuspended { .. } => "terminal.suspended",
            Self::NetworkIdentityBound => "network_identity.bound",
            Self::OperatorAdded { .. } => "operator.added",
            Self::OperatorChanged { .. } => "operator.changed",
            Self::OperatorSignedIn { .. } => "operator.signed_in",
            Self::OperatorRefused { .. } => "operator.refused",
            Self::OperatorSignedOut { .. } => "operator.signed_out",
            Self::LegacyAsked { .. } => "legacy.asked",
            Self::LegacyMatched { .. } => "legacy.matched",
            Self::LegacyMerged { .. } => "legacy.merged",
            Self::LegacyUndone { .. } => "legacy.undone",
            Self::LegacyLinkChanged { .. } => "legacy.link_changed",
            Self::CaseProposed { .. } => "case.proposed",
            Self::CaseDecided { .. } => "case.decided",
            Self::CaseRevealed { .. } => "case.revealed",
            Self::CaseOverdue { .. } => "case.overdue",
            Self::LegacyNumbersRevealed { .. } => "legacy.numbers_revealed",
            Self::LegacyUndoProposed { .. } => "legacy.undo_proposed",
            Self::LegacyUndoWithdrawn { .. } => "legacy.undo_withdrawn",
            Self::LegacyAccountTold { .. } => "legacy.account_told",
            Self::LegacySourceAdded { .. } => "legacy.source_added",
            Self::LegacyTask { .. } => "legacy.task",
            Self::LegacyImported { .. } => "legacy.imported",
            Self::ClerkUnusual { .. } => "clerk.unusual",
            Self::ShiftBegun { .. } => "shift.begun",
            Self::ShiftEnded { .. } => "shift.ended",
            Self::MatterOpened { .. } => "matter.opened",
            Self::MatterIdentified { .. } => "matter.identified",
            Self::MatterRefused { .. } => "matter.refused",
            Self::MatterEnded { .. } => "matter.ended",
            Self::DeedChanged { .. } => "deed.changed",
        }
    }
}
