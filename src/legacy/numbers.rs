//! The number of an account: what an old system keeps in its column, as one canonical number of one kind.
//!
//! Nothing is repaired or guessed: what is no number gets the code of the reason, and the account waits for someone
//! to decide. Codes of enterprises that hold an organization code are found by that; what only a register can turn
//! into a credit code stays what it is.

use jiff::civil::Date;

use crate::base::number::{
    BizRegNo, CreditCode, NumberKind, OfficialNumber, OrgCode, Parsed, Reason, Refusal, Step, Steps, TaxForm,
    TaxNo,
};

/// What a column of a source holds, as profiles call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A number that an account can be bound to.
    Official(NumberKind),
    /// A passport of this country: its column seldom has it.
    Passport(String),
    OrgCode,
    TaxNo,
    BizRegNo,
    /// A code of an enterprise of any of the four forms, told apart by the form.
    Organization,
}

impl KeyKind {
    pub(super) const fn words() -> &'static str {
        "citizen-id, credit-code, foreign-pr, hm-permit, tw-permit, passport:COUNTRY, org-code, tax-no, \
         biz-reg-no, organization"
    }
}

impl std::str::FromStr for KeyKind {
    type Err = UnknownKeyKind;

    fn from_str(text: &str) -> Result<Self, UnknownKeyKind> {
        match text {
            "org-code" => Ok(Self::OrgCode),
            "tax-no" => Ok(Self::TaxNo),
            "biz-reg-no" => Ok(Self::BizRegNo),
            "organization" => Ok(Self::Organization),
            "passport" => Err(UnknownKeyKind),
            _ => match text.strip_prefix("passport:") {
                Some(country) if country.len() == 3 => Ok(Self::Passport(country.to_owned())),
                Some(_) => Err(UnknownKeyKind),
                None => text.parse().map(Self::Official).map_err(|_| UnknownKeyKind),
            },
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such kind of number")]
pub struct UnknownKeyKind;

/// A canonical number and the word of its kind: that of [`NumberKind`], or `org-code` or `biz-reg-no`.
#[derive(Clone, PartialEq, Eq)]
pub struct Canonical {
    pub kind: &'static str,
    pub text: String,
}

/// What the column of a number held.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    pub number: Option<Canonical>,
    /// What else it can be: some numbers of 15 digits are good tax numbers and good registration numbers.
    pub other: Option<Canonical>,
    pub steps: Steps,
    /// `OK`, `NORMALIZED` (the same number, spelled otherwise), `CONVERTED` (another form of it: 15 digits to 18, the
    /// organization code in a tax number), or why it is none.
    pub reason: &'static str,
}

impl Found {
    const fn nothing(reason: &'static str, steps: Steps) -> Self {
        Self { number: None, other: None, steps, reason }
    }

    fn of(given: &str, kind: &'static str, text: &str, steps: Steps) -> Self {
        let reason = if steps.contains(Step::FifteenToEighteen) {
            "CONVERTED"
        } else if given == text {
            "OK"
        } else {
            "NORMALIZED"
        };
        Self { number: Some(Canonical { kind, text: text.to_owned() }), other: None, steps, reason }
    }
}

/// Reads what a column held. `today`: no day of birth is after it.
pub fn read(kind: &KeyKind, given: &str, today: Date) -> Found {
    let found = match kind {
        KeyKind::Official(kind) => official(*kind, given, given, today),
        KeyKind::Passport(country) => {
            official(NumberKind::Passport, given, &format!("{country}:{given}"), today)
        }
        KeyKind::OrgCode => org_code(given),
        KeyKind::TaxNo => tax_no(given, today),
        KeyKind::BizRegNo => biz_reg_no(given),
        KeyKind::Organization => Ok(organization(given, today)),
    };
    found.unwrap_or_else(|refusal| Found::nothing(refusal.reason.code(), refusal.steps))
}

fn official(kind: NumberKind, given: &str, text: &str, today: Date) -> Result<Found, Refusal> {
    let Parsed { number, steps } = OfficialNumber::parse_with_steps(kind, text, today)?;
    Ok(Found::of(given, number.kind().as_str(), number.as_str(), steps))
}

fn credit_code(given: &str) -> Result<Found, Refusal> {
    let Parsed { number, steps } = CreditCode::parse_with_steps(given)?;
    Ok(Found::of(given, NumberKind::CreditCode.as_str(), number.as_str(), steps))
}

const ORG_CODE: &str = "org-code";
const BIZ_REG_NO: &str = "biz-reg-no";

fn org_code(given: &str) -> Result<Found, Refusal> {
    let Parsed { number, steps } = OrgCode::parse_with_steps(given)?;
    Ok(Found::of(given, ORG_CODE, number.as_str(), steps))
}

fn biz_reg_no(given: &str) -> Result<Found, Refusal> {
    let Parsed { number, steps } = BizRegNo::parse_with_steps(given)?;
    Ok(Found::of(given, BIZ_REG_NO, number.as_str(), steps))
}

fn tax_no(given: &str, today: Date) -> Result<Found, Refusal> {
    let Parsed { number, steps } = TaxNo::parse_with_steps(given, today)?;
    Ok(match number.form() {
        TaxForm::CreditCode(code) => Found::of(given, NumberKind::CreditCode.as_str(), code.as_str(), steps),
        // The first six digits are the tax office's, not the register's: the code alone is the enterprise's.
        TaxForm::RegionAndOrgCode { org_code, .. } => {
            Found { reason: "CONVERTED", ..Found::of(given, ORG_CODE, org_code.as_str(), steps) }
        }
        // A sole trader under the owner's number, who can have several shops: only the owner can say which.
        TaxForm::Citizen(_) | TaxForm::CitizenAndSerial(_) => Found::nothing("OWNER_NUMBER", steps),
    })
}

fn organization(given: &str, today: Date) -> Found {
    let (credit, org) = (credit_code(given), org_code(given));
    let (tax, business) = (tax_no(given, today), biz_reg_no(given));
    match (credit, org, tax, business) {
        (Ok(found), ..) | (_, Ok(found), ..) => found,
        (_, _, Ok(tax), Ok(business)) if tax.number.is_some() => Found { other: business.number, ..tax },
        (_, _, _, Ok(found)) | (_, _, Ok(found), _) => found,
        (Err(credit), Err(org), Err(tax), Err(business)) => {
            // The refusal of the form that it has, by its length; else the credit code's.
            let of_length = |refusal: &Refusal| refusal.reason != Reason::Length;
            let refusal = [&credit, &org, &tax, &business].into_iter().find(|refusal| of_length(refusal));
            let refusal = refusal.unwrap_or(&credit);
            Found::nothing(refusal.reason.code(), refusal.steps)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 1);

    fn told(kind: &str, given: &str) -> (&'static str, &'static str, String, Option<&'static str>) {
        let found = read(&kind.parse().unwrap(), given, TODAY);
        let number = found.number.unwrap_or(Canonical { kind: "", text: String::new() });
        (found.reason, number.kind, number.text, found.other.map(|other| other.kind))
    }

    #[test]
    fn a_persons_number_is_canonical_or_has_a_reason() {
        for (given, reason, text) in [
            ("440106199003070125", "CHECKSUM", ""),
            ("11010519491231002X", "OK", "11010519491231002X"),
            ("11010519491231002x ", "NORMALIZED", "11010519491231002X"),
            ("110105491231002", "CONVERTED", "11010519491231002X"),
            ("", "EMPTY", ""),
            ("4.40106E+17", "EXCEL_SCIENTIFIC", ""),
            ("110105194912310000", "EXCEL_TRUNCATED", ""),
            ("110105********002X", "MASKED", ""),
            ("111111111111111", "PLACEHOLDER", ""),
        ] {
            let (told_reason, kind, told_text, _) = told("citizen-id", given);
            assert_eq!((told_reason, &told_text[..]), (reason, text), "{given}");
            assert_eq!(kind, if text.is_empty() { "" } else { "citizen-id" });
        }
    }

    #[test]
    fn an_enterprises_code_is_known_by_its_form() {
        for (given, reason, kind, text) in [
            ("9144030071526726XG", "OK", "credit-code", "9144030071526726XG"),
            ("９144030071526726xg", "NORMALIZED", "credit-code", "9144030071526726XG"),
            ("71526726X", "OK", "org-code", "71526726X"),
            ("71526726-X", "NORMALIZED", "org-code", "71526726X"),
            ("44030171526726X", "CONVERTED", "org-code", "71526726X"),
            ("440301103448669", "OK", "biz-reg-no", "440301103448669"),
            ("9144030071526726XA", "CHECKSUM", "", ""),
            ("914403OO71526726XG", "ALPHABET", "", ""),
            ("11010519491231002X01", "OWNER_NUMBER", "", ""),
            ("", "EMPTY", "", ""),
        ] {
            let (told_reason, told_kind, told_text, other) = told("organization", given);
            assert_eq!((told_reason, told_kind, &told_text[..]), (reason, kind, text), "{given}");
            assert!(other.is_none());
        }
    }

    /// Both checks pass by chance, one time in ten.
    #[test]
    fn what_can_be_two_things_stays_both() {
        let both = (0..10_000_000u32)
            .map(|n| format!("440301{:09}", u64::from(n) * 97 + 100_000_000))
            .find(|text| {
                TaxNo::parse(text, TODAY)
                    .is_ok_and(|no| matches!(no.form(), TaxForm::RegionAndOrgCode { .. }))
                    && BizRegNo::parse(text).is_ok()
            })
            .unwrap();
        let (reason, kind, _, other) = told("organization", &both);
        assert_eq!((reason, kind, other), ("CONVERTED", "org-code", Some("biz-reg-no")));
        assert_eq!(told("tax-no", &both).3, None);
    }

    #[test]
    fn a_profile_names_the_kinds_so() {
        assert!(matches!("passport:CAN".parse(), Ok(KeyKind::Passport(country)) if country == "CAN"));
        for word in ["passport", "passport:", "id", ""] {
            assert!(word.parse::<KeyKind>().is_err());
        }
        assert_eq!(told("passport:CAN", "AB123456").1, "passport");
    }
}
