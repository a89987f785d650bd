//! Accounts of earlier systems.

use jiff::civil::Date;

use super::Fault;

page!(NewPassword, "new_password.html");
page!(OldPassword, "old_password.html");
page!(EarlierAccounts, "earlier_accounts.html");
page!(Decisions, "decisions.html");

/// The old password was right; nothing goes on before there is a new one. Form `new-password`: field `password`, and
/// `again` from a browser without script.
pub struct NewPassword {
    pub shown: String,
    /// The earlier system, as people know it.
    pub source: String,
    pub shortest: u32,
    pub faults: Vec<Fault>,
}

/// The old password was right, and is no way in.
pub struct OldPassword {
    pub of: OldPasswordOf,
    pub source: String,
    pub sign_in: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldPasswordOf {
    /// Who has another way in.
    Person,
    /// An enterprise: people act for it.
    Organization,
}

/// Form `not-mine` a row: field `link`. Form `claim`: fields `source`, `user_name`, `old_password`.
pub struct EarlierAccounts {
    pub rows: Vec<EarlierAccount>,
    /// Name and title of each earlier system.
    pub sources: Vec<(String, String)>,
    pub done: Option<ClaimDone>,
    /// Back to the Ask, or home.
    pub onward: String,
    pub source: String,
    pub user_name: String,
    pub faults: Vec<Fault>,
}

pub struct EarlierAccount {
    pub link: String,
    pub source: String,
    pub since: Date,
}

/// What has just been done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimDone {
    Claimed,
    LetGo,
    /// The account is linked to nobody, or to another: only a counter can say more.
    Looked,
}

impl ClaimDone {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::LetGo => "let-go",
            Self::Looked => "counter",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Claimed => "earlier-claimed",
            Self::LetGo => "earlier-let-go",
            Self::Looked => "earlier-counter",
        }
    }
}

impl std::str::FromStr for ClaimDone {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Claimed, Self::LetGo, Self::Looked].into_iter().find(|done| done.as_str() == text).ok_or(())
    }
}

impl OldPassword {
    pub const fn text(&self) -> &'static str {
        match self.of {
            OldPasswordOf::Person => "old-password-person",
            OldPasswordOf::Organization => "old-password-organization",
        }
    }
}

impl EarlierAccounts {
    pub fn done(&self) -> Option<&'static str> {
        self.done.map(ClaimDone::key)
    }
}

/// What was decided about accounts that concern the person. Form `appeal-CASE`: fields `case`, `statement`.
pub struct Decisions {
    pub rows: Vec<DecisionRow>,
    /// Their word has just been taken.
    pub appealed: bool,
    pub said: String,
    pub faults: Vec<Fault>,
}

pub struct DecisionRow {
    pub case: String,
    pub source: String,
    pub opened: Date,
    pub is_appeal: bool,
    pub decided: Option<Date>,
    pub reason: Option<String>,
    pub stands: Stands,
    pub may_appeal: bool,
}

/// How a case stands, for whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Waits {
        until: Option<Date>,
        late: bool,
    },
    /// There is nothing to decide any more.
    NoMore,
    Merged,
    Rejected,
}

impl DecisionRow {
    pub const fn words(&self) -> &'static str {
        match (self.stands, self.is_appeal) {
            (Stands::Waits { .. }, true) => "decisions-appeal-waits",
            (Stands::Waits { .. }, false) => "decisions-waits",
            (Stands::NoMore, _) => "decisions-no-more",
            (Stands::Merged, _) => "decisions-merged",
            (Stands::Rejected, _) => "decisions-rejected",
        }
    }

    pub const fn until(&self) -> Option<Date> {
        match self.stands {
            Stands::Waits { until, .. } => until,
            _ => None,
        }
    }

    pub const fn is_late(&self) -> bool {
        matches!(self.stands, Stands::Waits { late: true, .. })
    }
}
