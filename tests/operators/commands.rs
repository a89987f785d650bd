//! The commands: operators are added and stopped, and decide what the demo lets anybody decide.

use serde_json::json;
use yihao::operator::Role;

use crate::support::House;
use crate::support::operator::citizen_id;
use crate::support::program::{outside_the_demo, yihao};

#[tokio::test]
async fn an_operator_is_added_listed_and_stopped() {
    let house = House::open().await;
    let number = citizen_id();
    let lines = format!("青山不改 绿水长流\n王晓梅\n{}\n", number.as_str());
    let add =
        ["operator", "add", "--name", "-", "--role", "decider", "--role", "clerk", "--region", "440100"];
    let add = [&add[..], &["--citizen-id", "-", "--password-stdin"]].concat();
    let added = yihao(&house, &add, &lines).expect("added");
    let listed = yihao(&house, &["operator", "list"], "").expect("a list");
    let expected = json!([{
        "operator_id": added["operator_id"], "name": "王晓梅", "state": "active", "roles": ["clerk", "decider"],
        "region": "440100", "department": null, "number_known": true,
    }]);
    assert_eq!(listed, expected);
    let (code, words) = yihao(&house, &add, &lines).expect_err("the name is taken");
    assert_eq!((code, words.trim()), (Some(1), "yihao: an operator of this name is there already"));

    let suspended = yihao(&house, &["operator", "suspend", "-"], "王晓梅\n").expect("suspended");
    assert_eq!(suspended["state"], "suspended");
    assert!(yihao(&house, &["operator", "suspend", "王晓梅"], "").is_err());
    assert_eq!(yihao(&house, &["operator", "resume", "王晓梅"], "").expect("resumed")["state"], "active");
    for (arguments, input, status) in [
        (vec!["operator", "suspend", "nobody"], "", 1),
        (vec!["operator", "reset", "王晓梅", "--password-stdin"], "password\n", 1),
        (vec!["operator", "number", "王晓梅", "--citizen-id", "-"], "440106198801010000\n", 1),
        (vec!["operator", "add", "--name", "x", "--role", "boss", "--password-stdin"], "", 2),
    ] {
        let (code, words) = yihao(&house, &arguments, input).expect_err("refused");
        assert_eq!(code, Some(status), "{arguments:?}: {words}");
        assert!(!words.contains("440106198801010000"), "{words}");
    }
}

#[tokio::test]
async fn a_mandate_by_command_wants_an_operator_with_the_right_who_is_not_concerned() {
    let house = House::open().await;
    let (boss, handler) = (house.person().await, house.person().await);
    let (code, _) = house.organization("广州市青山贸易有限公司", &boss).await;
    let registrar = house.staff(&[Role::Registrar]).await;
    let viewer = house.staff(&[Role::Viewer]).await;
    let grant = |name: &str| {
        let words = "mandate grant --credit-code - --to - --role handler --scope * --until 2027-12-31";
        let mut all: Vec<String> = words.split(' ').map(str::to_owned).collect();
        if !name.is_empty() {
            all.extend(["--as", name, "--password-stdin"].map(str::to_owned));
        }
        all
    };
    let run = |arguments: Vec<String>, input: String| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        outside_the_demo(&house, &arguments, &input)
    };
    let numbers = |to: &str| format!("{code}\n{to}\n");
    let refused = |outcome: Result<serde_json::Value, (Option<i32>, String)>| outcome.expect_err("refused").1;
    let nobody = refused(run(grant(""), numbers(&handler.number)));
    assert!(nobody.contains("an operator decides this"), "{nobody}");
    let wrong = refused(run(grant(&registrar.name), format!("wrong\n{}", numbers(&handler.number))));
    assert!(wrong.contains("do not fit"), "{wrong}");
    let unknown = format!("{}\n{}", registrar.password, numbers(&handler.number));
    assert!(refused(run(grant("nobody"), unknown)).contains("do not fit"));
    let viewed = format!("{}\n{}", viewer.password, numbers(&handler.number));
    assert!(refused(run(grant(&viewer.name), viewed)).contains("does not have the right"));
    let own = format!("{}\n{}", registrar.password, numbers(&registrar.number));
    assert!(refused(run(grant(&registrar.name), own)).contains("nobody serves themselves"));
    let mut without = grant(&registrar.name);
    without.pop();
    assert_eq!(run(without, numbers(&handler.number)).expect_err("no password").0, Some(2));

    let good = format!("{}\n{}", registrar.password, numbers(&handler.number));
    let granted = run(grant(&registrar.name), good).expect("granted");
    let id = granted["mandate_id"].as_str().expect("an id").to_owned();
    let end = ["mandate", "end", &id, "--as", &registrar.name, "--password-stdin"];
    let ended = outside_the_demo(&house, &end, &format!("{}\n", registrar.password)).expect("ended");
    assert_eq!(ended["state"], "ended");
}
