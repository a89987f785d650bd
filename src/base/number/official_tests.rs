use jiff::civil::{Date, date};

use super::*;

const TODAY: Date = date(2026, 11, 1);

const SAMPLES: [(NumberKind, &str); 8] = [
    (NumberKind::CitizenId, "440106199003070124"),
    (NumberKind::CitizenId, "911124198108030024"),
    (NumberKind::CreditCode, "9144030071526726XG"),
    (NumberKind::ForeignPr, "CAN110081080310"),
    (NumberKind::HmPermit, "H12345678"),
    (NumberKind::TwPermit, "12345678"),
    (NumberKind::Passport, "CAN:AB123456"),
    (NumberKind::NetworkId, "aB3dE5gH7jK9mN1p"),
];

#[test]
fn what_is_stored_comes_back_and_shows_itself_to_nobody() {
    for (kind, text) in SAMPLES {
        let number = OfficialNumber::parse(kind, text, TODAY).unwrap();
        assert_eq!((number.kind(), number.as_str()), (kind, text));
        assert_eq!(OfficialNumber::from_stored(kind, text).unwrap(), number);
        let shown = format!("{number:?} {}", number.masked());
        assert!(!shown.contains(text) && shown.contains('*'), "{kind}");
    }
}

#[test]
fn a_number_has_one_kind_whatever_it_was_given_as() {
    let card = OfficialNumber::parse(NumberKind::ForeignPr, "911124198108030024", TODAY).unwrap();
    assert_eq!(card.kind(), NumberKind::CitizenId);
    let old = OfficialNumber::parse(NumberKind::CitizenId, "can110081080310", TODAY).unwrap();
    assert_eq!(old.kind(), NumberKind::ForeignPr);
    let resident = OfficialNumber::parse(NumberKind::ForeignPr, "440106199003070124", TODAY);
    assert_eq!(resident.unwrap_err().reason, Reason::Format);
}

#[test]
fn both_lengths_of_a_citizen_number_are_one_number() {
    let short = OfficialNumber::parse(NumberKind::CitizenId, "440102550101002", TODAY).unwrap();
    let long = OfficialNumber::parse(NumberKind::CitizenId, "440102195501010024", TODAY).unwrap();
    assert_eq!(short, long);
}

#[test]
fn a_row_that_is_not_canonical_or_of_another_kind_is_refused() {
    for (kind, text) in [
        (NumberKind::CitizenId, "440102550101002"),
        (NumberKind::CitizenId, " 440106199003070124"),
        (NumberKind::CitizenId, "CAN110081080310"),
        (NumberKind::ForeignPr, "911124198108030024"),
        (NumberKind::HmPermit, "H1234567801"),
        (NumberKind::Passport, "can:AB123456"),
    ] {
        assert_eq!(OfficialNumber::from_stored(kind, text).unwrap_err().reason, Reason::Format, "{kind}");
    }
}

#[test]
fn a_birth_in_the_future_waits_for_its_day_but_a_stored_one_is_read() {
    let text = "440106202609300259";
    let before = OfficialNumber::parse(NumberKind::CitizenId, text, date(2026, 9, 29));
    assert_eq!(before.unwrap_err().reason, Reason::BirthFuture);
    assert!(OfficialNumber::parse(NumberKind::CitizenId, text, date(2026, 9, 30)).is_ok());
    assert!(OfficialNumber::from_stored(NumberKind::CitizenId, text).is_ok());
}

#[test]
fn a_refusal_shows_no_digit() {
    let refusal = OfficialNumber::parse(NumberKind::CitizenId, "440106199003070000", TODAY).unwrap_err();
    assert_eq!(format!("{refusal} {refusal:?}"), "EXCEL_TRUNCATED Refusal(EXCEL_TRUNCATED)");
    let super::super::Detail::Prefix15(prefix) = refusal.detail else { panic!("no prefix") };
    assert_eq!(prefix.as_str(), "440106199003070");
}
