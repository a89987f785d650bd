//! Nobody learns whether a number is registered: the answers to those who do not get in are the same in
//! status, body and time.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use yihao::http::urls;

use crate::support::operator::citizen_id;
use crate::support::{Browser, House, Page};

const TRIES: usize = 1000;
/// Tries at once: what one waits for the deadline, others use.
const AT_ONCE: usize = 20;
/// Well above what a try costs on a busy machine, so that the deadline decides and not the work.
const DEADLINE: Duration = Duration::from_millis(400);
/// Medians of a thousand may differ by this part of them: what chance leaves on a busy machine.
const SAME: u32 = 50;

async fn house() -> House {
    House::open_with(|config| {
        config.password.answer_after_ms = u64::try_from(DEADLINE.as_millis()).unwrap();
        config.limits.account_failures = u64::MAX;
        config.limits.source_failures = u64::MAX;
        config.limits.all_failures = u64::MAX;
        config.limits.checks_per_number = u64::MAX;
        config.limits.checks_per_source = u64::MAX;
        config.limits.checks_in_all = u64::MAX;
        config.limits.sms_per_phone = u64::MAX;
        config.limits.sms_per_source = u64::MAX;
    })
    .await
}

/// A page without what differs by nature: the request's id, the form's ticket and handle, what was typed.
fn body(page: &Page, typed: &[&str]) -> String {
    let mut text = page.html.clone();
    for typed in typed {
        text = text.replace(typed, "…");
    }
    for mark in ["<code>", "name=\"csrf\" value=\"", "name=\"csrf\" content=\"", "registration="] {
        let mut from = 0;
        while let Some(at) = text[from..].find(mark).map(|at| from + at + mark.len()) {
            let end = text[at..].find(['<', '"', '&']).map_or(text.len(), |end| at + end);
            text.replace_range(at..end, "");
            from = at;
        }
    }
    text
}

/// What differs between two that must not: the fields that are sent.
type Case = [(&'static str, String); 2];

/// Submits the form `TRIES` times a case and compares. Every browser takes the cases in turn, each from another
/// one on, so that what else the machine does, the other browsers included, falls on all cases alike.
async fn same(browsers: Vec<Browser>, form: &'static str, cases: Vec<Case>) {
    let mut running = JoinSet::new();
    for (first, mut browser) in browsers.into_iter().enumerate() {
        let cases = cases.clone();
        running.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..TRIES / AT_ONCE {
                for turn in 0..cases.len() {
                    let number = (first + turn) % cases.len();
                    let case = &cases[number];
                    let given = [(case[0].0, case[0].1.as_str()), (case[1].0, case[1].1.as_str())];
                    let started = Instant::now();
                    let page = browser.submit_again(form, &given).await;
                    let took = started.elapsed();
                    let text = body(&page, &[case[0].1.as_str(), case[1].1.as_str()]);
                    seen.push((number, took, page.status.as_u16(), text));
                }
            }
            seen
        });
    }
    let seen: Vec<_> = running.join_all().await.into_iter().flatten().collect();
    let (_, _, status, text) = &seen[0];
    for (number, took, other, page) in &seen {
        assert!(*took >= DEADLINE, "case {number}: answered before the deadline, after {took:?}");
        assert_eq!((other, page), (status, text), "case {number}");
    }
    let medians: Vec<Duration> = (0..cases.len())
        .map(|case| {
            let mut times: Vec<_> = seen.iter().filter(|seen| seen.0 == case).map(|seen| seen.1).collect();
            times.sort();
            times[times.len() / 2]
        })
        .collect();
    for median in &medians {
        assert!(median.abs_diff(medians[0]) <= medians[0] / SAME, "{form}: {medians:?}");
    }
}

async fn browsers(house: &House, page: &str) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for _ in 0..AT_ONCE {
        let mut browser = Browser::new(house);
        browser.open(page).await;
        browsers.push(browser);
    }
    browsers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sign_in() {
    let house = house().await;
    let person = house.person().await;
    let numbers = [person.number.clone(), citizen_id().as_str().to_owned()];
    let case = |number| [("identifier", number), ("password", "not this one".to_owned())];
    same(browsers(&house, urls::SIGN_IN).await, "#sign-in", numbers.map(case).into()).await;
}

/// An attacker with a phone of their own knows a number and perhaps the name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_registration() {
    let house = house().await;
    let person = house.person().await;
    let (unregistered, absent) = (citizen_id(), citizen_id());
    house.registers.know(&person.number, &person.name, person.phone.trim_start_matches("+86"));
    house.registers.know(unregistered.as_str(), &person.name, "13911111111");
    let wrong = "司马相如";
    let cases = [
        (person.number.as_str(), person.name.as_str()),
        (&person.number, wrong),
        (unregistered.as_str(), &person.name),
        (unregistered.as_str(), wrong),
        (absent.as_str(), wrong),
    ];
    let mut browsers = browsers(&house, urls::REGISTER).await;
    for browser in &mut browsers {
        crate::register::proves(&house, browser, "13922222222").await;
    }
    let case = |(number, name): (&str, &str)| [("number", number.to_owned()), ("name", name.to_owned())];
    same(browsers, "#register-name", cases.map(case).into()).await;
}
