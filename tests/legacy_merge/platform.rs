//! Matching where no extract is loaded: the registers' platform is asked, within its quota, and its answers are kept.

use std::time::Duration;

use tempfile::TempDir;
use uuid::Uuid;
use yihao::app::{Matched, Pause, match_source};
use yihao::config::Config;
use yihao::db::{Read, values};
use yihao::legacy::task::{self, WaitsFor, Work};
use yihao::legacy::{SubjectKind, matching};
use yihao::outbound::registers::extract::{name_digest, number_digest};
use yihao::{duties, legacy};

use super::truth::{
    SYSTEMS, True, generate, import, is_automatic, judge, started, take_over_systems, verdicts, yihao,
};
use super::{Old, population};
use crate::operators::rooms::at_console;
use crate::support::operator::{citizen_id, credit_code};
use crate::support::registers::Fault;
use crate::support::{HOUR, House};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A house whose registers are asked.
async fn asking(change: impl FnOnce(&mut Config)) -> House {
    House::open_with(|config| {
        // Tests that switch the registers off do not wait for them.
        config.registers.matching_waits_seconds = 0;
        change(config);
    })
    .await
}

/// The program beside the registers, which run in this process.
fn by_command(house: &House, arguments: &[&str]) -> Result<String, String> {
    tokio::task::block_in_place(|| yihao(house, arguments, ""))
}

async fn matches(old: &Old<'_>) -> Matched {
    match_source(&old.house.app, &old.house.visit(), &old.source, None).await.unwrap()
}

/// `CLASS REASON count`, in the order of the classes.
fn words(matched: &Matched) -> Vec<String> {
    let line = |((class, reason), count): (&(matching::Class, String), &u64)| {
        format!("{} {reason} {count}", class.as_str())
    };
    matched.classes.iter().map(line).collect()
}

/// People of one name, whom the register knows, each with an account.
async fn people(old: &Old<'_>, count: usize) -> Vec<Uuid> {
    let mut accounts = Vec::new();
    for n in 0..count {
        let number = citizen_id();
        old.house.registers.know(number.as_str(), "张伟", "");
        accounts.push(old.person(&n.to_string(), number.as_str(), "张伟").await);
    }
    accounts
}

async fn in_state(house: &House, state: &str) -> i64 {
    let sql = "select count(*) from legacy_account where state = $1";
    let mut read = &house.app.db;
    read.optional(sql, values![state], |row| row.get::<i64>(0)).await.unwrap().unwrap()
}

/// How much was asked, and the most that one thing was.
fn asked(house: &House) -> (usize, u32) {
    let asked = house.registers.asked();
    (asked.len(), asked.values().map(|(times, _)| *times).max().unwrap_or(0))
}

/// The most that one thing was answered.
fn answered_most(house: &House) -> u32 {
    house.registers.asked().values().map(|(_, well)| *well).max().unwrap_or(0)
}

#[tokio::test]
async fn the_platform_is_asked_once_and_the_rules_are_the_same() {
    let house = asking(|_| {}).await;
    let numbers: Vec<_> = (0..7).map(|_| citizen_id()).collect();
    let [here, dead, locked, other, unknown, spelled, renamed] = &numbers[..] else { unreachable!() };
    let registers = &house.registers;
    registers.know(here.as_str(), "张伟", "");
    registers.know_as(dead.as_str(), "李四", "", "DECEASED");
    registers.know_as(locked.as_str(), "李五", "", "LOCKED");
    registers.know(other.as_str(), "王五", "");
    registers.know(spelled.as_str(), "买买提·艾力", "");
    registers.know(renamed.as_str(), "赵新", "");
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    let a = si.person("1", here.as_str(), "张伟").await;
    si.person("2", here.as_str(), "張 偉").await;
    si.person("3", dead.as_str(), "李四").await;
    si.person("4", locked.as_str(), "李五").await;
    si.person("5", other.as_str(), "王武").await;
    si.person("6", unknown.as_str(), "陈六").await;
    si.person("7", spelled.as_str(), "買買提．艾力").await;
    si.person("8", spelled.as_str(), "买买提 艾力").await;
    si.person("9", renamed.as_str(), "赵旧").await;
    si.person("10", "", "张伟").await;
    si.person("11", locked.as_str(), "<>").await;
    let b = tax.person("1", here.as_str(), "张伟").await;

    let matched = matches(&si).await;
    assert_eq!(
        words(&matched),
        [
            "AUTO NUMBER_AND_NAME 4",
            "REVIEW EMPTY 1",
            "REVIEW NAME_MISMATCH 3",
            "REVIEW REGISTER_STATUS 1",
            "NOT_IN_REGISTER NO_RECORD 1",
            "DECEASED DECEASED 1",
        ]
    );
    assert_eq!((matched.pause, matched.unanswered), (None, 0));
    let before = asked(&house);
    assert_eq!(before.1, 1, "{:?}", house.registers.asked());
    // Another system's account of the same person, and another run, ask nothing.
    assert_eq!(words(&matches(&tax).await), ["AUTO NUMBER_AND_NAME 1"]);
    let again = matches(&si).await;
    assert_eq!((again.asked, again.written, asked(&house)), (0, 0, before));

    assert_eq!(si.merges().await.unwrap().links, 4);
    tax.merges().await.unwrap();
    assert!(si.state(a).await.2.is_some() && si.state(a).await.2 == tax.state(b).await.2);
    let evidence: serde_json::Value = serde_json::from_str(&si.link(a).await.evidence).unwrap();
    assert_eq!(evidence["asked"], true, "{evidence}");
}

#[tokio::test]
async fn organizations_are_asked_for_by_their_code() {
    let house = asking(|_| {}).await;
    let codes: Vec<_> = (0..3).map(|_| credit_code()).collect();
    for (code, name) in [(&codes[0], "广州恒达科技有限公司"), (&codes[1], "深圳恒达科技有限公司")]
    {
        // Kept by another department than the code says.
        house.registers.know_organization("agriculture", code.as_str(), name, ("欧阳靖宇", ""));
    }
    house.registers.change_organization(codes[1].as_str(), serde_json::json!({ "status": "注销" }));
    let tax = Old::system(&house, "tax", None).await;
    let kind = SubjectKind::Organization;
    let by_code = tax.account(kind, "credit-code", "1", codes[0].as_str(), "广州恒达科技有限公司").await;
    let by_org = tax.account(kind, "org-code", "2", codes[0].org_code(), "廣州恒達科技有限公司").await;
    tax.account(kind, "credit-code", "3", codes[1].as_str(), "深圳恒达科技有限公司").await;
    tax.account(kind, "credit-code", "4", codes[2].as_str(), "珠海恒达科技有限公司").await;
    tax.account(kind, "credit-code", "5", codes[0].as_str(), "广州恒大科技有限公司").await;
    // No platform knows the keys of before: they wait for an extract.
    let tax_no = codes[2].org_code();
    tax.account(kind, "org-code", "6", tax_no, "珠海恒达科技有限公司").await;
    let matched = matches(&tax).await;
    assert_eq!(
        words(&matched),
        [
            "AUTO NUMBER_AND_NAME 1",
            "AUTO_REGISTER OTHER_KEY 1",
            "REVIEW NAME_MISMATCH 1",
            "NOT_IN_REGISTER NO_RECORD 2",
            "INACTIVE_ENTITY DEREGISTERED 1",
        ]
    );
    assert_eq!(tax.merges().await.unwrap().links, 2);
    let account = tax.state(by_code).await.2;
    assert!(account.is_some() && account == tax.state(by_org).await.2);
    let (mut read, keys) = (&house.app.db, house.app.keys.data());
    let organization = yihao::identity::load_organization(&mut read, &keys, account.unwrap()).await;
    assert_eq!(organization.unwrap().unwrap().name.as_str(), "广州恒达科技有限公司");
}

#[tokio::test]
async fn an_extract_comes_first_and_one_that_is_too_old_is_none() {
    let house = asking(|_| {}).await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "张小伟", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", number.as_str(), "张小伟").await;
    assert_eq!(words(&matches(&si).await), ["AUTO_REGISTER FORMER_NAME 1"]);
    assert_eq!(asked(&house).0, 0);
    house.pass(DAY * 40);
    house.registers.know(number.as_str(), "张伟", "");
    assert_eq!(words(&matches(&si).await), ["REVIEW NAME_MISMATCH 1"]);
    assert_eq!(asked(&house).0, 1);
}

#[tokio::test]
async fn the_days_quota_ends_a_run_and_the_next_day_goes_on() {
    // Half of it is for people.
    let house = asking(|config| config.registers.per_day = 20).await;
    let si = Old::system(&house, "si", None).await;
    people(&si, 25).await;
    for (day, left) in [15, 5, 0].into_iter().enumerate() {
        let matched = matches(&si).await;
        assert_eq!(matched.unanswered, left, "day {day}");
        assert_eq!(matched.pause, (left > 0).then_some(Pause::Quota), "day {day}");
        assert_eq!(in_state(&house, "waiting").await, i64::try_from(left).unwrap());
        // What is known is matched, and may be merged meanwhile.
        assert_eq!(words(&matched), [format!("AUTO NUMBER_AND_NAME {}", 25 - left)], "day {day}");
        // On the same day nothing more is asked.
        if left > 0 {
            assert_eq!(matches(&si).await.asked, 0, "day {day}");
        }
        house.pass(DAY);
    }
    assert_eq!(asked(&house), (25, 1));
    assert_eq!(si.merges().await.unwrap().links, 25);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_command_the_quota_is_said() {
    let house = asking(|config| config.registers.per_day = 6).await;
    let si = Old::system(&house, "si", None).await;
    people(&si, 5).await;
    let error = by_command(&house, &["legacy", "match", "--source", "si"]).unwrap_err();
    assert!(error.contains("REGISTER_QUOTA: 3 asked, 2 accounts left"), "{error}");
    assert!(error.contains("tomorrow"), "{error}");
    assert_eq!((in_state(&house, "matched").await, in_state(&house, "waiting").await), (3, 2));
}

#[tokio::test]
async fn registers_that_fall_ill_leave_accounts_waiting_and_the_next_run_goes_on() {
    for fault in Fault::ALL {
        let house = asking(|_| {}).await;
        let si = Old::system(&house, "si", None).await;
        people(&si, 120).await;
        house.registers.fail_after(30, Some(fault));
        let matched = matches(&si).await;
        assert!(matches!(matched.pause, Some(Pause::NoAnswer(_))), "{fault:?} {:?}", matched.pause);
        assert_eq!((matched.asked, matched.unanswered), (30, 90), "{fault:?}");
        assert_eq!(
            words(&matched),
            ["AUTO NUMBER_AND_NAME 30"],
            "{fault:?}: nobody is unknown for want of an answer"
        );
        assert_eq!(in_state(&house, "waiting").await, 90);
        house.registers.fail(None);
        // The register is left alone for a while, and then asked again.
        house.pass(HOUR);
        let matched = matches(&si).await;
        assert_eq!((matched.pause, matched.asked, matched.unanswered), (None, 90, 0), "{fault:?}");
        assert_eq!(answered_most(&house), 1, "{fault:?}: no answer is asked for twice");
        assert_eq!(si.merges().await.unwrap().links, 120);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_question_that_is_never_answered_holds_up_nobody() {
    let house = asking(|config| config.registers.matching_waits_seconds = 30).await;
    let si = Old::system(&house, "si", None).await;
    people(&si, 20).await;
    let number = citizen_id();
    house.registers.know(number.as_str(), "张伟", "");
    let lonely = si.person("lonely", number.as_str(), "张伟").await;
    house.registers.fail_for(Some(number.as_str()));
    let error = by_command(&house, &["legacy", "match", "--source", "si"]).unwrap_err();
    assert!(error.contains("REGISTER_UNANSWERED: 20 asked, 1 accounts left"), "{error}");
    assert_eq!(si.state(lonely).await.0, "waiting");
    house.registers.fail_for(None);
    let told = by_command(&house, &["legacy", "match", "--source", "si"]).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["asked"], &told["unanswered"]), (&1.into(), &0.into()));
    assert_eq!(si.state(lonely).await.1, "AUTO");
}

#[tokio::test]
async fn what_holds_up_organizations_holds_up_no_person() {
    let house = asking(|config| config.registers.per_day = 40).await;
    let (si, tax) = (Old::system(&house, "si", None).await, Old::system(&house, "tax", None).await);
    // More than the day has questions to each department's register.
    let name = "广州恒达科技有限公司";
    for n in 0..25 {
        let code = credit_code();
        tax.account(SubjectKind::Organization, "credit-code", &format!("o{n}"), code.as_str(), name).await;
    }
    people(&tax, 3).await;
    people(&si, 3).await;
    let matched = matches(&tax).await;
    assert_eq!((matched.pause, matched.unanswered), (Some(Pause::Quota), 5));
    assert_eq!(words(&matched), ["AUTO NUMBER_AND_NAME 3", "NOT_IN_REGISTER NO_RECORD 20"]);
    assert_eq!(matches(&si).await.pause, None);
}

#[tokio::test]
async fn what_was_denied_is_asked_again_after_some_days_and_what_was_confirmed_later() {
    let house = asking(|_| {}).await;
    let (unknown, known) = (citizen_id(), citizen_id());
    house.registers.know(known.as_str(), "李四", "");
    let si = Old::system(&house, "si", None).await;
    si.person("1", unknown.as_str(), "张伟").await;
    si.person("2", known.as_str(), "李四").await;
    assert_eq!(words(&matches(&si).await), ["AUTO NUMBER_AND_NAME 1", "NOT_IN_REGISTER NO_RECORD 1"]);
    house.registers.know(unknown.as_str(), "张伟", "");
    house.pass(DAY * 6);
    assert_eq!(matches(&si).await.asked, 0);
    house.pass(DAY);
    assert_eq!(matches(&si).await.asked, 1);
    assert_eq!(words(&matches(&si).await), ["AUTO NUMBER_AND_NAME 2"]);
    house.pass(DAY * 24);
    assert_eq!(matches(&si).await.asked, 1, "the older of the two confirmations");
    // Answers that nobody believes any more go.
    house.pass(DAY * 40);
    duties::sweep(&house.app).await.unwrap();
    let sql = "select count(*) from register_question";
    let mut read = &house.app.db;
    assert_eq!(read.optional(sql, values![], |row| row.get::<i64>(0)).await.unwrap(), Some(0));
}

#[tokio::test]
async fn what_is_written_into_the_answers_leads_nowhere() {
    let house = asking(|_| {}).await;
    let si = Old::system(&house, "si", None).await;
    let (one, two) = (citizen_id(), citizen_id());
    house.registers.know(one.as_str(), "张伟", "");
    house.registers.know(two.as_str(), "李四", "");
    // Somebody wrote another's number into their account over there.
    let thief = si.person("1", one.as_str(), "王五").await;
    let other = si.person("2", two.as_str(), "李四").await;
    assert_eq!(words(&matches(&si).await), ["AUTO NUMBER_AND_NAME 1", "REVIEW NAME_MISMATCH 1"]);
    let keys = house.app.keys.data();
    let key = keys.index.newest().unwrap();
    // The name that the register confirmed, and the number that a record is of.
    let (name, number) = (name_digest(key, "王五"), number_digest(key, "citizen-id", one.as_str()));
    let mut tx = house.app.db.begin().await.unwrap();
    let sql = "update register_record set name_digest = $1, number_digest = $2 where part = 'asked-persons'";
    assert_eq!(tx.execute(sql, values![&name, &number]).await.unwrap(), 1);
    tx.execute("delete from register_question", values![]).await.unwrap();
    tx.commit().await.unwrap();
    si.house.registers.fail(Some(Fault::Down));
    matches(&si).await;
    assert_eq!(si.state(thief).await.1, "AUTO", "the tables say so");
    assert!(si.merges().await.is_none());
    assert!(si.cases().await.iter().all(|case| case.reason == "EVIDENCE_BROKEN"), "{:?}", si.cases().await);
    assert_eq!((si.state(thief).await.2, si.state(other).await.2), (None, None));
}

/// What only an extract can tell: former names and old numbers, registration numbers of organizations. An organization code,
/// also within an old tax number, is known where some account has the credit code. A dot that was left out of a name nobody
/// can put back.
fn by_asking(real: &True) -> Option<bool> {
    let has = |defect: &str| real.defects.split('|').any(|one| one == defect);
    match () {
        () if has("former_name") || has("old_id") || has("key_reg") => Some(false),
        () if has("key_org") || has("key_tax15") || has("dot_variant") => None,
        () => Some(is_automatic(&real.expect)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_attached_to_somebody_else_by_asking() {
    for (seed, times) in [(1, 1.0), (2, 2.0)] {
        let (house, directory) = (asking(|_| {}).await, TempDir::new().unwrap());
        generate(directory.path(), 1_500, seed, times);
        house.registers.know_all(directory.path());
        tokio::task::block_in_place(|| take_over_systems(&house, directory.path()));
        judge(&house, directory.path(), by_asking);
        let (questions, most) = asked(&house);
        assert!(questions > 1_000 && most == 1, "{questions} {most}");
        // Again, with everything answered.
        for (name, ..) in SYSTEMS {
            by_command(&house, &["legacy", "match", "--source", name]).unwrap();
        }
        assert_eq!(asked(&house), (questions, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_asks_it_goes_on_and_ends_the_same() {
    let directory = TempDir::new().unwrap();
    generate(directory.path(), 1_000, 3, 1.0);
    let (whole, cut) = (asking(|_| {}).await, asking(|_| {}).await);
    let (name, dump, _) = SYSTEMS[0];
    for house in [&whole, &cut] {
        house.registers.know_all(directory.path());
        import(house, directory.path(), name, dump);
    }
    by_command(&whole, &["legacy", "match", "--source", name]).unwrap();
    let all = asked(&whole).0;
    // So that there is something to cut.
    cut.registers.take(Duration::from_millis(10));
    let mut killed = 0;
    for part in 1..5 {
        let mut program = started(&cut, &["legacy", "match", "--source", name]);
        while program.try_wait().unwrap().is_none() && asked(&cut).0 < all * part / 6 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        killed += u32::from(program.try_wait().unwrap().is_none());
        let _ = program.kill();
        program.wait().unwrap();
    }
    assert_eq!(killed, 4);
    by_command(&cut, &["legacy", "match", "--source", name]).unwrap();
    let told = |house: &House| {
        let mut told: Vec<_> =
            verdicts(house, name).into_iter().map(|(id, v)| (id, v.class, v.reason)).collect();
        told.sort();
        told
    };
    assert!(told(&whole) == told(&cut));
    assert_eq!(asked(&cut).0, all);
    // A hundred answers and what was out at most are lost by each.
    let twice = cut.registers.asked().values().filter(|(times, _)| *times > 1).count();
    assert!(twice <= 4 * 116, "{twice}");
}

async fn asks(house: &House, old: &Old<'_>) -> Uuid {
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    let id = task::ask(&mut tx, &keys, &visit, (old.source.id, Work::Match), None, false).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn run_of(house: &House, id: Uuid) -> task::Task {
    task::find(&mut &house.app.db, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_run_of_the_console_waits_and_goes_on_by_itself() {
    const PAGE: &str = "/console/sources/si";
    let house = asking(|config| config.registers.per_day = 20).await;
    let si = Old::system(&house, "si", None).await;
    people(&si, 12).await;
    let (mut browser, ..) = at_console(&house, yihao::operator::Role::Decider).await;
    let id = asks(&house, &si).await;
    duties::go_on_with_tasks(&house.app).await.unwrap();
    let run = run_of(&house, id).await;
    assert_eq!((run.state, run.waits_for), (task::TaskState::Waiting, Some(WaitsFor::Quota)));
    assert_eq!((run.progress.asked, run.progress.written), (10, 10));
    let page = browser.open(PAGE).await;
    page.sees("今天可向登记机关查询的次数已用完").sees("登记机关已答复 10 项");
    assert!(page.has("#waits-for") && page.has("#run-stop"));
    // Not before there are new ones.
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 0);
    house.pass(DAY);
    house.registers.fail(Some(Fault::Down));
    duties::go_on_with_tasks(&house.app).await.unwrap();
    assert_eq!(run_of(&house, id).await.waits_for, Some(WaitsFor::Registers));
    let (mut browser, ..) = at_console(&house, yihao::operator::Role::Decider).await;
    browser.open(PAGE).await.sees("登记机关没有答复");
    house.registers.fail(None);
    house.pass(HOUR);
    duties::go_on_with_tasks(&house.app).await.unwrap();
    let run = run_of(&house, id).await;
    assert_eq!((run.state, run.waits_for, run.progress.asked), (task::TaskState::Done, None, 12));
    assert_eq!((run.progress.accounts, run.progress.written), (12, 12));
}

#[tokio::test]
async fn without_a_key_nothing_is_asked() {
    let house = asking(|config| config.danger.simulate_registers = false).await;
    let si = Old::system(&house, "si", None).await;
    people(&si, 1).await;
    let refused = match_source(&house.app, &house.visit(), &si.source, None).await;
    assert!(matches!(refused, Err(legacy::Error::NoExtract("population"))), "{refused:?}");
}
