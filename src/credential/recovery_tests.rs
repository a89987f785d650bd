use super::*;
use crate::credential::trial::Trial;

#[test]
fn what_waits_a_day() {
    let bare = Owned { password: true, phone: true, ..Owned::default() };
    let app = Owned { totp: true, ..bare };
    let calm = Risk {
        second_factor: false,
        known_browser: true,
        owned: bare,
        trust: TrustLevel::Matched,
        new_phone: false,
    };
    let table = [
        (calm, false),
        (Risk { known_browser: false, ..calm }, true),
        (Risk { owned: app, ..calm }, true),
        (Risk { owned: Owned { passkeys: 1, ..bare }, ..calm }, true),
        (Risk { owned: Owned { recovery_codes: 1, ..bare }, ..calm }, true),
        (Risk { trust: TrustLevel::Proven, ..calm }, true),
        (Risk { new_phone: true, ..calm }, true),
        (Risk { owned: app, second_factor: true, known_browser: false, ..calm }, false),
        (
            Risk {
                owned: app,
                second_factor: true,
                known_browser: false,
                trust: TrustLevel::Attended,
                ..calm
            },
            true,
        ),
        (Risk { owned: app, second_factor: true, known_browser: false, new_phone: true, ..calm }, true),
        (
            Risk { owned: app, second_factor: true, trust: TrustLevel::Attended, new_phone: true, ..calm },
            false,
        ),
    ];
    for (risk, waits) in table {
        assert_eq!(risk.must_wait(), waits, "{risk:?}");
    }
}

#[tokio::test]
async fn one_day_at_a_time_and_good_once() {
    let trial = Trial::new().await;
    let (person, other) = (trial.person().await, trial.person().await);
    let mut tx = trial.db.begin().await.unwrap();
    let (first, new) = begin(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
    assert!(new && !first.is_ready(trial.visit().now));
    trial.pass(DELAY / 2);
    let (again, new) = begin(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
    assert!(!new && again.id == first.id && again.ready_at == first.ready_at);
    assert!(!use_up(&mut tx, &trial.visit(), person, first.id).await.unwrap());
    trial.pass(DELAY / 2);
    assert!(!use_up(&mut tx, &trial.visit(), other, first.id).await.unwrap());
    assert!(use_up(&mut tx, &trial.visit(), person, first.id).await.unwrap());
    assert!(!use_up(&mut tx, &trial.visit(), person, first.id).await.unwrap());

    // What nobody came back for makes room for the next; what was called off is over.
    let (second, _) = begin(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
    trial.pass(DELAY + COME_BACK);
    let (third, new) = begin(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
    assert!(new && third.id != second.id);
    assert!(cancel(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap());
    assert!(!cancel(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap());
    trial.pass(DELAY);
    assert!(!use_up(&mut tx, &trial.visit(), person, third.id).await.unwrap());
}

#[tokio::test]
async fn a_moment_that_was_moved_in_the_database_is_not_believed() {
    let trial = Trial::new().await;
    let person = trial.person().await;
    let mut tx = trial.db.begin().await.unwrap();
    begin(&mut tx, &trial.keys, &trial.visit(), person).await.unwrap();
    tx.execute("update recovery set ready_at = $1", values![trial.visit().now]).await.unwrap();
    assert!(matches!(waiting(&mut tx, &trial.keys, &trial.visit(), person).await, Err(Error::Keys(_))));
}

#[tokio::test]
async fn a_ticket_is_its_owners_for_half_an_hour_and_the_newest_counts() {
    let trial = Trial::new().await;
    let (person, other) = (trial.person().await, trial.person().await);
    let mut tx = trial.db.begin().await.unwrap();
    let visit = trial.visit();
    let old = issue(&mut tx, &trial.keys, &visit, person, "card shown").await.unwrap();
    let ticket = issue(&mut tx, &trial.keys, &visit, person, "card shown").await.unwrap();
    issue(&mut tx, &trial.keys, &visit, other, "card shown").await.unwrap();
    for (whose, typed, good) in [(person, &old, false), (other, &ticket, false), (person, &ticket, true)] {
        let found = look(&mut tx, &trial.keys, &visit, whose, typed).await.unwrap();
        assert_eq!(found.is_some(), good);
    }
    let id = look(&mut tx, &trial.keys, &visit, person, &ticket).await.unwrap().unwrap();
    trial.pass(TICKET_LIFE);
    assert_eq!(look(&mut tx, &trial.keys, &trial.visit(), person, &ticket).await.unwrap(), None);
    assert!(!use_up(&mut tx, &trial.visit(), person, id).await.unwrap());
}
