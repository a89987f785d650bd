//! Why a text is no number of the kind asked for.

use super::canonical::Canonical;
use super::steps::Steps;

/// The reason of a refusal. Its code is stable: reports, pages and the review queue go by it (DOMAIN §1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nothing, or only what cannot be seen.
    Empty,
    /// Digits were replaced by `*` before we saw it.
    Masked,
    /// `4.40106E+17`: a spreadsheet took the number for a quantity; its end is lost.
    ExcelScientific,
    /// `440106199003070124.0`: it went through a floating-point number; its end may be lost.
    ExcelFloat,
    /// Ends in `000` and does not check: a spreadsheet keeps only 15 digits.
    ExcelTruncated,
    IllegalCharacter,
    /// `X` stands for ten, and only as the check character of 18.
    XPosition,
    /// A filler such as all zeros, although some of them pass the check.
    Placeholder,
    Length,
    Region,
    /// The day of birth is in no calendar.
    BirthDate,
    BirthFuture,
    BirthRange,
    Checksum,
    /// A character that the code's alphabet leaves out (I, O, S, V, Z).
    Alphabet,
    Department,
    Category,
    /// The code checks and the organization code inside it does not: a question for the register.
    OrgCodeChecksum,
    Format,
}

impl Reason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::Masked => "MASKED",
            Self::ExcelScientific => "EXCEL_SCIENTIFIC",
            Self::ExcelFloat => "EXCEL_FLOAT",
            Self::ExcelTruncated => "EXCEL_TRUNCATED",
            Self::IllegalCharacter => "ILLEGAL_CHAR",
            Self::XPosition => "X_POSITION",
            Self::Placeholder => "PLACEHOLDER",
            Self::Length => "LENGTH",
            Self::Region => "REGION",
            Self::BirthDate => "BIRTH_DATE",
            Self::BirthFuture => "BIRTH_FUTURE",
            Self::BirthRange => "BIRTH_RANGE",
            Self::Checksum => "CHECKSUM",
            Self::Alphabet => "ALPHABET",
            Self::Department => "DEPT",
            Self::Category => "CATEGORY",
            Self::OrgCodeChecksum => "ORG_CODE_CHECKSUM",
            Self::Format => "FORMAT",
        }
    }
}

/// What helps to find the right number. It is part of a number: for the person who typed it, not for a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    None,
    /// How many characters there were.
    Length(usize),
    /// The check character that the rest calls for.
    Expected(char),
    /// What a spreadsheet left of an 18-digit number.
    Prefix15(Hint),
    /// The code with the digits that its letters were mistaken for. Never taken without asking.
    Suggestion(Hint),
    /// The organization code inside a credit code.
    OrgCode(Hint),
}

/// A piece of a number; wiped when dropped, hidden in `Debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint(Canonical);

impl Hint {
    pub(super) fn new(text: &str) -> Self {
        Self(Canonical::new(text))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A text that is no number of the kind asked for. It tells the reason, and shows no digit of the text.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", reason.code())]
pub struct Refusal {
    pub reason: Reason,
    pub detail: Detail,
    /// The steps of normalisation that were done before the refusal.
    pub steps: Steps,
}

impl Refusal {
    pub(super) fn with(reason: Reason, detail: Detail) -> Self {
        Self { reason, detail, steps: Steps::default() }
    }

    pub(super) fn after(self, steps: Steps) -> Self {
        Self { steps, ..self }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::with(reason, Detail::None)
    }
}

// By hand: an expected check character is part of a number.
impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal({})", self.reason.code())
    }
}
