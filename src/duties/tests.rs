use tempfile::TempDir;

use super::*;
use crate::base::number::{NumberKind, OfficialNumber};
use crate::base::{Actor, Chance, Clock, Moment, PersonName, Phone, TrustLevel};
use crate::config::Config;
use crate::crypto::Purpose;
use crate::db::{Db, Read, values};
use crate::identity::{self, HandleKind, NewEvidence, NewPerson, Registered};

const START: Moment = Moment::from_seconds(1_795_000_000);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A Yihao of its own, with a clock that is moved by hand.
async fn app() -> (TempDir, App) {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.storage.url = format!("sqlite://{}", directory.path().join("yihao.db").display());
    config.keys.master_file = directory.path().join("master.key");
    Db::open(&config.storage.url).await.unwrap().migrate(START).await.unwrap();
    let app = App::open(config, Clock::by_hand(START), Chance::Machine).await.unwrap();
    (directory, app)
}

fn number() -> OfficialNumber {
    OfficialNumber::parse(NumberKind::CitizenId, "440106199003070124", START.day()).unwrap()
}

async fn register(app: &App) -> Uuid {
    let visit = app.visit_of(Actor::Nobody);
    let new = NewPerson {
        number: number(),
        name: PersonName::parse("李华").unwrap(),
        phone: Some(Phone::parse("13812345678").unwrap()),
        user_name: None,
        email: None,
        email_verified: false,
        address: None,
        evidence: NewEvidence {
            method: "test",
            source: String::new(),
            reference: String::new(),
            trust: TrustLevel::Matched,
        },
    };
    let mut tx = app.db.begin().await.unwrap();
    let registered = identity::register(&mut tx, &app.keys, &visit, &new).await.unwrap();
    tx.commit().await.unwrap();
    let Registered::New(person) = registered else { panic!("the number is taken") };
    person
}

async fn versions(app: &App, table: &'static str) -> Vec<i64> {
    (&mut &app.db).all(table, values![], |row| row.get::<i64>(0)).await.unwrap()
}

#[tokio::test]
async fn an_index_key_retires_when_all_nodes_know_the_next_and_nobody_rests_on_it() {
    let (_directory, app) = app().await;
    let person = register(&app).await;
    let mut tx = app.db.begin().await.unwrap();
    app.keys.rotate_data_key(&mut tx, Purpose::Index, app.clock.now(), &app.chance).await.unwrap();
    tx.commit().await.unwrap();
    let numbers = "select key_version from number_index order by key_version";
    let handles = "select key_version from handle_index order by key_version";
    assert_eq!(rekey(&app).await.unwrap(), 0, "too early to retire");
    assert_eq!((versions(&app, numbers).await, versions(&app, handles).await), (vec![1, 2], vec![1, 2]));
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(rekey(&app).await.unwrap(), 1);
    assert_eq!((versions(&app, numbers).await, versions(&app, handles).await), (vec![2], vec![2]));
    assert_eq!(rekey(&app).await.unwrap(), 0, "nothing is left to do");
    let keys = app.keys.data();
    assert_eq!(keys.index.versions(), [2]);
    let found = identity::find_by_number(&mut &app.db, &keys, &number()).await.unwrap();
    assert_eq!(found, Some(person));
    let by_phone = identity::find_by_handle(&mut &app.db, &keys, HandleKind::Phone, "+8613812345678").await;
    assert_eq!(by_phone.unwrap(), Some(person));
}

#[tokio::test]
async fn what_has_served_its_time_goes_and_nothing_else() {
    let (_directory, app) = app().await;
    register(&app).await;
    let expires_after_days = [1u32, 100];
    let mut tx = app.db.begin().await.unwrap();
    for days in expires_after_days {
        let (id, expires) = (app.chance.id_at(START), START.plus(DAY * days));
        let session =
            "insert into session (id, person, channel, aal, amr, authenticated_at, seen_at, expires_at)
                       values ($1, $1, 'hall', 1, 'pwd', $2, $2, $3)";
        tx.execute(session, values![id, START, expires]).await.unwrap();
        let grant = "insert into grants (id, client, person, session, sub, scopes, claims, channel, aal, amr,
                       authenticated_at, generation, state, expires_at)
                     values ($1, 'c', $1, $1, 's', '', '{}', 'hall', 1, 'pwd', $2, 0, 'active', $3)";
        tx.execute(grant, values![id, START, expires]).await.unwrap();
        let recovery = "insert into recovery (id, person, kind, state, ready_at, ends_at, changed_at, seal)
                        select $1, id, 'delayed', 'done', $2, $3, $2, $4 from person";
        tx.execute(recovery, values![id, START, expires, &[0_u8]]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(sweep(&app).await.unwrap(), deletion::Swept::default());
    app.clock.advance(DAY * 32);
    let swept = sweep(&app).await.unwrap();
    assert_eq!((swept.sessions, swept.grants, swept.recoveries, swept.audit), (1, 1, 1, 0));
    app.clock.advance(DAY * 160);
    let swept = sweep(&app).await.unwrap();
    assert_eq!((swept.sessions, swept.grants, swept.recoveries, swept.audit), (1, 1, 1, 1));
}

/// A ticket is needed as long as its session may be signed out of; how often a day CAS was used, for a year and more.
#[tokio::test]
async fn what_is_left_of_cas_goes_when_no_session_wants_it_any_more() {
    let (_directory, app) = app().await;
    register(&app).await;
    let mut tx = app.db.begin().await.unwrap();
    // Over after a day; still open after a hundred; of a session that is gone altogether.
    for expires_after_days in [Some(1u32), Some(100), None] {
        let id = app.chance.id_at(START);
        if let Some(days) = expires_after_days {
            let session =
                "insert into session (id, person, channel, aal, amr, authenticated_at, seen_at, expires_at)
                           values ($1, $1, 'hall', 1, 'pwd', $2, $2, $3)";
            tx.execute(session, values![id, START, START.plus(DAY * days)]).await.unwrap();
        }
        let ticket = "insert into cas_ticket (id, session, client, service, ticket)
                      values ($1, $1, 'c', 'https://old.example/', 'ST-1')";
        tx.execute(ticket, values![id]).await.unwrap();
    }
    for days in [0u32, 200] {
        let day = crate::client::cas_day(START.plus(DAY * days));
        let used = "insert into cas_use (client, day, uses, last_at) values ('c', $1, 3, $2)";
        tx.execute(used, values![day, START]).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(sweep(&app).await.unwrap(), deletion::Swept::default());
    app.clock.advance(DAY * 32);
    let swept = sweep(&app).await.unwrap();
    assert_eq!((swept.cas_tickets, swept.cas_uses), (2, 0), "the one of the open session is kept");
    app.clock.advance(DAY * 100);
    assert_eq!(sweep(&app).await.unwrap().cas_tickets, 1);
    app.clock.advance(DAY * 270);
    let swept = sweep(&app).await.unwrap();
    assert_eq!(
        (swept.cas_tickets, swept.cas_uses),
        (0, 1),
        "a day of a year ago is over, a later one is not"
    );
    app.clock.advance(DAY * 200);
    assert_eq!(sweep(&app).await.unwrap().cas_uses, 1);
}

#[tokio::test]
async fn signing_keys_turn_after_their_days_and_the_next_is_published_first() {
    let (_directory, app) = app().await;
    let states = async || -> Vec<(String, String)> {
        let rows = app.keys.list_signing_keys(&app.db).await.unwrap();
        rows.into_iter().filter(|row| row.algorithm == "ES256").map(|row| (row.kid, row.state)).collect()
    };
    signing_keys::turn_those_due(&app).await.unwrap();
    assert_eq!(states().await.len(), 1);
    app.clock.advance(DAY * 31);
    signing_keys::turn_those_due(&app).await.unwrap();
    signing_keys::turn_those_due(&app).await.unwrap();
    let published = states().await;
    assert_eq!(published.iter().map(|(_, state)| state.as_str()).collect::<Vec<_>>(), ["active", "next"]);
    app.clock.advance(DAY);
    signing_keys::turn_those_due(&app).await.unwrap();
    let turned = states().await;
    assert_eq!(
        turned.iter().map(|(_, state)| state.as_str()).collect::<Vec<_>>(),
        ["retiring", "active", "next"]
    );
    assert_eq!(turned[1].0, published[1].0, "the key that was published signs");
}

#[tokio::test]
async fn one_node_does_a_duty_at_a_time() {
    let (_directory, app) = app().await;
    let (one, other) = (app.chance.id(), app.chance.id());
    turn(&app, Duty::Deletion, one).await.unwrap();
    let held = "select count(*) from lease where duty = 'deletion'";
    assert_eq!(versions(&app, held).await, [1]);
    assert!(!lease::take(&app.db, "deletion", other, app.clock.now(), DAY).await.unwrap());
    app.clock.advance(Duty::Deletion.every() + Duration::from_secs(1));
    assert!(lease::take(&app.db, "deletion", other, app.clock.now(), DAY).await.unwrap());
}
