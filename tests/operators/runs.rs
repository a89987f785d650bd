//! Matching and merging that are begun at the console: asked for on a page, done behind it.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;
use yihao::db::values;
use yihao::legacy::task::{self, Progress, Work};
use yihao::legacy::{self, Source};
use yihao::operator::Role;
use yihao::{app, duties};

use super::api::{calls, token};
use super::rooms::{at_console, count, refused_with};
use crate::legacy_merge::{Old, population};
use crate::support::operator::citizen_id;
use crate::support::{Browser, HOUR, House, MINUTE, Page};

const PAGE: &str = "/console/sources/si";
/// Ids begin with their time: two runs of one moment have no order.
const SECOND: Duration = Duration::from_secs(1);

async fn house(two_operators: bool) -> House {
    House::open_with(|config| {
        config.registers.source = "extract".to_owned();
        config.legacy.two_operators_to_merge = two_operators;
    })
    .await
}

/// A source with one account that is somebody's and one that is in doubt.
async fn source(house: &House) -> (Old<'_>, Uuid) {
    let numbers = [citizen_id(), citizen_id()];
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(house, &persons).await;
    let si = Old::system(house, "si", None).await;
    let sure = si.person("1", numbers[0].as_str(), "张伟").await;
    si.person("2", numbers[1].as_str(), "张炜").await;
    (si, sure)
}

async fn asks(house: &House, source: &Source, work: Work) -> Uuid {
    let visit = house.visit();
    let mut tx = house.app.db.begin().await.unwrap();
    let keys = house.app.keys.data();
    let id = task::ask(&mut tx, &keys, &visit, (source.id, work), Some(2), false).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn takes(house: &House) -> Option<task::Task> {
    let mut tx = house.app.db.begin().await.unwrap();
    let taken = task::take(&mut tx, &house.visit()).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

/// The page when what is counted aside has been counted.
async fn counted(browser: &mut Browser) -> Page {
    for _ in 0..1000 {
        let page = browser.open(PAGE).await;
        if !page.has("#counting") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is counted for ever")
}

async fn advances(house: &House, task: &task::Task) -> Result<(), legacy::Error> {
    let mut tx = house.app.db.begin().await.unwrap();
    task.advance(&mut tx, house.clock.now(), Progress { accounts: 1, ..Progress::default() }).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_source_is_matched_and_merged_behind_the_page() {
    let house = house(false).await;
    let (si, sure) = source(&house).await;
    let (mut browser, staff, _) = at_console(&house, Role::Decider).await;
    let page = browser.open(PAGE).await;
    assert!(page.has("#run-match") && !page.has("#run-merge"), "nothing is matched yet");
    let asked = browser.submit("#run-begin", &[("work", "match")]).await;
    asked.is_at(PAGE).sees(&staff.name).sees("可以离开本页");
    assert_eq!(asked.attribute("#run", "data-state").as_deref(), Some("waiting"));
    assert!(asked.has("meta[http-equiv=refresh]") && !asked.has("#run-begin"));
    assert_eq!(si.state(sure).await.0, "waiting");
    // One at a time.
    let csrf = asked.attribute("input[name=csrf]", "value").unwrap();
    let second = [("csrf".to_owned(), csrf), ("work".to_owned(), "merge".to_owned())];
    refused_with(&browser.post(&format!("{PAGE}/run"), &second).await, "run-under-way");

    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 1);
    let page = counted(&mut browser).await;
    assert_eq!(page.attribute("#past-runs li", "data-state").as_deref(), Some("done"));
    page.sees("有变动 2 个").sees("提出疑难事项 1 件");
    assert!(page.has("#run-merge") && !page.has("meta[http-equiv=refresh]"));
    browser.submit("#run-begin", &[("work", "merge")]).await;
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 1);
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 0);
    assert_eq!(si.state(sure).await.0, "merged");
    counted(&mut browser).await.sees("已关联 1 个").sees("新开立 1 个");
    // The batch is the operator's, and can be taken back like every other.
    let batch = browser.open_link_to("/console/batches/").await;
    batch.sees(&staff.name).sees("已完成");
    assert_eq!(count(&house, "legacy.task").await, 4);

    // Who may only look sees how far it is, and begins nothing.
    let (mut viewer, ..) = at_console(&house, Role::Viewer).await;
    let page = viewer.open(PAGE).await;
    assert!(page.has("#past-runs") && !page.has("#run-begin"));
    let csrf = viewer.open("/console").await.attribute("input[name=csrf]", "value").unwrap();
    let forged = [("csrf".to_owned(), csrf), ("work".to_owned(), "match".to_owned())];
    assert_eq!(viewer.post(&format!("{PAGE}/run"), &forged).await.status.as_u16(), 403);
    let odd = browser.post(&format!("{PAGE}/run"), &[("work".to_owned(), "match".to_owned())]).await;
    assert_eq!(odd.status.as_u16(), 403, "without the form's ticket");
}

#[tokio::test]
async fn where_the_policy_says_two_a_merger_is_confirmed_by_another() {
    let house = house(true).await;
    let (si, sure) = source(&house).await;
    si.matches().await;
    let (mut one, first, _) = at_console(&house, Role::Decider).await;
    let (mut two, ..) = at_console(&house, Role::Decider).await;
    one.open(PAGE).await.sees("须由第二位审核人员确认");
    let proposed = one.submit("#run-begin", &[("work", "merge")]).await;
    assert_eq!(proposed.attribute("#run", "data-state").as_deref(), Some("proposed"));
    assert!(proposed.has("#waits") && !proposed.has("#run-confirm"));
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 0);
    assert_eq!(si.state(sure).await.0, "matched");
    // Nobody confirms their own wish.
    let seen = two.open(PAGE).await;
    seen.sees(&first.name);
    let confirm = seen.attribute("#run-confirm", "action").unwrap();
    let csrf = one.open(PAGE).await.attribute("input[name=csrf]", "value").unwrap();
    refused_with(&one.post(&confirm, &[("csrf".to_owned(), csrf)]).await, "case-same-operator");
    // It may be withdrawn, by either; what is withdrawn cannot be confirmed.
    let left = one.submit("#run-stop", &[]).await;
    assert_eq!(left.attribute("#past-runs li", "data-state").as_deref(), Some("withdrawn"));
    refused_with(&two.submit("#run-confirm", &[]).await, "case-over");
    house.pass(SECOND);
    one.open(PAGE).await;
    one.submit("#run-begin", &[("work", "merge")]).await;
    two.open(PAGE).await;
    let begun = two.submit("#run-confirm", &[]).await;
    assert_eq!(begun.attribute("#run", "data-state").as_deref(), Some("waiting"));
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 1);
    assert_eq!(si.state(sure).await.0, "merged");
}

#[tokio::test]
async fn a_run_that_cannot_be_done_says_why_and_one_that_is_stopped_stops() {
    let house = house(false).await;
    // No register is loaded.
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", citizen_id().as_str(), "张伟").await;
    let (mut browser, ..) = at_console(&house, Role::Decider).await;
    browser.open(PAGE).await;
    browser.submit("#run-begin", &[("work", "match")]).await;
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 1);
    let page = browser.open(PAGE).await;
    assert_eq!(page.attribute("#past-runs li", "data-state").as_deref(), Some("failed"));
    page.sees("没有可用来比对的登记数据");
    house.pass(SECOND);
    browser.submit("#run-begin", &[("work", "match")]).await;
    let stopped = browser.submit("#run-stop", &[]).await;
    assert_eq!(stopped.attribute("#past-runs li", "data-state").as_deref(), Some("stopped"));
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 0);
    assert_eq!(si.state(old).await.0, "waiting");
    // One in the middle of its work notices at its next step, and the rest is left for the next run.
    population(&house, &[(citizen_id().as_str(), "张伟", "", "0")]).await;
    let id = asks(&house, &si.source, Work::Match).await;
    let task = takes(&house).await.unwrap();
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    task::stop(&mut tx, &keys, &visit, id).await.unwrap();
    tx.commit().await.unwrap();
    app::run_task(&house.app, task).await.unwrap();
    assert_eq!(si.state(old).await.0, "waiting", "its step was not kept");
    let found = task::find(&mut &house.app.db, id).await.unwrap().unwrap();
    assert_eq!((found.state, found.progress), (task::TaskState::Stopped, Progress::default()));
}

#[tokio::test]
async fn what_a_dead_node_had_in_hand_another_goes_on_with() {
    let house = house(false).await;
    let (si, sure) = source(&house).await;
    asks(&house, &si.source, Work::Match).await;
    let dead = takes(&house).await.unwrap();
    advances(&house, &dead).await.unwrap();
    assert!(takes(&house).await.is_none(), "it is in hand");
    house.pass(MINUTE * 2);
    advances(&house, &dead).await.unwrap();
    house.pass(MINUTE * 2);
    assert!(takes(&house).await.is_none(), "it moved two minutes ago");
    house.pass(MINUTE * 2);
    assert_eq!(duties::go_on_with_tasks(&house.app).await.unwrap(), 1);
    assert_eq!(si.state(sure).await.0, "matched");
    assert!(matches!(advances(&house, &dead).await, Err(legacy::Error::TakenOver)));
}

/// Before the first count has come to its end nothing is known, and nobody begins a second one.
#[tokio::test]
async fn a_first_count_that_is_under_way_is_said_to_be() {
    let house = house(false).await;
    let (si, _) = source(&house).await;
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(legacy::report::begin(&mut tx, si.source.id, house.clock.now()).await.unwrap());
    assert!(!legacy::report::begin(&mut tx, si.source.id, house.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    let (mut browser, ..) = at_console(&house, Role::Viewer).await;
    let page = browser.open(PAGE).await;
    assert!(page.has("#counting") && page.has("meta[http-equiv=refresh]") && !page.has("#reasons"));
    // Whoever counted has died.
    house.pass(MINUTE * 11);
    let page = browser.open(PAGE).await;
    assert!(!page.has("#counting"));
    page.sees("共 2 个账号");
}

/// Counting millions takes seconds: it is done aside, and people see meanwhile what was counted before.
#[tokio::test]
async fn a_report_that_takes_long_is_kept_and_counted_anew_aside() {
    let house = house(false).await;
    let (si, _) = source(&house).await;
    let (mut browser, ..) = at_console(&house, Role::Viewer).await;
    let kept = json!({
        "counts": [{ "state": "waiting", "class": "", "reason": "OK", "kind": "person", "accounts": 5_000_000 }],
        "unregistered": { "accounts": 0, "numbers": 0 },
    });
    let keep = async || {
        let mut tx = house.app.db.begin().await.unwrap();
        let sql = "insert into legacy_report (source, counted_at, took, lines) values ($1, $2, 4000, $3)
                   on conflict (source) do update set counted_at = excluded.counted_at, took = 4000,
                     lines = excluded.lines";
        tx.execute(sql, values![si.source.id, house.clock.now(), &kept.to_string()]).await.unwrap();
        tx.commit().await.unwrap();
    };
    keep().await;
    let page = browser.open(PAGE).await;
    page.sees("5,000,000");
    assert!(!page.has("#counting"), "it was counted just now");
    house.pass(HOUR / 2);
    let (mut browser, ..) = at_console(&house, Role::Viewer).await;
    let page = browser.open(PAGE).await;
    page.sees("5,000,000");
    assert!(page.has("#counting") && page.has("meta[http-equiv=refresh]"));
    let shown = counted(&mut browser).await;
    assert!(!shown.html.contains("5,000,000"), "it was counted aside");
    shown.sees("共 2 个账号");
}

#[tokio::test]
async fn programs_begin_runs_too() {
    let house = house(true).await;
    let (si, sure) = source(&house).await;
    let (one, two) = (token(&house, Role::Decider).await, token(&house, Role::Decider).await);
    let viewer = token(&house, Role::Viewer).await;
    let runs = "/sources/si/runs";
    let post = async |path: &str, by: &str, body: serde_json::Value| {
        let (status, body) = calls(&house, Method::POST, path, by, body).await;
        (status.as_u16(), body)
    };
    assert_eq!(post(runs, &viewer, json!({ "work": "match" })).await.0, 403);
    assert_eq!(post(runs, &one, json!({ "work": "undo" })).await.0, 400);
    assert_eq!(post("/sources/none/runs", &one, json!({ "work": "match" })).await.0, 404);
    let (status, run) = post(runs, &one, json!({ "work": "match" })).await;
    assert_eq!((status, &run["state"], &run["expected"]), (200, &json!("waiting"), &json!(2)));
    let (status, refused) = post(runs, &one, json!({ "work": "merge" })).await;
    assert_eq!((status, &refused["error"]), (409, &json!("under_way")));
    duties::go_on_with_tasks(&house.app).await.unwrap();
    house.pass(SECOND);
    let run = post(runs, &one, json!({ "work": "merge" })).await.1;
    assert_eq!(run["state"], "proposed");
    let id = run["run_id"].as_str().unwrap();
    let confirm = format!("/runs/{id}/confirm");
    assert_eq!(post(&confirm, &one, json!({})).await.1["error"], "same_operator");
    assert_eq!(post(&confirm, &two, json!({})).await.1["state"], "waiting");
    assert_eq!(post(&confirm, &two, json!({})).await.0, 409);
    duties::go_on_with_tasks(&house.app).await.unwrap();
    assert_eq!(si.state(sure).await.0, "merged");
    let listed = calls(&house, Method::GET, runs, &viewer, json!(null)).await.1;
    assert_eq!((&listed["runs"][0]["state"], &listed["runs"][0]["links"]), (&json!("done"), &json!(1)));
    assert_eq!(post(&format!("/runs/{id}/stop"), &two, json!({})).await.0, 409, "it is over");
}
