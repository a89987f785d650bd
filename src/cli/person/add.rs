//! `yihao person add`

use std::str::FromStr;

use anyhow::bail;
use serde_json::json;

use super::super::{Call, Usage};
use super::{Outcome, arrive, given, provisional, register};
use crate::base::number::NumberKind;
use crate::base::{Phone, TrustLevel};
use crate::identity::{NewEvidence, NewPerson};

#[derive(clap::Args)]
pub struct Add {
    /// The citizen ID number, or `-`.
    #[arg(long, value_name = "NUMBER", required_unless_present = "document", conflicts_with = "document")]
    citizen_id: Option<String>,
    /// Another document: foreign-pr, hm-permit, tw-permit or passport:COUNTRY
    #[arg(long, value_name = "KIND", requires = "number")]
    document: Option<Document>,
    /// The number of that document, or `-`.
    #[arg(long, requires = "document")]
    number: Option<String>,
    /// The name, or `-`.
    #[arg(long)]
    name: String,
    /// The phone, or `-`.
    #[arg(long)]
    phone: Option<String>,
    /// How sure it is who this is, 2 to 5; above 2 with evidence.
    #[arg(long, value_name = "LEVEL", default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=5))]
    trust: u8,
    /// What shows it: the file, the counter, the decision. No number and no name.
    #[arg(long, value_name = "TEXT")]
    evidence: Option<String>,
    /// Another person has the same number, and it is not decided whose it is (重号): a provisional account, which is
    /// signed in to by phone, and a case.
    #[arg(long, requires = "phone", requires = "evidence")]
    provisional: bool,
    /// The first line of standard input is the password.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Add {
    pub async fn run(self, mut call: Call) -> anyhow::Result<()> {
        let trust = given::trust(self.trust)?;
        if trust > TrustLevel::Asserted && self.evidence.is_none() {
            bail!(Usage("a trust level above 2 rests on something: say what with --evidence".to_owned()));
        }
        let password = call.input.line("the password")?;
        let (field, kind, prefix, number) = match (&self.document, &self.citizen_id, &self.number) {
            (Some(document), _, Some(number)) => ("number", document.kind, document.prefix(), number),
            (_, Some(number), _) => ("citizen-id", NumberKind::CitizenId, String::new(), number),
            _ => bail!(Usage("--citizen-id, or --document with --number".to_owned())),
        };
        let number = call.input.of(field, number)?;
        let name = call.input.of("name", &self.name)?;
        let phone = self.phone.as_deref().map(|phone| call.input.of("phone", phone)).transpose()?;
        let (app, visit) = call.app().await?;
        let text = zeroize::Zeroizing::new(format!("{prefix}{}", number.reveal()));
        let new = NewPerson {
            number: given::number(field, kind, &text, visit.now.day())?,
            name: given::name(name.reveal())?,
            phone: phone.map(|phone| given::phone(phone.reveal())).transpose()?,
            user_name: None,
            email: None,
            email_verified: false,
            address: None,
            evidence: NewEvidence {
                method: "operator",
                source: visit.actor.to_string(),
                reference: self.evidence.unwrap_or_default(),
                trust,
            },
        };
        given::password(&password, &new.number, &new.name, new.phone.as_ref().map(|p: &Phone| p))?;
        let phc = app.hasher.hash(password).await?;
        let mut tx = app.db.begin().await?;
        if self.provisional {
            let Some(person) = provisional(&mut tx, &app, &visit, &new, &phc).await? else {
                bail!("no account holds this number: add the person without --provisional");
            };
            tx.commit().await?;
            call.print.value(&json!({ "person_id": person }));
            return Ok(());
        }
        // A weaker proof of somebody else's does not keep the owner out.
        let outcome = if trust >= TrustLevel::Proven {
            arrive(&mut tx, &app, &visit, &new, &phc).await?
        } else {
            register(&mut tx, &app, &visit, &new, &phc).await?
        };
        match outcome {
            Outcome::Added(person) => {
                tx.commit().await?;
                call.print.value(&json!({ "person_id": person }));
                Ok(())
            }
            Outcome::NumberTaken => bail!("an account holds this number already; nothing was changed"),
            Outcome::UserNameTaken => bail!("an account holds this user name already; nothing was changed"),
        }
    }
}

/// A kind of document, a passport with its country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub kind: NumberKind,
    country: Option<String>,
}

impl Document {
    /// A passport's number begins with its country.
    pub fn prefix(&self) -> String {
        self.country.as_ref().map(|country| format!("{country}:")).unwrap_or_default()
    }
}

impl FromStr for Document {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, country) = match text.split_once(':') {
            Some((word, country)) => (word, Some(country.to_owned())),
            None => (text, None),
        };
        let kind = word.parse().ok().filter(|kind| match kind {
            NumberKind::Passport => country.as_ref().is_some_and(|country| !country.is_empty()),
            NumberKind::ForeignPr | NumberKind::HmPermit | NumberKind::TwPermit => country.is_none(),
            NumberKind::CitizenId | NumberKind::CreditCode | NumberKind::NetworkId => false,
        });
        let kind = kind.ok_or("foreign-pr, hm-permit, tw-permit or passport:COUNTRY")?;
        Ok(Self { kind, country })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passport_has_a_country_and_nothing_else_has() {
        let passport: Document = "passport:CAN".parse().unwrap();
        assert_eq!((passport.kind, passport.prefix().as_str()), (NumberKind::Passport, "CAN:"));
        assert_eq!("hm-permit".parse::<Document>().unwrap().prefix(), "");
        for wrong in ["passport", "passport:", "hm-permit:CAN", "citizen-id", "credit-code", "network-id", ""]
        {
            assert!(wrong.parse::<Document>().is_err(), "{wrong}");
        }
    }
}
