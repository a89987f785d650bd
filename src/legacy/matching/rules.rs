//! The rules of matching: from what is known of a legacy account to a class, by no chance and no order of rows. What
//! they decide is decided alike on every machine and at every run; who changes a rule counts [`VERSION`] up.
//!
//! The number alone is never enough: one row in five hundred carries another real person's. Phone, user name and name
//! alone never are.

use serde::Serialize;

use super::super::SubjectKind;
use crate::base::Moment;

/// Kept with every class and every link.
pub const VERSION: u32 = 1;

/// What is to become of a legacy account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Class {
    /// Number and name are in the register as they are.
    Auto,
    /// The register leads to the number or the name: both are certain all the same.
    AutoRegister,
    /// A person must decide.
    Review,
    /// A good number that no register knows: it waits for the register.
    NotInRegister,
    /// The register says that the person has died. Nobody signs in; heirs go to a counter.
    Deceased,
    /// The organization is no more, or may not act.
    InactiveEntity,
}

impl Class {
    pub const ALL: [Class; 6] = [
        Self::Auto,
        Self::AutoRegister,
        Self::Review,
        Self::NotInRegister,
        Self::Deceased,
        Self::InactiveEntity,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "AUTO",
            Self::AutoRegister => "AUTO_REGISTER",
            Self::Review => "REVIEW",
            Self::NotInRegister => "NOT_IN_REGISTER",
            Self::Deceased => "DECEASED",
            Self::InactiveEntity => "INACTIVE_ENTITY",
        }
    }

    /// Whether the account is linked without anybody being asked.
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::Auto | Self::AutoRegister)
    }
}

impl std::str::FromStr for Class {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|class| class.as_str() == text).ok_or(())
    }
}

/// How a record of a register was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// By the number itself.
    Number,
    /// By a number that was corrected to it.
    ChangedNumber,
    /// By another key of the organization, from before the credit code.
    OtherKey,
}

/// How the names compare, by their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    Equal,
    Former,
    Differs,
}

/// A record of a register that may be the account's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub via: Via,
    pub named: Named,
    /// As the register has it: `valid`, `deceased`, `active`, `deregistered`, …; empty where it does not say, because it
    /// was asked by another name.
    pub status: String,
    /// The digest of its number, by which accounts are found.
    pub target: Vec<u8>,
}

/// What is known of a legacy account when it is matched.
#[derive(Clone, Debug)]
pub struct Facts {
    pub kind: SubjectKind,
    /// Whether there is a number that is one; else why not, by the code of the import.
    pub number: Result<(), String>,
    /// The number was given in 15 digits: whose century is a guess.
    pub fifteen: bool,
    /// The name has a character that only its system's font knows.
    pub private_use: bool,
    /// The platform was asked; else an extract was read.
    pub asked: bool,
    pub candidates: Vec<Candidate>,
}

/// What the rules say, and on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    pub reason: String,
    /// Whose account it is; of REVIEW, whose it may be.
    pub target: Option<Vec<u8>>,
    pub evidence: Evidence,
}

/// What a verdict rests on, without any number or name: kept with the account and with its link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fifteen: bool,
    /// The platform was asked, which tells no former names; else an extract was read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// Records of registers that were looked at.
    pub candidates: usize,
    /// The day of the register's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// The verdict.
pub fn decide(facts: &Facts, as_of: Moment) -> Verdict {
    let evidence = Evidence {
        fifteen: facts.fifteen,
        asked: facts.asked,
        candidates: facts.candidates.len(),
        as_of: Some(as_of.day().to_string()),
        ..Evidence::default()
    };
    let verdict = |class, reason: &str, found: Option<&Candidate>| Verdict {
        class,
        reason: reason.to_owned(),
        target: found.map(|one| one.target.clone()),
        evidence: Evidence {
            via: found.map(|one| one.via),
            name: found.map(|one| one.named),
            register: found.map(|one| one.status.clone()).filter(|status| !status.is_empty()),
            ..evidence.clone()
        },
    };
    if let Err(code) = &facts.number {
        return verdict(Class::Review, code, None);
    }
    let Some(first) = facts.candidates.first() else {
        return match facts.fifteen {
            // Of the century of 15 digits only a record can be sure: this may be somebody of the next one.
            true => verdict(Class::Review, "ID15_NO_RECORD", None),
            false => verdict(Class::NotInRegister, "NO_RECORD", None),
        };
    };
    let mut named: Vec<&Candidate> =
        facts.candidates.iter().filter(|one| one.named != Named::Differs).collect();
    // The same record by two ways: the straight one counts.
    named.sort_by_key(|one| (one.via != Via::Number, one.named != Named::Equal, one.target.clone()));
    let mut seen: Vec<&[u8]> = Vec::new();
    named.retain(|one| {
        let is_new = !seen.contains(&one.target.as_slice());
        seen.push(&one.target);
        is_new
    });
    let found = match named[..] {
        [] => {
            let only = (facts.candidates.len() == 1).then_some(first);
            return verdict(Class::Review, "NAME_MISMATCH", only);
        }
        [only] => only,
        [..] => return verdict(Class::Review, "AMBIGUOUS", None),
    };
    let review = |reason| verdict(Class::Review, reason, Some(found));
    match (facts.kind, found.status.as_str()) {
        (SubjectKind::Person, "valid") | (SubjectKind::Organization, "active") => {}
        (SubjectKind::Person, "deceased") => return verdict(Class::Deceased, "DECEASED", Some(found)),
        (SubjectKind::Person, _) => return review("REGISTER_STATUS"),
        (SubjectKind::Organization, status) => {
            let reason = status.to_uppercase().replace('-', "_");
            return verdict(Class::InactiveEntity, &reason, Some(found));
        }
    }
    if facts.private_use {
        return review("NAME_PRIVATE_USE");
    }
    match (found.via, found.named, facts.fifteen) {
        (Via::Number, Named::Equal, false) => verdict(Class::Auto, "NUMBER_AND_NAME", Some(found)),
        (Via::ChangedNumber, ..) => verdict(Class::AutoRegister, "CHANGED_NUMBER", Some(found)),
        (Via::OtherKey, ..) => verdict(Class::AutoRegister, "OTHER_KEY", Some(found)),
        (_, Named::Former, _) => verdict(Class::AutoRegister, "FORMER_NAME", Some(found)),
        (..) => verdict(Class::AutoRegister, "ID15", Some(found)),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
