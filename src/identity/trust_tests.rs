use super::*;
use TrustLevel::{Asserted, Attended, Matched, Proven};

const POLICY: config::Trust = config::Trust { proven_days: 365, attended_days: 3650, old_password: 2 };
const START: Moment = Moment::from_seconds(1_800_000_000);

fn after(days: u32) -> Moment {
    START.plus(DAY * days)
}

fn evidence(trust: TrustLevel, recorded_at: Moment) -> Evidence {
    let text = String::new;
    Evidence {
        id: Uuid::nil(),
        method: text(),
        source: text(),
        reference: text(),
        trust,
        recorded_at,
        recorded_by: text(),
        withdrawn_at: None,
    }
}

#[test]
fn nothing_gives_nothing_and_a_match_stays() {
    assert_eq!(level(&[], START, &POLICY).trust, TrustLevel::Anonymous);
    let matched = [evidence(Matched, START)];
    let level = level(&matched, after(100_000), &POLICY);
    assert_eq!((level.trust, level.until, level.lapsed.len()), (Matched, None, 0));
}

#[test]
fn a_level_lapses_to_what_else_there_is_and_says_so() {
    let all = [evidence(Attended, START), evidence(Proven, after(3600)), evidence(Matched, START)];
    let at = |days| level(&all, after(days), &POLICY);
    assert_eq!((at(0).trust, at(0).until), (Attended, Some(after(3650))));
    assert_eq!(at(3649).trust, Attended);
    let then = at(3650);
    assert_eq!((then.trust, then.until), (Proven, Some(after(3600 + 365))));
    assert_eq!(then.lapsed, [(all[0].clone(), after(3650))]);
    let last = at(3600 + 365);
    assert_eq!((last.trust, last.until), (Matched, None));
    assert_eq!(last.lapsed.iter().map(|(one, _)| one.trust).collect::<Vec<_>>(), [Proven, Attended]);
}

#[test]
fn of_equal_evidence_the_newest_counts() {
    let all = [evidence(Proven, START), evidence(Proven, after(300))];
    assert_eq!(level(&all, after(400), &POLICY).until, Some(after(665)));
}

#[test]
fn a_binding_never_says_more_than_its_evidence() {
    for (given, days, now) in [
        (Proven, 364, Proven),
        (Proven, 365, Matched),
        (Attended, 365, Attended),
        (Attended, 3650, Matched),
        (Asserted, 9999, Asserted),
    ] {
        let binding = Binding::unsealed(Uuid::nil(), given, START);
        assert_eq!(binding.trust(after(days), &POLICY), now, "{given:?} after {days} days");
    }
}

#[test]
fn what_was_withdrawn_gives_nothing() {
    let face = Evidence { withdrawn_at: Some(after(1)), ..evidence(Proven, START) };
    let level = level(&[face, evidence(Matched, START)], after(2), &POLICY);
    assert_eq!((level.trust, level.lapsed.len()), (Matched, 0));
}
