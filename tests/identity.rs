//! One number, one account: under a crowd, and while the index key changes.

use std::sync::Arc;

use tokio::sync::Barrier;
use uuid::Uuid;
use yihao::app::App;
use yihao::base::number::OfficialNumber;
use yihao::base::{Actor, TrustLevel};
use yihao::crypto::Purpose;
use yihao::db::{Read, values};
use yihao::identity::{self, Error, NewPerson, Registered, Rekeyed, find_by_number};

use crate::support::House;
use crate::support::operator::{citizen_id, new_person};

const CROWD: usize = 200;

/// As a handler does it: a transaction of its own, once more if the keys have changed.
async fn register(app: App, new: NewPerson) -> Option<Uuid> {
    loop {
        let visit = app.visit_of(Actor::Nobody);
        let mut tx = app.db.begin().await.expect("a transaction");
        match identity::register(&mut tx, &app.keys, &visit, &new).await {
            Ok(Registered::New(id)) => {
                tx.commit().await.expect("it is kept");
                return Some(id);
            }
            Ok(Registered::Taken) => return None,
            Err(Error::KeysChanged) => {
                tx.commit().await.expect("what it has seen is committed");
                app.keys.reload(&app.db).await.expect("keys");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// All at one time, in turn at the given nodes; tells who got the number.
async fn crowd(apps: &[App], number: &OfficialNumber, start: &Arc<Barrier>) -> Vec<Uuid> {
    let tasks: Vec<_> = (0..CROWD)
        .map(|n| {
            let (app, start) = (apps[n % apps.len()].clone(), start.clone());
            let new = new_person(number.clone(), "王建国", "13900001111", TrustLevel::Matched);
            tokio::spawn(async move {
                start.wait().await;
                register(app, new).await
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.expect("it ends well"));
    }
    winners
}

async fn rows(app: &App) -> (usize, usize) {
    let mut db = &app.db;
    let persons =
        db.all("select id from person limit 1000", values![], |row| row.get::<Uuid>(0)).await.unwrap();
    let claims =
        db.all("select account from number_index limit 1000", values![], |row| row.get::<Uuid>(0)).await;
    (persons.len(), claims.unwrap().len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_at_two_nodes_gets_one_account() {
    let house = House::open().await;
    let second = house.second_node().await;
    let number = OfficialNumber::from(citizen_id());
    let start = Arc::new(Barrier::new(CROWD));
    let winners = crowd(&[house.app.clone(), second.app.clone()], &number, &start).await;
    assert_eq!(winners.len(), 1);
    assert_eq!(rows(&house.app).await, (1, 1));
    let found = find_by_number(&mut &house.app.db, &house.app.keys.data(), &number).await.unwrap();
    assert_eq!(found, Some(winners[0]));
}

/// One node makes a new index key and fills it while both register the same numbers; the other node learns
/// of the key only by being refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_gets_one_account_also_while_the_index_key_changes() {
    let house = House::open().await;
    let second = house.second_node().await;
    let (one, other) = (house.app.clone(), second.app.clone());
    let taken = house.person().await;
    let taken = OfficialNumber::parse(
        yihao::base::number::NumberKind::CitizenId,
        &taken.number,
        jiff::civil::date(2026, 11, 1),
    )
    .unwrap();
    let fresh = OfficialNumber::from(citizen_id());
    let start = Arc::new(Barrier::new(2 * CROWD + 1));
    let rekeying = {
        let (app, start) = (one.clone(), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            let mut tx = app.db.begin().await.unwrap();
            let version =
                app.keys.rotate_data_key(&mut tx, Purpose::Index, app.clock.now(), &app.chance).await;
            tx.commit().await.unwrap();
            app.keys.reload(&app.db).await.unwrap();
            let mut steps = 0;
            loop {
                let mut tx = app.db.begin().await.unwrap();
                let step = identity::rekey_step(&mut tx, &app.keys).await.unwrap();
                tx.commit().await.unwrap();
                if step == Rekeyed::Complete {
                    break;
                }
                steps += 1;
                assert!(steps < 100, "it comes to an end");
            }
            version.unwrap()
        })
    };
    let nodes = [one.clone(), other.clone()];
    let (winners, none) = tokio::join!(crowd(&nodes, &fresh, &start), crowd(&nodes, &taken, &start));
    assert_eq!((winners.len(), none.len()), (1, 0));
    assert_eq!(rekeying.await.unwrap(), 2);
    // A registration that was under way when the key came wrote no row of it: the backfill is for that.
    let mut tx = one.db.begin().await.unwrap();
    while identity::rekey_step(&mut tx, &one.keys).await.unwrap() != Rekeyed::Complete {}
    tx.commit().await.unwrap();
    assert_eq!(rows(&one).await, (2, 4));
    // With the old key gone everybody is found, and nobody can register again.
    let mut tx = one.db.begin().await.unwrap();
    assert!(one.keys.retire_data_key(&mut tx, Purpose::Index, 1).await.unwrap());
    tx.commit().await.unwrap();
    for app in nodes {
        app.keys.reload(&app.db).await.unwrap();
        let found = find_by_number(&mut &app.db, &app.keys.data(), &fresh).await.unwrap();
        assert_eq!(found, Some(winners[0]));
        let new = new_person(fresh.clone(), "王建国", "13900001111", TrustLevel::Matched);
        assert_eq!(register(app, new).await, None);
    }
}

#[tokio::test]
async fn the_newest_key_is_never_retired() {
    let house = House::open().await;
    let mut tx = house.app.db.begin().await.unwrap();
    assert!(!house.app.keys.retire_data_key(&mut tx, Purpose::Index, 1).await.unwrap());
}

/// Who can write the database but has no key cannot raise anybody's level.
#[tokio::test]
async fn a_level_that_was_raised_by_hand_does_not_pass() {
    let house = House::open().await;
    let person = house.person_at(TrustLevel::Asserted).await;
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("update binding set trust = 5 where person = $1", values![person.id]).await.unwrap();
    tx.commit().await.unwrap();
    let loaded = identity::load(&mut &house.app.db, &house.app.keys.data(), person.id).await;
    assert!(matches!(loaded, Err(Error::Sealed(_))));
}
