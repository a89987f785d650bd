//! The same by command, in the name of an operator.

use serde_json::{Value, json};

use super::truth::{ended, program, yihao};
use super::{Old, house, population};
use crate::support::House;
use crate::support::operator::citizen_id;

const PASSWORD: &str = "燕子 lantern 7 河\n";

fn operator(house: &House, name: &str, role: &str) {
    let add = ["operator", "add", "--name", name, "--role", role, "--password-stdin"];
    yihao(house, &add, PASSWORD).unwrap();
}

fn told(house: &House, arguments: &[&str], input: &str) -> Result<Value, String> {
    yihao(house, arguments, input).map(|text| serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn operators_decide_and_undo_by_command() {
    let house = house().await;
    let numbers = [citizen_id(), citizen_id()];
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &persons).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", numbers[0].as_str(), "张伟").await;
    let unsure = si.person("2", numbers[1].as_str(), "张炜").await;
    for (name, role) in [("one", "decider"), ("two", "decider"), ("clerk", "clerk")] {
        operator(&house, name, role);
    }
    let matched = told(&house, &["legacy", "match", "--source", "si"], "").unwrap();
    assert_eq!((&matched["accounts"], &matched["cases"]), (&json!(2), &json!(1)));
    let dry = told(&house, &["legacy", "merge", "--source", "si", "--dry-run"], "").unwrap();
    assert_eq!((&dry["links"], &dry["batch_id"]), (&json!(1), &Value::Null));
    assert_eq!(si.state(sure).await.0, "matched");
    let merged = told(&house, &["legacy", "merge", "--source", "si"], "").unwrap();
    let batch = merged["batch_id"].as_str().unwrap();
    let cases = told(&house, &["legacy", "cases", "--source", "si"], "").unwrap();
    let case = cases[0]["case_id"].as_str().unwrap();
    assert_eq!(cases[0]["sides"]["legacy"]["name"], "*炜");
    let decide = |by: &str| {
        let line = [
            "legacy",
            "decide",
            case,
            "merge",
            "--reason",
            "the file shows it",
            "--as",
            by,
            "--password-stdin",
        ];
        told(&house, &line, PASSWORD)
    };
    assert_eq!(decide("one").unwrap()["state"], "proposed");
    assert!(decide("clerk").unwrap_err().contains("right"));
    assert_eq!(decide("two").unwrap()["state"], "merged");
    assert_eq!(si.state(unsure).await.0, "merged");
    let undo = |what: &str, id: &str| {
        told(&house, &["legacy", "undo", what, id, "--as", "one", "--password-stdin"], PASSWORD)
    };
    assert_eq!(undo("--case", case).unwrap()["removed"], 1);
    assert_eq!(undo("--batch", batch).unwrap()["links"], 1);
    assert_eq!((si.state(sure).await.0, si.state(unsure).await.0), ("matched".into(), "matched".into()));
    assert!(undo("--batch", batch).unwrap_err().contains("undone already"));
    // Numbers are printed masked; whole only in a decider's name, and noted.
    let verdicts = |more: &[&str], input: &str| {
        let line = [&["legacy", "verdicts", "--source", "si"], more].concat();
        yihao(&house, &line, input)
    };
    assert!(!verdicts(&[], "").unwrap().contains(numbers[0].as_str()));
    assert!(verdicts(&["--reveal-numbers"], "").is_err());
    let reveal = |by| ["--reveal-numbers", "--reason", "file 17", "--as", by, "--password-stdin"];
    assert!(verdicts(&reveal("clerk"), PASSWORD).unwrap_err().contains("right"));
    let whole = verdicts(&reveal("one"), PASSWORD).unwrap();
    assert!(numbers.iter().all(|number| whole.contains(number.as_str())));
    let audit = crate::support::home::rows(&house.home.storage, &[]).await;
    assert_eq!(audit["audit"].iter().filter(|row| row.contains("legacy.numbers_revealed")).count(), 1);
    // Without an operator, and with a wrong password: nothing.
    assert!(yihao(&house, &["legacy", "undo", "--batch", batch], "").is_err());
    let wrong = ["legacy", "undo", "--batch", batch, "--as", "one", "--password-stdin"];
    assert!(yihao(&house, &wrong, "wrong\n").unwrap_err().contains("do not fit"));
    let report = told(&house, &["legacy", "report", "--source", "si"], "").unwrap();
    assert_eq!(report.as_array().unwrap().len(), 2);
    assert!(!report.to_string().contains(numbers[0].as_str()));
}

#[tokio::test]
async fn what_one_has_proposed_at_the_console_another_confirms_or_withdraws_by_command() {
    use yihao::base::{Actor, Visit};
    use yihao::legacy::undo::{self, Asked, Deciding};
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", number.as_str(), "张伟").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id;
    operator(&house, "one", "decider");
    let id = batch.to_string();
    let command = |more: &[&str]| {
        let line = [&["legacy", "undo", "--batch", &id, "--as", "one", "--password-stdin"], more].concat();
        told(&house, &line, PASSWORD)
    };
    let proposes = async || {
        let visit = Visit { actor: Actor::Operator(house.app.chance.id()), ..house.visit() };
        let deciding = Deciding { reason: "wrong extract", two_operators: true, go_on: true };
        let mut tx = house.app.db.begin().await.unwrap();
        let asked = undo::ask_batch(&mut tx, &house.app.keys.data(), &visit, batch, deciding).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(asked, Asked::Proposed));
    };
    assert!(command(&["--withdraw"]).unwrap_err().contains("nobody has proposed"));
    proposes().await;
    assert_eq!(command(&["--withdraw"]).unwrap()["state"], "done");
    assert_eq!(si.state(sure).await.0, "merged");
    assert!(command(&["--withdraw"]).is_err());
    proposes().await;
    assert_eq!(command(&["--reason", "so it is"]).unwrap()["links"], 1);
    assert_eq!(si.state(sure).await.0, "matched");
}

/// `legacy.two_operators_to_undo`: by command as at the console, one proposes and another one confirms.
#[tokio::test]
async fn where_the_policy_says_two_a_batch_is_taken_back_by_two_commands() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let sure = si.person("1", number.as_str(), "张伟").await;
    si.matches().await;
    let batch = si.merges().await.unwrap().id.to_string();
    for name in ["one", "two"] {
        operator(&house, name, "decider");
    }
    let undo = |by: &str, more: &[&str]| {
        let line = [&["legacy", "undo", "--batch", &batch, "--as", by, "--password-stdin"], more].concat();
        let mut program = program(&house, &line);
        program.env("YIHAO__LEGACY__TWO_OPERATORS_TO_UNDO", "true");
        ended(program.spawn().unwrap(), PASSWORD).map(|text| serde_json::from_str::<Value>(&text).unwrap())
    };
    assert_eq!(undo("one", &["--reason", "wrong extract"]).unwrap()["state"], "undo_proposed");
    assert_eq!(si.state(sure).await.0, "merged");
    // Nobody confirms what they have proposed themselves.
    assert!(undo("one", &[]).unwrap_err().contains("another operator"));
    assert_eq!(si.state(sure).await.0, "merged");
    assert_eq!(undo("two", &["--withdraw"]).unwrap()["state"], "done");
    assert_eq!(undo("two", &[]).unwrap()["state"], "undo_proposed");
    assert_eq!(undo("one", &["--reason", "confirmed"]).unwrap()["links"], 1);
    assert_eq!(si.state(sure).await.0, "matched");
    let rows = crate::support::home::rows(&house.home.storage, &[]).await;
    let events = |event: &str| rows["audit"].iter().filter(|row| row.contains(event)).count();
    assert_eq!(
        (events("legacy.undo_proposed"), events("legacy.undo_withdrawn"), events("legacy.undone")),
        (2, 1, 1)
    );
}
