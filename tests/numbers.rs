//! Official numbers against the vectors, and properties of the check characters.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::Value;
use yihao::base::number::{
    BizRegNo, CheckKind, CitizenId, CreditCode, ForeignPermit, NumberKind, OfficialNumber, OrgCode, Step,
    check, mask,
};

const TODAY: Date = date(2026, 11, 1);

#[test]
fn every_case_of_the_vectors() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/id-vectors.json")).unwrap();
    assert_eq!(vectors["as_of"], TODAY.to_string());
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 155);
    for case in cases {
        let kind = match case["kind"].as_str().unwrap() {
            "uscc" => CheckKind::CreditCode,
            kind => kind.replace('_', "-").parse().unwrap(),
        };
        let checked = check(kind, case["input"].as_str().unwrap(), TODAY);
        let answer = serde_json::to_value(&checked).unwrap();
        for key in ["valid", "normalized", "reason"] {
            assert_eq!(answer[key], case[key], "{key} of {case}");
        }
        for (key, value) in case["derived"].as_object().unwrap() {
            assert_eq!(&answer["derived"][key], value, "{key} of {case}");
        }
        let mut steps: Vec<&str> = checked.steps.iter().map(Step::as_str).collect();
        let mut expected: Vec<&str> =
            case["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
        steps.sort_unstable();
        expected.sort_unstable();
        assert_eq!(steps, expected, "steps of {case}");
    }
}

#[test]
fn a_region_is_named_and_an_unknown_one_is_no_error() {
    let derived = |text| check(CheckKind::CitizenId, text, TODAY).derived;
    let dongshan = derived("44010219720101003X");
    assert_eq!(dongshan["region_name"], "广东省广州市东山区");
    assert_eq!(dongshan["region_abolished"], true);
    assert!(!dongshan.contains_key("region_unknown"));
    let unknown = derived(&citizen_id("44999919900307012"));
    assert_eq!(unknown["region_unknown"], true);
    assert!(!unknown.contains_key("region_name"));
}

/// GB 11643-1999 in the other way of writing it: the body as a number of base 13, doubled, modulo 11.
fn citizen_id(body: &str) -> String {
    let value = u128::from_str_radix(body, 13).unwrap();
    format!("{body}{}", char::from(b"10X98765432"[(2 * value % 11) as usize]))
}

/// GB 32100-2015 with the weights that it prints.
fn credit_code(body: &str) -> String {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = body.chars().zip(WEIGHTS).map(|(c, w)| ALPHABET.find(c).unwrap() * w).sum();
    format!("{body}{}", ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap())
}

/// The body with the one check character that `parses` takes.
fn with_check(body: &str, parses: impl Fn(&str) -> bool) -> String {
    let all = "0123456789X".chars().map(|check| format!("{body}{check}"));
    let valid: Vec<String> = all.filter(|number| parses(number)).collect();
    assert_eq!(valid.len(), 1, "{body} has one check character and no other");
    valid.into_iter().next().unwrap()
}

/// Every text that differs from `number` in one character, which is another of `alphabet`.
fn misread(number: &str, alphabet: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (at, was) in number.char_indices() {
        for c in alphabet.chars().filter(|c| *c != was) {
            texts.push(format!("{}{c}{}", &number[..at], &number[at + 1..]));
        }
    }
    texts
}

/// Every text in which two neighbours of `number` that differ have changed places.
fn swapped(number: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for at in 1..number.len() {
        let (left, right) = (&number[at - 1..at], &number[at..=at]);
        if left != right {
            texts.push(format!("{}{right}{left}{}", &number[..at - 1], &number[at + 1..]));
        }
    }
    texts
}

const DIGITS: &str = "0123456789";

prop_compose! {
    fn citizen_body()(
        province in prop::sample::select(vec!["11", "44", "50", "65", "71"]),
        place in 0..10_000,
        (year, month, day) in (1900..2026, 1..=12, 1..=28),
        sequence in 0..1000,
    ) -> String {
        format!("{province}{place:04}{year}{month:02}{day:02}{sequence:03}")
    }
}

prop_compose! {
    fn org_code()(body in "[1-9][0-9A-HJ-NPQRTUWXY]{6}[A-H]") -> String {
        with_check(&body, |number| OrgCode::parse(number).is_ok())
    }
}

proptest! {
    #[test]
    fn citizen_numbers_hold_against_one_wrong_and_two_swapped_characters(body in citizen_body()) {
        let number = citizen_id(&body);
        prop_assert!(CitizenId::parse(&number, TODAY).unwrap().as_str() == number);
        for wrong in misread(&number, "0123456789X").iter().chain(&swapped(&number)) {
            prop_assert!(CitizenId::parse(wrong, TODAY).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn credit_codes_hold_against_one_wrong_and_two_swapped_characters(
        kind in prop::sample::select(vec!["11", "52", "91", "92", "N2", "Y1"]),
        place in 0..10_000,
        org_code in org_code(),
    ) {
        let number = credit_code(&format!("{kind}44{place:04}{org_code}"));
        prop_assert!(CreditCode::parse(&number).unwrap().as_str() == number);
        let misread = misread(&number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        for wrong in misread.iter().chain(&swapped(&number)) {
            prop_assert!(CreditCode::parse(wrong).is_err(), "{}", wrong);
        }
    }

    // Letters are left out: modulo 11 some pairs of characters weigh the same (GB 11714-1997 is no better).
    #[test]
    fn organization_codes_hold_against_one_wrong_and_two_swapped_digits(body in "[1-9][0-9]{6}0") {
        let number = with_check(&body, |number| OrgCode::parse(number).is_ok());
        for wrong in misread(&number, DIGITS).iter().chain(&swapped(&number)) {
            prop_assert!(OrgCode::parse(wrong).is_err(), "{}", wrong);
        }
    }

    // Swapped neighbours are left out below: neither MOD 11,10 nor 7-3-1 catches all of them.
    #[test]
    fn registration_numbers_hold_against_one_wrong_digit(body in "44[0-9]{11}[1-3]") {
        let number = with_check(&body, |number| BizRegNo::parse(number).is_ok());
        for wrong in misread(&number, DIGITS) {
            prop_assert!(BizRegNo::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn old_foreign_cards_hold_against_one_wrong_digit(body in "[A-Z]{3}44[0-9]{2}7[0-9]0[1-9]1[0-9]{2}") {
        let number = with_check(&body, |number| ForeignPermit::parse(number).is_ok());
        for wrong in misread(&number, DIGITS) {
            prop_assert!(ForeignPermit::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in prop_oneof![
        any::<String>(),
        "[0-9A-Z*.='\"+() :Ｅ０＋×\u{200b}-]{0,24}",
        "[0-9]{12,20}[0-9Xxх×]{0,2}",
    ]) {
        for kind in CheckKind::ALL {
            let first = check(kind, &text, TODAY);
            prop_assert_eq!(first.valid, first.normalized.is_some());
            if let Some(normalized) = &first.normalized {
                let again = check(kind, normalized, TODAY);
                prop_assert_eq!(again.reason, "OK");
                prop_assert_eq!(again.normalized.as_ref(), Some(normalized));
            }
        }
        for kind in NumberKind::ALL {
            if let Ok(number) = OfficialNumber::parse(kind, &text, TODAY) {
                let stored = OfficialNumber::from_stored(number.kind(), number.as_str());
                prop_assert_eq!(stored, Ok(number));
            }
        }
        prop_assert_eq!(mask(&text).chars().count(), text.chars().count());
    }
}
