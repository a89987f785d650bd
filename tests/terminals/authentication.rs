//! A terminal authenticates as its client, with its own key, and only while it may.

use jiff::civil::Weekday;
use serde_json::json;
use uuid::Uuid;
use yihao::db::Read;
use yihao::terminal::Kind;
use yihao::values;

use crate::support::machine::{Pair, with_pages};
use crate::support::{Auth, Browser, HOUR, House, RelyingParty, claims_of};

const REFUSED: (u16, &str) = (401, "invalid_client");

async fn refusals(house: &House, terminal: Uuid) -> Vec<String> {
    let found = (&mut &house.app.db)
        .all(
            "select actor, channel, detail from audit where event = 'terminal.refused' order by id limit 100",
            values![],
            |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?)),
        )
        .await
        .unwrap();
    let its = found.into_iter().filter(|(actor, ..)| *actor == format!("terminal:{terminal}"));
    its.map(|(_, channel, detail)| format!("{channel} {detail}")).collect()
}

#[tokio::test]
async fn a_terminal_speaks_for_its_client_wherever_clients_authenticate() {
    let house = House::open_with(with_pages).await;
    let person = house.person().await;
    let (kiosk, _) = house.machine(Kind::Kiosk, json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = kiosk.tokens(&mut browser, "openid").await;
    assert_eq!(claims_of(tokens.text("access_token"))["channel"], "kiosk");
    let told = kiosk.introspect(tokens.text("access_token")).await.good();
    assert_eq!((&told["active"], &told["channel"]), (&json!(true), &json!("kiosk")));
    assert_eq!(kiosk.revoke(tokens.text("access_token")).await.status, 200);
    assert_eq!(kiosk.introspect(tokens.text("access_token")).await.good()["active"], false);
}

#[tokio::test]
async fn who_is_no_terminal_of_the_client_is_refused() {
    let house = House::open().await;
    let (kiosk, id) = house.machine(Kind::Kiosk, json!({})).await;
    let (_, of_another) = house.machine(Kind::Kiosk, json!({})).await;
    kiosk.introspect("x").await.good();
    let with = |auth: Auth| RelyingParty::new(&house, kiosk.client.clone(), auth);
    let strange = Pair::new();
    for (name, key) in [
        ("a key that was not enrolled, under the terminal's name", strange.named(id)),
        ("an unknown terminal", strange.named(Uuid::from_u128(1))),
        ("a name that is none", strange.named("kiosk-1")),
    ] {
        assert_eq!(with(Auth::Key(key)).introspect("x").await.refusal(), REFUSED, "{name}");
    }
    let Auth::Key(key) = &house.machine(Kind::Kiosk, json!({})).await.0.auth else { unreachable!() };
    assert_eq!(with(Auth::Key(key.clone())).introspect("x").await.refusal(), REFUSED, "another client's");
    assert!(refusals(&house, id).await.is_empty() && refusals(&house, of_another).await.is_empty());
}

#[tokio::test]
async fn outside_its_hours_it_is_refused_and_its_owner_can_read_of_it() {
    let house = House::open().await;
    let client = house.terminal_client(Kind::Kiosk, json!({})).await;
    // The clock stands at the machine's now: open for the rest of today's weekday, closed a day later.
    let today = house.clock.now().local().weekday();
    let (name, _) = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ]
    .into_iter()
    .find(|(_, day)| *day == today)
    .unwrap();
    let pair = Pair::new();
    let id = house.enroll(Kind::Kiosk, &client.id, &pair, &format!("{name} 00:00-24:00")).await.unwrap();
    let kiosk = RelyingParty::new(&house, client, Auth::Key(pair.named(id)));
    kiosk.introspect("x").await.good();
    house.pass(24 * HOUR);
    let closed = kiosk.introspect("x").await;
    assert_eq!(closed.refusal(), REFUSED);
    assert!(closed.text("error_description").contains("outside its opening hours"));
    let read = refusals(&house, id).await;
    assert!(matches!(&read[..], [one] if one.starts_with("kiosk ") && one.contains("hours")), "{read:?}");
    house.pass(6 * 24 * HOUR);
    kiosk.introspect("x").await.good();
}

/// Somebody who can write the database but has no key of ours does not move a terminal, nor wake it.
#[tokio::test]
async fn a_changed_row_is_no_terminal() {
    let house = House::open().await;
    let (kiosk, id) = house.machine(Kind::Kiosk, json!({})).await;
    for change in [
        "update terminal set place = '别处' where id = $1",
        "update terminal set hours = 'mon 00:00-00:01' where id = $1",
    ] {
        let mut tx = house.app.db.begin().await.unwrap();
        tx.execute(change, values![id]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kiosk.introspect("x").await.refusal(), (500, "server_error"), "{change}");
    }
}
