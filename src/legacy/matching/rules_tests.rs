use super::*;

const TODAY: Moment = Moment::from_seconds(1_800_000_000);

fn candidate(via: Via, named: Named, status: &str, target: u8) -> Candidate {
    Candidate { via, named, status: status.to_owned(), target: vec![target] }
}

fn facts(candidates: Vec<Candidate>) -> Facts {
    let (number, kind) = (Ok(()), SubjectKind::Person);
    Facts { kind, number, fifteen: false, private_use: false, asked: false, candidates }
}

fn said(facts: &Facts) -> (Class, String) {
    let verdict = decide(facts, TODAY);
    (verdict.class, verdict.reason)
}

fn is(facts: &Facts, class: Class, reason: &str) {
    assert_eq!(said(facts), (class, reason.to_owned()), "{facts:?}");
}

#[test]
fn number_and_name_in_the_register_are_enough() {
    is(&facts(vec![candidate(Via::Number, Named::Equal, "valid", 1)]), Class::Auto, "NUMBER_AND_NAME");
    is(&facts(vec![candidate(Via::Number, Named::Former, "valid", 1)]), Class::AutoRegister, "FORMER_NAME");
    let changed = candidate(Via::ChangedNumber, Named::Equal, "valid", 1);
    is(&facts(vec![changed]), Class::AutoRegister, "CHANGED_NUMBER");
}

#[test]
fn the_number_alone_never_is() {
    let other = candidate(Via::Number, Named::Differs, "valid", 1);
    let verdict = decide(&facts(vec![other]), TODAY);
    assert_eq!((verdict.class, verdict.reason.as_str()), (Class::Review, "NAME_MISMATCH"));
    // Whose number it is stands beside it, for who decides.
    assert_eq!(verdict.target, Some(vec![1]));
    let dead = candidate(Via::Number, Named::Differs, "deceased", 1);
    is(&facts(vec![dead]), Class::Review, "NAME_MISMATCH");
}

#[test]
fn a_corrected_number_that_is_anothers_now_goes_by_the_name() {
    let mut two = facts(vec![
        candidate(Via::Number, Named::Differs, "valid", 1),
        candidate(Via::ChangedNumber, Named::Equal, "valid", 2),
    ]);
    assert_eq!(decide(&two, TODAY).target, Some(vec![2]));
    two.candidates[0].named = Named::Equal;
    is(&two, Class::Review, "AMBIGUOUS");
    // Twice the same record is one.
    two.candidates[1].target = vec![1];
    is(&two, Class::Auto, "NUMBER_AND_NAME");
}

#[test]
fn fifteen_digits_need_a_record_of_both() {
    let mut some = facts(vec![candidate(Via::Number, Named::Equal, "valid", 1)]);
    some.fifteen = true;
    is(&some, Class::AutoRegister, "ID15");
    some.candidates[0].named = Named::Differs;
    is(&some, Class::Review, "NAME_MISMATCH");
    some.candidates.clear();
    is(&some, Class::Review, "ID15_NO_RECORD");
    some.fifteen = false;
    is(&some, Class::NotInRegister, "NO_RECORD");
}

#[test]
fn who_is_dead_or_in_doubt_is_not_merged() {
    is(&facts(vec![candidate(Via::Number, Named::Equal, "deceased", 1)]), Class::Deceased, "DECEASED");
    is(&facts(vec![candidate(Via::Number, Named::Equal, "locked", 1)]), Class::Review, "REGISTER_STATUS");
    let mut some = facts(vec![candidate(Via::Number, Named::Equal, "valid", 1)]);
    some.private_use = true;
    is(&some, Class::Review, "NAME_PRIVATE_USE");
    some.number = Err("CHECKSUM".to_owned());
    is(&some, Class::Review, "CHECKSUM");
}

#[test]
fn an_organization_is_found_by_its_old_keys() {
    let mut some = facts(vec![candidate(Via::OtherKey, Named::Former, "active", 1)]);
    some.kind = SubjectKind::Organization;
    is(&some, Class::AutoRegister, "OTHER_KEY");
    some.candidates[0].status = "moved-away".to_owned();
    is(&some, Class::InactiveEntity, "MOVED_AWAY");
    some.candidates[0].named = Named::Differs;
    is(&some, Class::Review, "NAME_MISMATCH");
    some.candidates.push(candidate(Via::OtherKey, Named::Equal, "active", 2));
    is(&some, Class::AutoRegister, "OTHER_KEY");
}

#[test]
fn a_class_has_one_name() {
    for class in Class::ALL {
        assert_eq!(class.as_str().parse(), Ok(class));
        assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
    }
}
