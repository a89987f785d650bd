//! Which steps of normalisation a spelling needed: kept as evidence when accounts are merged by the number.

use serde::{Serialize, Serializer};

/// One step that changed the spelling and not which number is meant (DOMAIN §1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// Marks without width or for writing direction were dropped, a byte order mark among them.
    ZeroWidth,
    Whitespace,
    /// Full-width forms became ASCII.
    FullWidth,
    /// A character that looks like the Roman numeral ten became `X`.
    XLookalike,
    Dash,
    /// A spreadsheet's `="…"` was unwrapped.
    ExcelFormula,
    LeadingQuote,
    TrailingQuote,
    Quotes,
    Uppercase,
    /// A citizen number of 1989 got its century and check character.
    FifteenToEighteen,
    /// The count of issues after a travel permit's own number was dropped.
    IssueCount,
    /// The letter of the issuing office after a travel permit's number was dropped.
    IssuingOffice,
}

impl Step {
    pub const ALL: [Step; 13] = [
        Self::ZeroWidth,
        Self::Whitespace,
        Self::FullWidth,
        Self::XLookalike,
        Self::Dash,
        Self::ExcelFormula,
        Self::LeadingQuote,
        Self::TrailingQuote,
        Self::Quotes,
        Self::Uppercase,
        Self::FifteenToEighteen,
        Self::IssueCount,
        Self::IssuingOffice,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZeroWidth => "zero_width",
            Self::Whitespace => "whitespace",
            Self::FullWidth => "fullwidth",
            Self::XLookalike => "x_lookalike",
            Self::Dash => "dash",
            Self::ExcelFormula => "excel_formula",
            Self::LeadingQuote => "leading_quote",
            Self::TrailingQuote => "trailing_quote",
            Self::Quotes => "quotes",
            Self::Uppercase => "uppercase",
            Self::FifteenToEighteen => "id15_to_18",
            Self::IssueCount => "issue_count",
            Self::IssuingOffice => "issuing_office",
        }
    }
}

/// A set of steps, in the order in which they are done. Serialised as a list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps(u16);

impl Steps {
    pub fn contains(self, step: Step) -> bool {
        self.0 & (1 << step as u8) != 0
    }

    /// True if the text was canonical already.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(move |step| self.contains(*step))
    }

    pub(super) fn note(&mut self, step: Step) {
        self.0 |= 1 << step as u8;
    }
}

impl Serialize for Steps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Step::as_str))
    }
}
