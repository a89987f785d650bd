//! Operators as the domain keeps them: found by name alone, believed by seal, stopped at once.

use yihao::base::{Actor, Secret, Visit};
use yihao::credential::{self, Wait};
use yihao::db::{Read, values};
use yihao::operator::{self, Change, Error, Operator, Refused, Role};

use crate::support::House;
use crate::support::staff::Staff;

async fn authenticates(house: &House, staff: &Staff, password: &str, roles: &[Role]) -> Result<Visit, Error> {
    let app = &house.app;
    let mut visit = house.visit();
    let given = (&Secret::new(staff.name.as_str()), Secret::new(password));
    let guards = (&app.attempts, &app.hasher);
    operator::authenticate(&app.db, &app.keys.data(), &mut visit, guards, given, roles).await?;
    Ok(visit)
}

#[track_caller]
fn refused(outcome: Result<Visit, Error>) -> Refused {
    match outcome {
        Err(Error::Refused(refused)) => refused,
        Err(other) => panic!("{other}"),
        Ok(visit) => panic!("let in as {}", visit.actor),
    }
}

async fn loaded(house: &House, staff: &Staff) -> Operator {
    let found = operator::find(&mut &house.app.db, &house.app.keys.data(), staff.id).await;
    found.expect("a look").expect("an operator")
}

async fn change(house: &House, staff: &Staff, what: Change<'_>) -> Result<(), Error> {
    let operator = loaded(house, staff).await;
    let mut tx = house.app.db.begin().await.expect("a transaction");
    operator::change(&mut tx, &house.app.keys.data(), &house.visit(), &operator, what).await?;
    tx.commit().await.expect("it is kept");
    Ok(())
}

#[tokio::test]
async fn an_operator_decides_by_name_and_password_and_is_named_in_the_log() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Decider, Role::Viewer]).await;
    let visit = authenticates(&house, &staff, &staff.password, &[Role::Decider]).await.expect("let in");
    assert_eq!(visit.actor, Actor::Operator(staff.id));
    assert_eq!(visit.actor.to_string(), format!("operator:{}", staff.id));
    let loud = Staff { name: format!(" {} ", staff.name.to_uppercase()), ..staff.clone() };
    assert!(authenticates(&house, &loud, &staff.password, &[Role::Viewer]).await.is_ok());

    let unknown = Staff { name: "nobody".to_owned(), ..staff.clone() };
    assert_eq!(
        refused(authenticates(&house, &unknown, &staff.password, &[Role::Decider]).await),
        Refused::NotAuthenticated
    );
    assert_eq!(
        refused(authenticates(&house, &staff, "wrong", &[Role::Decider]).await),
        Refused::NotAuthenticated
    );
    assert_eq!(
        refused(authenticates(&house, &staff, &staff.password, &[Role::Clerk]).await),
        Refused::NoRight
    );

    change(&house, &staff, Change::Suspend).await.expect("suspended");
    assert_eq!(
        refused(authenticates(&house, &staff, &staff.password, &[Role::Decider]).await),
        Refused::NotAuthenticated
    );
    assert!(matches!(change(&house, &staff, Change::Suspend).await, Err(Error::Refused(Refused::Changed))));
    change(&house, &staff, Change::Resume).await.expect("resumed");
    assert!(authenticates(&house, &staff, &staff.password, &[Role::Decider]).await.is_ok());
}

#[tokio::test]
async fn who_guesses_at_an_operator_must_wait_whether_there_is_one_or_not() {
    let house = House::open_with(|config| config.limits.account_failures = 3).await;
    let staff = house.staff(&[Role::Decider]).await;
    let unknown = Staff { name: "nobody".to_owned(), ..staff.clone() };
    for guessed in [&staff, &unknown] {
        for _ in 0..3 {
            let outcome = authenticates(&house, guessed, "wrong", &[Role::Decider]).await;
            assert_eq!(refused(outcome), Refused::NotAuthenticated);
        }
        let outcome = authenticates(&house, guessed, &staff.password, &[Role::Decider]).await;
        let Err(Error::Credential(credential::Error::Wait(Wait { seconds }))) = outcome else {
            panic!("not told to wait")
        };
        assert!(seconds > 0);
    }
    house.pass(house.app.config.limits.account_minutes as u32 * crate::support::MINUTE);
    assert!(authenticates(&house, &staff, &staff.password, &[Role::Decider]).await.is_ok());
}

#[tokio::test]
async fn a_name_is_taken_once_and_neither_name_nor_number_is_in_clear() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Clerk]).await;
    let mut tx = house.app.db.begin().await.expect("a transaction");
    let keys = house.app.keys.data();
    let again = operator::NewOperator {
        name: Secret::new(staff.name.to_uppercase()),
        roles: operator::Roles::of(&[Role::Viewer]).expect("a role"),
        region: None,
        department: None,
        number: None,
        password: "phc".to_owned(),
    };
    let outcome = operator::add(&mut tx, &keys, &house.visit(), &again).await;
    assert!(matches!(outcome, Err(Error::Refused(Refused::NameTaken))));
    drop(tx);
    for name in ["", "  ", "a\nb", &"长".repeat(65)] {
        let mut tx = house.app.db.begin().await.expect("a transaction");
        let bad = operator::NewOperator { name: Secret::new(name), ..again_of(&again) };
        let outcome = operator::add(&mut tx, &keys, &house.visit(), &bad).await;
        assert!(matches!(outcome, Err(Error::Refused(Refused::BadName))), "{name:?}");
    }
    let dump = house.home.dump().await;
    for secret in [&staff.name, &staff.number] {
        assert!(!dump.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    let operator = loaded(&house, &staff).await;
    assert_eq!(operator.name.reveal(), staff.name);
    assert!(!format!("{operator:?}").contains(&staff.name));
}

fn again_of(new: &operator::NewOperator) -> operator::NewOperator {
    operator::NewOperator {
        name: new.name.clone(),
        roles: new.roles.clone(),
        region: None,
        department: None,
        number: None,
        password: new.password.clone(),
    }
}

#[tokio::test]
async fn who_can_write_the_database_makes_nobody_a_decider() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Viewer]).await;
    let mut tx = house.app.db.begin().await.expect("a transaction");
    tx.execute("update operator set roles = 'decider' where id = $1", values![staff.id])
        .await
        .expect("changed");
    tx.commit().await.expect("it is kept");
    let outcome = authenticates(&house, &staff, &staff.password, &[Role::Decider]).await;
    assert!(matches!(outcome, Err(Error::Sealed(_))));
}

#[tokio::test]
async fn refusals_are_in_the_audit_log() {
    let house = House::open().await;
    let staff = house.staff(&[Role::Viewer]).await;
    refused(authenticates(&house, &staff, "wrong", &[Role::Viewer]).await);
    house.pass(crate::support::MINUTE);
    refused(authenticates(&house, &staff, &staff.password, &[Role::Decider]).await);
    let mut db = &house.app.db;
    let actors = db
        .all("select actor from audit where event = 'operator.refused' order by id", values![], |row| {
            row.get::<String>(0)
        })
        .await
        .expect("a look");
    assert_eq!(actors, ["cli:test".to_owned(), format!("operator:{}", staff.id)]);
}
