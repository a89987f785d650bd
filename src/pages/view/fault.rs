//! What a person is asked to look at again. The handler names it, the words are found by key.

use std::time::Duration;

use super::Frame;

/// One thing to put right on a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    IdentifierMissing,
    SignInPasswordMissing,
    /// One answer for every failed sign-in: unknown, ambiguous, wrong.
    SignInRefused,
    /// Too many failures (429).
    TooMany(Duration),
    /// No hash worker is free (503).
    Busy(Duration),
    PhoneMissing,
    PhoneMalformed,
    CodeMissing,
    CodeMalformed,
    CodeWrong,
    CodeExpired,
    NameMissing,
    NameMalformed,
    NumberMissing,
    NumberLength,
    NumberCharacters,
    NumberDate,
    /// The check digit (or the region) does not fit: a slip in typing.
    NumberMistyped,
    PasswordMissing,
    PasswordShort,
    PasswordLong,
    PasswordCommon,
    /// It holds the person's own number, phone, name or birthday.
    PasswordPersonal,
    PasswordsDiffer,
    CapacityMissing,
    /// On the phone no number was chosen.
    ScanNumberMissing,
    CreditCodeMissing,
    CreditCodeMistyped,
    ScopeTooWide,
    ScopeMalformed,
    PeriodWrong,
    AgencyCircle,
    AgencyDepth,
    MandateExists,
    NotRepresentative,
    RegisterSilent,
    GuardianNeeded,
    CountryMissing,
    NotGuardian,
    NotMinor,
    CurrentWrong,
    FactorCodeMissing,
    AppCodeWrong,
    RecoveryCodeWrong,
    /// What is to be removed is the last that may remain.
    FactorLast,
    /// One answer for every code that does not lead to a new password: wrong, too old, nobody's.
    RecoverCodeWrong,
    FaceFailed,
    /// The person has not done the check to its end.
    FaceUnfinished,
    /// Who does the check does not answer.
    FaceSilent,
    /// The national platform did not say who it is.
    NationalRefused,
    /// Who was shown is not who is signed in. Nothing of them is told.
    OtherPerson,
    CertificateMissing,
    CertificateExpired,
    UserNameMissing,
    OldPasswordMissing,
    /// One answer to every claim of an earlier account that fails.
    ClaimRefused,
    /// Unknown authority, revoked, or without a citizen ID.
    CertificateRefused,
    /// The service for network identity did not say yes.
    NetworkRefused,
    /// The person has not confirmed yet.
    NetworkUnfinished,
    NetworkSilent,
    /// Another account has this network number.
    NetworkElsewhere,
    /// Another account has the number that the person wants told.
    NumberElsewhere,
    /// A person's certificate, where an enterprise's is wanted.
    LicencePersonal,
    /// The register does not know the enterprise, or not as one that trades.
    LicenceInactive,
    LicenceContested,
    /// Somebody may grant for the enterprise.
    LicenceGoverned,
    LicenceSilent,
    OperatorMissing,
    /// One answer for every failed sign-in of an operator.
    OperatorRefused,
    /// One answer for every certificate with a password at a window that do not belong together.
    ClerkRefused,
    /// The operator may not do this at this window.
    WindowRefused,
    UserCodeMissing,
    /// One answer for every code that opens nothing: wrong, too old, used.
    UserCodeWrong,
    /// It does not stand on the terminal's screen any more: perhaps a picture of it, from somebody else.
    UserCodeOld,
    /// Too many wrong codes (429).
    UserCodesTooMany(Duration),
    MatchMissing,
    /// Why an operator decides so.
    ReasonMissing,
    /// A citizen appeals and says nothing, or too much.
    StatementMissing,
    ReasonNumber,
    CaseNoneChosen,
    CaseSameOperator,
    CaseNoOwner,
    /// Nobody here has the number that was given.
    CaseNoAccount,
    CaseOwnMatter,
    CaseDoubtful,
    /// Decided or changed meanwhile.
    CaseOver,
    /// The second account shares its number still.
    CaseShared,
    /// Another run over the same source is not over.
    RunUnderWay,
    PinMalformed,
    /// One of those that are tried first.
    PinCommon,
    /// It stands on the card, or is part of the phone.
    PinPersonal,
    PinsDiffer,
}

impl Fault {
    /// One of each, for tests.
    pub const ALL: [Fault; 92] = [
        Self::IdentifierMissing,
        Self::SignInPasswordMissing,
        Self::SignInRefused,
        Self::TooMany(Duration::from_secs(600)),
        Self::Busy(Duration::from_secs(5)),
        Self::PhoneMissing,
        Self::PhoneMalformed,
        Self::CodeMissing,
        Self::CodeMalformed,
        Self::CodeWrong,
        Self::CodeExpired,
        Self::NameMissing,
        Self::NameMalformed,
        Self::NumberMissing,
        Self::NumberLength,
        Self::NumberCharacters,
        Self::NumberDate,
        Self::NumberMistyped,
        Self::PasswordMissing,
        Self::PasswordShort,
        Self::PasswordLong,
        Self::PasswordCommon,
        Self::PasswordPersonal,
        Self::PasswordsDiffer,
        Self::CapacityMissing,
        Self::ScanNumberMissing,
        Self::CreditCodeMissing,
        Self::CreditCodeMistyped,
        Self::ScopeTooWide,
        Self::ScopeMalformed,
        Self::PeriodWrong,
        Self::AgencyCircle,
        Self::AgencyDepth,
        Self::MandateExists,
        Self::NotRepresentative,
        Self::RegisterSilent,
        Self::GuardianNeeded,
        Self::CountryMissing,
        Self::NotGuardian,
        Self::NotMinor,
        Self::CurrentWrong,
        Self::FactorCodeMissing,
        Self::AppCodeWrong,
        Self::RecoveryCodeWrong,
        Self::FactorLast,
        Self::RecoverCodeWrong,
        Self::FaceFailed,
        Self::FaceUnfinished,
        Self::FaceSilent,
        Self::NationalRefused,
        Self::OtherPerson,
        Self::CertificateMissing,
        Self::CertificateExpired,
        Self::UserNameMissing,
        Self::OldPasswordMissing,
        Self::ClaimRefused,
        Self::CertificateRefused,
        Self::NetworkRefused,
        Self::NetworkUnfinished,
        Self::NetworkSilent,
        Self::NetworkElsewhere,
        Self::NumberElsewhere,
        Self::LicencePersonal,
        Self::LicenceInactive,
        Self::LicenceContested,
        Self::LicenceGoverned,
        Self::LicenceSilent,
        Self::OperatorMissing,
        Self::OperatorRefused,
        Self::ClerkRefused,
        Self::WindowRefused,
        Self::UserCodeMissing,
        Self::UserCodeWrong,
        Self::UserCodeOld,
        Self::UserCodesTooMany(Duration::from_secs(600)),
        Self::MatchMissing,
        Self::ReasonMissing,
        Self::StatementMissing,
        Self::ReasonNumber,
        Self::CaseNoneChosen,
        Self::CaseSameOperator,
        Self::CaseNoOwner,
        Self::CaseNoAccount,
        Self::CaseOwnMatter,
        Self::CaseDoubtful,
        Self::CaseOver,
        Self::CaseShared,
        Self::RunUnderWay,
        Self::PinMalformed,
        Self::PinCommon,
        Self::PinPersonal,
        Self::PinsDiffer,
    ];

    /// The stable code, shown as `data-error`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::IdentifierMissing => "identifier-missing",
            Self::SignInPasswordMissing => "sign-in-password-missing",
            Self::SignInRefused => "sign-in-refused",
            Self::TooMany(_) => "too-many",
            Self::Busy(_) => "busy",
            Self::PhoneMissing => "phone-missing",
            Self::PhoneMalformed => "phone-malformed",
            Self::CodeMissing => "code-missing",
            Self::CodeMalformed => "code-malformed",
            Self::CodeWrong => "code-wrong",
            Self::CodeExpired => "code-expired",
            Self::NameMissing => "name-missing",
            Self::NameMalformed => "name-malformed",
            Self::NumberMissing => "number-missing",
            Self::NumberLength => "number-length",
            Self::NumberCharacters => "number-characters",
            Self::NumberDate => "number-date",
            Self::NumberMistyped => "number-mistyped",
            Self::PasswordMissing => "password-missing",
            Self::PasswordShort => "password-short",
            Self::PasswordLong => "password-long",
            Self::PasswordCommon => "password-common",
            Self::PasswordPersonal => "password-personal",
            Self::PasswordsDiffer => "passwords-differ",
            Self::CapacityMissing => "capacity-missing",
            Self::ScanNumberMissing => "scan-number-missing",
            Self::CreditCodeMissing => "credit-code-missing",
            Self::CreditCodeMistyped => "credit-code-mistyped",
            Self::ScopeTooWide => "scope-too-wide",
            Self::ScopeMalformed => "scope-malformed",
            Self::PeriodWrong => "period-wrong",
            Self::AgencyCircle => "agency-circle",
            Self::AgencyDepth => "agency-depth",
            Self::MandateExists => "mandate-exists",
            Self::NotRepresentative => "not-representative",
            Self::RegisterSilent => "register-silent",
            Self::GuardianNeeded => "guardian-needed",
            Self::CountryMissing => "country-missing",
            Self::NotGuardian => "not-guardian",
            Self::NotMinor => "not-minor",
            Self::CurrentWrong => "current-wrong",
            Self::FactorCodeMissing => "factor-code-missing",
            Self::AppCodeWrong => "app-code-wrong",
            Self::RecoveryCodeWrong => "recovery-code-wrong",
            Self::FactorLast => "factor-last",
            Self::RecoverCodeWrong => "recover-code-wrong",
            Self::FaceFailed => "face-failed",
            Self::FaceUnfinished => "face-unfinished",
            Self::FaceSilent => "face-silent",
            Self::NationalRefused => "national-refused",
            Self::OtherPerson => "other-person",
            Self::CertificateMissing => "certificate-missing",
            Self::CertificateExpired => "certificate-expired",
            Self::UserNameMissing => "user-name-missing",
            Self::OldPasswordMissing => "old-password-missing",
            Self::ClaimRefused => "claim-refused",
            Self::CertificateRefused => "certificate-refused",
            Self::NetworkRefused => "network-refused",
            Self::NetworkUnfinished => "network-unfinished",
            Self::NetworkSilent => "network-silent",
            Self::NetworkElsewhere => "network-elsewhere",
            Self::NumberElsewhere => "number-elsewhere",
            Self::LicencePersonal => "licence-personal",
            Self::LicenceInactive => "licence-inactive",
            Self::LicenceContested => "licence-contested",
            Self::LicenceGoverned => "licence-governed",
            Self::LicenceSilent => "licence-silent",
            Self::OperatorMissing => "operator-missing",
            Self::OperatorRefused => "operator-refused",
            Self::ClerkRefused => "clerk-refused",
            Self::WindowRefused => "window-refused",
            Self::UserCodeMissing => "user-code-missing",
            Self::UserCodeWrong => "user-code-wrong",
            Self::UserCodeOld => "user-code-old",
            Self::UserCodesTooMany(_) => "user-codes-too-many",
            Self::MatchMissing => "match-missing",
            Self::ReasonMissing => "reason-missing",
            Self::StatementMissing => "statement-missing",
            Self::ReasonNumber => "reason-number",
            Self::CaseNoneChosen => "case-none-chosen",
            Self::CaseSameOperator => "case-same-operator",
            Self::CaseNoOwner => "case-no-owner",
            Self::CaseNoAccount => "case-no-account",
            Self::CaseOwnMatter => "case-own-matter",
            Self::CaseDoubtful => "case-doubtful",
            Self::CaseOver => "case-over",
            Self::CaseShared => "case-shared",
            Self::RunUnderWay => "run-under-way",
            Self::PinMalformed => "pin-malformed",
            Self::PinCommon => "pin-common",
            Self::PinPersonal => "pin-personal",
            Self::PinsDiffer => "pins-differ",
        }
    }

    /// The field it belongs to; `None` if it stands in the summary alone.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::SignInRefused | Self::TooMany(_) | Self::Busy(_) | Self::FactorLast => None,
            Self::FaceFailed | Self::FaceUnfinished | Self::FaceSilent => None,
            Self::NationalRefused | Self::OtherPerson => None,
            Self::CertificateMissing | Self::CertificateExpired | Self::CertificateRefused => None,
            Self::NetworkRefused | Self::NetworkUnfinished | Self::NetworkSilent => None,
            Self::NetworkElsewhere | Self::NumberElsewhere => None,
            Self::LicencePersonal | Self::LicenceInactive | Self::LicenceContested => None,
            Self::LicenceGoverned | Self::LicenceSilent => None,
            Self::IdentifierMissing | Self::OperatorMissing => Some("identifier"),
            Self::OperatorRefused | Self::WindowRefused => None,
            Self::ClaimRefused => None,
            Self::UserNameMissing => Some("user_name"),
            Self::OldPasswordMissing => Some("old_password"),
            Self::UserCodesTooMany(_) => None,
            Self::UserCodeMissing | Self::UserCodeWrong | Self::UserCodeOld => Some("user_code"),
            Self::MatchMissing => Some("match-0"),
            Self::ReasonMissing | Self::ReasonNumber => Some("reason"),
            Self::CaseNoOwner | Self::CaseNoAccount => Some("number"),
            Self::CaseNoneChosen | Self::CaseSameOperator | Self::CaseOwnMatter => None,
            Self::CaseDoubtful
            | Self::CaseOver
            | Self::CaseShared
            | Self::RunUnderWay
            | Self::StatementMissing => None,
            Self::PinMalformed | Self::PinCommon | Self::PinPersonal => Some("pin"),
            Self::PinsDiffer => Some("again"),
            Self::CapacityMissing => Some("capacity-self"),
            Self::ScanNumberMissing => Some("match-0"),
            Self::CreditCodeMissing
            | Self::CreditCodeMistyped
            | Self::NotRepresentative
            | Self::RegisterSilent => Some("credit_code"),
            Self::ScopeTooWide | Self::ScopeMalformed => Some("matters"),
            Self::PeriodWrong => Some("until"),
            Self::GuardianNeeded => None,
            Self::NotGuardian | Self::NotMinor => Some("number"),
            Self::CountryMissing => Some("country"),
            Self::AgencyCircle | Self::AgencyDepth | Self::MandateExists => Some("number"),
            Self::PhoneMissing | Self::PhoneMalformed => Some("phone"),
            Self::CodeMissing
            | Self::CodeMalformed
            | Self::CodeWrong
            | Self::CodeExpired
            | Self::FactorCodeMissing
            | Self::AppCodeWrong
            | Self::RecoveryCodeWrong
            | Self::RecoverCodeWrong => Some("code"),
            Self::CurrentWrong => Some("current"),
            Self::NameMissing | Self::NameMalformed => Some("name"),
            Self::NumberMissing
            | Self::NumberLength
            | Self::NumberCharacters
            | Self::NumberDate
            | Self::NumberMistyped => Some("number"),
            Self::SignInPasswordMissing
            | Self::ClerkRefused
            | Self::PasswordMissing
            | Self::PasswordShort
            | Self::PasswordLong
            | Self::PasswordCommon
            | Self::PasswordPersonal
            | Self::PasswordsDiffer => Some("password"),
        }
    }

    /// What to do about it, in the person's language.
    pub fn words(self, frame: &Frame) -> String {
        let key = format!("fault-{}", self.code());
        match self {
            Self::TooMany(wait) | Self::Busy(wait) | Self::UserCodesTooMany(wait) => {
                frame.with(&key, "wait", frame.wait(&wait))
            }
            _ => frame.t(&key).into_owned(),
        }
    }
}
