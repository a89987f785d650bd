//! Ten thousand failures from a thousand sources: the owner still gets in, from a browser that is known and
//! by passkey.

use serde_json::{Value, json};
use tokio::task::JoinSet;
use yihao::http::urls;

use crate::factors::{add_passkey, confirms_by_sms};
use crate::support::{Browser, House};

const SOURCES: u32 = 1000;
const FAILURES_EACH: u32 = 10;
const AT_ONCE: u32 = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_is_never_locked_out() {
    let house = House::open_with(|config| config.password.answer_after_ms = 1).await;
    let person = house.person().await;
    let right = [("identifier", person.number.as_str()), ("password", person.password.as_str())];
    let mut owner = Browser::new(&house);
    owner.open(urls::SIGN_IN).await;
    owner.submit("#sign-in", &right).await.is_at(urls::ACCOUNT);
    owner.open(urls::ACCOUNT_PASSKEY).await;
    confirms_by_sms(&house, &mut owner, &person).await.is_at(urls::ACCOUNT_PASSKEY);
    let mut device = add_passkey(&house, &mut owner, "手机").await;
    owner.open(urls::SIGN_OUT).await;
    owner.submit("#sign-out", &[]).await.is_at(urls::SIGNED_OUT);

    let mut running = JoinSet::new();
    for group in 0..AT_ONCE {
        let mut guesser = Browser::new(&house);
        let number = person.number.clone();
        running.spawn(async move {
            let mut statuses = Vec::new();
            guesser.open(urls::SIGN_IN).await;
            for source in (group..SOURCES).step_by(AT_ONCE as usize) {
                guesser.header("x-forwarded-for", &format!("203.{}.{}.7", source / 256, source % 256));
                for _ in 0..FAILURES_EACH {
                    let wrong = [("identifier", number.as_str()), ("password", "guess guess guess")];
                    statuses.push(guesser.submit_again("#sign-in", &wrong).await.status.as_u16());
                }
            }
            statuses
        });
    }
    let statuses: Vec<u16> = running.join_all().await.into_iter().flatten().collect();
    assert_eq!(statuses.len() as u32, SOURCES * FAILURES_EACH);
    let tried = statuses.iter().filter(|status| **status == 422).count();
    let waited = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!(tried + waited, statuses.len(), "{statuses:?}");
    // Those that were checked at once before the first had failed are the only ones beyond the limit.
    assert!(tried < house.app.config.limits.account_failures as usize + AT_ONCE as usize, "{tried} tries");

    // A stranger waits even with the right password, …
    let mut stranger = Browser::new(&house);
    stranger.header("x-forwarded-for", "198.51.100.9");
    stranger.open(urls::SIGN_IN).await;
    assert_eq!(stranger.submit("#sign-in", &right).await.status, 429);
    // … the owner's browser does not, …
    owner.open(urls::SIGN_IN).await;
    owner.submit("#sign-in", &right).await.is_at(urls::ACCOUNT);
    // … and the passkey opens from any browser.
    stranger.open(urls::SIGN_IN).await;
    let started = stranger.script(urls::PASSKEY_SIGN_IN_START, json!({})).await;
    let credential: Value = serde_json::from_str(&device.get(&started)).unwrap();
    let finish = json!({ "handle": started["handle"], "credential": credential });
    assert_eq!(stranger.script(urls::PASSKEY_SIGN_IN_FINISH, finish).await["next"], urls::ACCOUNT);
    stranger.open(urls::ACCOUNT).await.is_at(urls::ACCOUNT);
}
