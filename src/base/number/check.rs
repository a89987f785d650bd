//! What `yihao number check` answers.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::biz_reg_no::BizRegNo;
use super::citizen::{CitizenForm, CitizenId, is_centenarian};
use super::clean::Parsed;
use super::credit_code::CreditCode;
use super::foreign_permit::ForeignPermit;
use super::kind::{CheckKind, NumberKind};
use super::official::OfficialNumber;
use super::org_code::OrgCode;
use super::reason::{Detail, Refusal};
use super::regions::Region;
use super::steps::{Step, Steps};
use super::tax_no::{TaxForm, TaxNo};

/// A verdict on a text. No register was asked: valid never means that somebody has the number. It holds the
/// number in clear, for whoever gave it; so there is no `Debug`.
#[derive(Clone, Serialize)]
pub struct Check {
    pub valid: bool,
    /// The canonical spelling of a valid number.
    pub normalized: Option<String>,
    /// `OK`, `NORMALIZED` (valid once normalised), or the code of the refusal.
    pub reason: &'static str,
    /// What the number tells, or what helps to find the right one.
    pub derived: Map<String, Value>,
    #[serde(skip)]
    pub steps: Steps,
}

/// Judges `text` as a number of `kind`. `today` decides which days of birth are in the future.
pub fn check(kind: CheckKind, text: &str, today: Date) -> Check {
    let verdict = match kind {
        CheckKind::CitizenId => OfficialNumber::parse_with_steps(NumberKind::CitizenId, text, today)
            .map(|parsed| of_person(&parsed)),
        CheckKind::CreditCode => CreditCode::parse_with_steps(text)
            .map(|p| Told::new(p.number.as_str(), p.steps, of_credit_code(&p.number))),
        CheckKind::OrgCode => OrgCode::parse_with_steps(text)
            .map(|p| Told::new(p.number.as_str(), p.steps, vec![("org_code", json!(p.number.as_str()))])),
        CheckKind::TaxNo => TaxNo::parse_with_steps(text, today)
            .map(|p| Told::new(p.number.as_str(), p.steps, of_tax_no(&p.number))),
        CheckKind::BizRegNo => BizRegNo::parse_with_steps(text)
            .map(|p| Told::new(p.number.as_str(), p.steps, of_biz_reg_no(&p.number))),
    };
    match verdict {
        Ok(told) => Check {
            valid: true,
            reason: if told.normalized == text { "OK" } else { "NORMALIZED" },
            normalized: Some(told.normalized),
            derived: map(told.facts),
            steps: told.steps,
        },
        Err(refusal) => Check {
            valid: false,
            normalized: None,
            reason: refusal.reason.code(),
            derived: map(of_refusal(&refusal)),
            steps: refusal.steps,
        },
    }
}

type Facts = Vec<(&'static str, Value)>;

struct Told {
    normalized: String,
    steps: Steps,
    facts: Facts,
}

impl Told {
    fn new(normalized: &str, steps: Steps, facts: Facts) -> Self {
        Self { normalized: normalized.to_owned(), steps, facts }
    }
}

fn map(facts: Facts) -> Map<String, Value> {
    facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn of_person(parsed: &Parsed<OfficialNumber>) -> Told {
    let facts = match &parsed.number {
        OfficialNumber::Citizen(citizen) => of_citizen(citizen, parsed.steps),
        OfficialNumber::Foreign(permit) => of_foreign_permit(permit),
        // `citizen-id` leads to no other kind.
        _ => Facts::new(),
    };
    Told::new(parsed.number.as_str(), parsed.steps, facts)
}

fn of_citizen(citizen: &CitizenId, steps: Steps) -> Facts {
    let converted = steps.contains(Step::FifteenToEighteen);
    let mut facts = vec![
        ("form", json!(if converted { "resident_15" } else { citizen.form().as_str() })),
        ("birth_date", json!(citizen.birth_date().to_string())),
        ("sex", json!(citizen.sex().as_str())),
    ];
    facts.extend(of_region(&citizen.region_code()));
    facts.extend(citizen.nationality().map(|code| ("nationality_numeric", json!(code))));
    if citizen.form() == CitizenForm::HmtResidence {
        let place = match citizen.as_str().as_bytes()[1] {
            b'1' => "HK",
            b'2' => "MO",
            _ => "TW",
        };
        facts.push(("hmt", json!(place)));
    }
    if converted && is_centenarian(citizen.sequence()) {
        facts.push(("centenarian_seq", json!(true)));
    }
    facts
}

fn of_foreign_permit(permit: &ForeignPermit) -> Facts {
    let mut facts = vec![
        ("form", json!("foreign_pr_15")),
        ("nationality_alpha3", json!(permit.nationality())),
        ("birth_yymmdd", json!(permit.birth_yymmdd())),
    ];
    facts.extend(of_region(&permit.region_code()));
    facts
}

fn of_region(code: &str) -> Facts {
    let mut facts = vec![("region", json!(code))];
    match Region::find(code) {
        Some(region) => {
            facts.push(("region_name", json!(region.full_name())));
            facts.push(("region_abolished", json!(region.abolished)));
        }
        None => facts.push(("region_unknown", json!(true))),
    }
    facts
}

fn of_credit_code(code: &CreditCode) -> Facts {
    vec![
        ("org_code", json!(code.org_code())),
        ("region", json!(code.region_code())),
        ("dept", json!(code.department())),
        ("category", json!(code.category())),
        ("entity", json!(code.entity())),
    ]
}

fn of_tax_no(tax_no: &TaxNo) -> Facts {
    let text = tax_no.as_str();
    match tax_no.form() {
        TaxForm::CreditCode(code) => {
            let mut facts = vec![("form", json!("uscc"))];
            facts.extend(of_credit_code(code));
            facts
        }
        TaxForm::RegionAndOrgCode { org_code, citizen } => {
            let region = &text[..6];
            let mut facts = vec![
                ("form", json!("region6+org9")),
                ("region", json!(region)),
                ("org_code", json!(org_code.as_str())),
                ("uscc_candidate", json!(CreditCode::candidate('9', '1', region, org_code))),
            ];
            facts.extend(citizen.as_ref().map(|_| ("ambiguous_with", json!("citizen_id_15"))));
            facts
        }
        TaxForm::Citizen(citizen) => {
            let form = if text.len() == 15 { "citizen_id_15" } else { "citizen_id" };
            vec![("form", json!(form)), ("citizen_id", json!(citizen.as_str()))]
        }
        TaxForm::CitizenAndSerial(citizen) => vec![
            ("form", json!("citizen_id+2")),
            ("citizen_id", json!(citizen.as_str())),
            ("serial", json!(&text[18..])),
        ],
    }
}

fn of_biz_reg_no(number: &BizRegNo) -> Facts {
    let form = if number.has_check_digit() { "reg15" } else { "reg13_no_check" };
    let mut facts = vec![("form", json!(form)), ("region", json!(number.region_code()))];
    facts.extend(number.owner().map(|owner| ("owner", json!(owner))));
    facts
}

fn of_refusal(refusal: &Refusal) -> Facts {
    match &refusal.detail {
        Detail::None => Facts::new(),
        Detail::Length(length) => vec![("length", json!(length))],
        Detail::Expected(check) => vec![("expected", json!(check))],
        Detail::Prefix15(prefix) => vec![("prefix15", json!(prefix.as_str()))],
        Detail::Suggestion(code) => vec![("suggestion", json!(code.as_str()))],
        Detail::OrgCode(code) => vec![("org_code", json!(code.as_str()))],
    }
}
