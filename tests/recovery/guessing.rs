//! Who guesses waits, and learns nothing by it.

use yihao::identity;

use super::*;
use crate::support::operator::citizen_id;

/// Whom somebody may ask about: one who is there, one on hold, one without a phone, nobody.
async fn everybody(house: &House) -> Vec<(Person, String)> {
    let (known, held, bare) =
        (house.person().await, house.person().await, house.person_without_phone().await);
    let mut tx = house.app.db.begin().await.expect("a transaction");
    let keys = house.app.keys.data();
    assert!(identity::hold(&mut tx, &keys, &house.visit(), held.id, "deceased").await.expect("held"));
    tx.commit().await.expect("it is kept");
    let nobody = Person { number: citizen_id().as_str().to_owned(), ..bare.clone() };
    [known, held, bare, nobody].map(|person| (person.clone(), person.number)).into()
}

#[tokio::test]
async fn codes_are_tried_so_often_by_whomever() {
    let house = House::open_with(|config| config.limits.account_failures = 7).await;
    let mut stories = Vec::new();
    for (person, identifier) in everybody(&house).await {
        let mut story = Vec::new();
        let mut browser = Browser::new(&house);
        asks(&mut browser, &identifier).await.is_at(urls::RECOVER_CODE);
        let before = codes(&house, &person);
        let wrong = ["000000", "111111"].into_iter().find(|w| before.first().is_none_or(|c| c != w));
        for n in 0..8 {
            // The code by SMS ends after five tries; a ticket is tried as well.
            let code = if n == 6 { "0123-4567-89ab-cdef" } else { wrong.expect("one of two") };
            let page = browser.submit("#recover-code", &[("code", code)]).await;
            let wait = page.headers.get("retry-after").cloned();
            story.push((page.status.as_u16(), page.code(), wait, page.texts("main")));
        }
        assert_eq!(story[7].0, 429);
        assert!(story[..7].iter().all(|step| step.0 == 422), "{story:?}");
        // A password that is right does not give new tries.
        if stories.is_empty() {
            known_browser(&house, &person).await;
            let page = browser.submit("#recover-code", &[("code", "000000")]).await;
            assert_eq!(page.status, 429);
        }
        stories.push(story);
    }
    for story in &stories {
        assert_eq!(story, &stories[0]);
    }
    house.pass(MINUTE * 15);
}

#[tokio::test]
async fn begun_so_often_by_whomever() {
    let house = House::open().await;
    let limit = house.app.config.limits.recoveries_per_identifier;
    for (person, identifier) in everybody(&house).await {
        let mut browser = Browser::new(&house);
        for _ in 0..limit {
            asks(&mut browser, &identifier).await.is_at(urls::RECOVER_CODE);
        }
        let page = asks(&mut browser, &identifier).await;
        assert_eq!((page.status.as_u16(), page.code().as_deref()), (429, Some("too-many")));
        assert!(page.headers.contains_key("retry-after"));
        assert!(codes(&house, &person).len() <= limit as usize);
    }
    // Who has signed in from a browser is not stopped by strangers there.
    let person = house.person().await;
    let (mut own, mut stranger) = (known_browser(&house, &person).await, Browser::new(&house));
    for _ in 0..limit {
        asks(&mut stranger, &person.number).await;
    }
    assert_eq!(asks(&mut stranger, &person.number).await.status, 429);
    asks(&mut own, &person.number).await.is_at(urls::RECOVER_CODE);
}

/// Codes of another flow, another browser, another moment.
#[tokio::test]
async fn a_code_is_good_where_and_when_it_was_asked_for() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::new(&house);
    let page = asks(&mut browser, &person.number).await;
    soon("a code", || !codes(&house, &person).is_empty()).await;
    let code = codes(&house, &person)[0].clone();
    let mut stranger = Browser::new(&house);
    stranger.open(urls::RECOVER).await;
    assert_eq!(stranger.open(page.url.as_str()).await.status, 410);
    for page in [urls::RECOVER_SECOND, urls::RECOVER_PASSWORD] {
        let handle = browser.open(page).await;
        assert_eq!(handle.status, 410, "{page}");
    }
    // Past the question: back to it.
    let skipped = format!("{}?{}", urls::RECOVER_PASSWORD, page.url.query().expect("a handle"));
    browser.open(&skipped).await.is_at(urls::RECOVER_CODE);
    house.pass(MINUTE * 11);
    let page = browser.submit("#recover-code", &[("code", &code)]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("recover-code-wrong")));
}
