//! Nobody learns whether a number is registered: the answers to those who do not get in are the same in
//! status, body and time.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use yihao::config::Config;
use yihao::http::urls;
use yihao::identity;

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
    house_with(|_| {}).await
}

async fn house_with(change: impl FnOnce(&mut Config)) -> House {
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
        config.limits.recoveries_per_source = u64::MAX;
        config.limits.recoveries_per_identifier = u64::MAX;
        config.limits.recoveries_in_all = u64::MAX;
        change(config);
    })
    .await
}

/// A page without what differs by nature: the request's id, the form's ticket and handle, what was typed.
fn body(page: &Page, typed: &[&str]) -> String {
    let mut text = page.html.clone();
    for typed in typed {
        text = text.replace(typed, "…");
    }
    let form_fields = ["name=\"csrf\" value=\"", "name=\"csrf\" content=\"", "name=\"recovery\" value=\""];
    for mark in form_fields.into_iter().chain(["<code>", "registration=", "recovery="]) {
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
type Case = Vec<(&'static str, String)>;

/// Submits the form `TRIES` times a case and compares. What is told apart by time would be told apart each time:
/// a machine too busy for the deadline to decide gets two more chances.
async fn same(mut browsers: Vec<Browser>, form: &'static str, cases: Vec<Case>) {
    let mut medians = Vec::new();
    for _ in 0..3 {
        (browsers, medians) = measured(browsers, form, &cases).await;
        if medians.iter().all(|median| median.abs_diff(medians[0]) <= medians[0] / SAME) {
            return;
        }
    }
    panic!("{form}: {medians:?}");
}

/// One round: the median of each case. Every browser takes the cases in turn, each from another one on, so that
/// what else the machine does, the other browsers included, falls on all cases alike.
async fn measured(
    browsers: Vec<Browser>,
    form: &'static str,
    cases: &[Case],
) -> (Vec<Browser>, Vec<Duration>) {
    let mut running = JoinSet::new();
    for (first, mut browser) in browsers.into_iter().enumerate() {
        let cases = cases.to_vec();
        running.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..TRIES / AT_ONCE {
                for turn in 0..cases.len() {
                    let number = (first + turn) % cases.len();
                    let case = &cases[number];
                    let given: Vec<_> = case.iter().map(|(name, text)| (*name, text.as_str())).collect();
                    let typed: Vec<_> = given.iter().map(|(_, text)| *text).collect();
                    let started = Instant::now();
                    let page = browser.submit_again(form, &given).await;
                    let took = started.elapsed();
                    let text = body(&page, &typed);
                    seen.push((number, took, page.status.as_u16(), text));
                }
            }
            (browser, seen)
        });
    }
    let (browsers, seen): (Vec<_>, Vec<_>) = running.join_all().await.into_iter().unzip();
    let seen: Vec<_> = seen.into_iter().flatten().collect();
    let (_, _, status, text) = &seen[0];
    for (number, took, other, page) in &seen {
        assert!(*took >= DEADLINE, "case {number}: answered before the deadline, after {took:?}");
        assert_eq!((other, page), (status, text), "case {number}");
    }
    let medians = (0..cases.len())
        .map(|case| {
            let mut times: Vec<_> = seen.iter().filter(|seen| seen.0 == case).map(|seen| seen.1).collect();
            times.sort();
            times[times.len() / 2]
        })
        .collect();
    (browsers, medians)
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
    let case = |number| vec![("identifier", number), ("password", "not this one".to_owned())];
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
    let case = |(number, name): (&str, &str)| vec![("number", number.to_owned()), ("name", name.to_owned())];
    same(browsers, "#register-name", cases.map(case).into()).await;
}

/// Who asks for a new password in somebody's name: known, unknown, on hold, without a phone, with more to show,
/// by number or by phone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_recovery() {
    let house = house().await;
    let identifiers = identifiers(&house).await;
    let case = |identifier: String| vec![("identifier", identifier)];
    let cases = identifiers.into_iter().map(case).collect();
    same(browsers(&house, urls::RECOVER).await, "#recover", cases).await;
}

/// The same once the quota of each is used up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_recovery_beyond_its_quota() {
    let house = house_with(|config| config.limits.recoveries_per_identifier = 1).await;
    let identifiers = identifiers(&house).await;
    let mut browser = Browser::new(&house);
    for identifier in &identifiers {
        browser.open(urls::RECOVER).await;
        browser.submit("#recover", &[("identifier", identifier)]).await.is_at(urls::RECOVER_CODE);
    }
    let case = |identifier: String| vec![("identifier", identifier)];
    let cases = identifiers.into_iter().map(case).collect();
    same(browsers(&house, urls::RECOVER).await, "#recover", cases).await;
}

async fn identifiers(house: &House) -> Vec<String> {
    let (known, held) = (house.person().await, house.person().await);
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(
        identity::hold(&mut tx, &house.app.keys.data(), &house.visit(), held.id, "deceased").await.unwrap()
    );
    tx.commit().await.unwrap();
    let bare = house.person_without_phone().await;
    let (with_app, _) = crate::factors::person_with_app(house).await;
    vec![known.number, citizen_id().as_str().to_owned(), held.number, bare.number, with_app.phone]
}
