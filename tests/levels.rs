//! How sure we are who somebody is: what raises it, what it lapses to, and who must give way.

use std::time::Duration;

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::base::number::CitizenId;
use yihao::identity::{self, Arrival};

use crate::support::operator::new_person;
use crate::support::{Browser, HOUR, House, Person, claims_of};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The owner of a number shows who they are at a counter.
async fn arrives(house: &House, person: &Person, trust: TrustLevel) -> Result<Arrival, identity::Error> {
    let number = CitizenId::parse(&person.number, house.clock.now().day()).unwrap();
    let new = new_person(number, "欧阳靖宇", "13912345678", trust);
    let visit = house.visit();
    let mut tx = house.app.db.begin().await.unwrap();
    let arrival = identity::arrive(&mut tx, &house.app.keys, &visit, &new, &house.app.config.trust).await?;
    tx.commit().await.unwrap();
    Ok(arrival)
}

#[tokio::test]
async fn a_squatter_at_level_three_gives_way_to_the_owner_at_level_five_who_inherits_nothing() {
    let house = House::open().await;
    let squatter = house.person().await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &squatter).await;
    let before = hall.tokens(&mut browser, "openid offline_access").await;
    let (_, organization) = house.organization("清远漂流有限公司", &squatter).await;

    let arrival = arrives(&house, &squatter, TrustLevel::Attended).await.unwrap();
    let Arrival::Displaced { old, new } = arrival else { panic!("{arrival:?}") };
    assert_eq!(old, squatter.id);

    // Sessions, tokens, password: over, also where they were to outlast the session.
    assert_eq!(hall.refresh(before.text("refresh_token")).await.status, 400);
    assert_eq!(hall.userinfo(before.text("access_token")).await.status, 401);
    browser.open("/account").await.is_at("/sign-in");
    for identifier in [&squatter.number, &squatter.phone] {
        let mut again = Browser::new(&house);
        again.open("/sign-in").await;
        let fields = [("identifier", identifier.as_str()), ("password", squatter.password.as_str())];
        assert_eq!(again.submit("#sign-in", &fields).await.code().as_deref(), Some("sign-in-refused"));
    }
    // The owner is somebody else to every relying system, and acts for nobody.
    let owner = Person { id: new, ..squatter.clone() };
    let mut browser = Browser::signed_in(&house, &owner).await;
    let after = hall.tokens(&mut browser, "openid organization").await;
    let claims = claims_of(after.text("id_token"));
    assert_eq!(claims["trust_level"], 5);
    assert_ne!(claims["sub"], claims_of(before.text("id_token"))["sub"]);
    assert!(claims["act"].is_null());
    assert_eq!(browser.open(&format!("/account/organizations/{organization}")).await.status, 404);
    // Somebody will look at it.
    let cases = identity::open_cases(&mut &house.app.db).await.unwrap();
    assert_eq!((cases[0].account, cases[0].other), (new, Some(old)));
}

#[tokio::test]
async fn who_is_as_sure_gives_way_to_nobody() {
    let house = House::open().await;
    let owner = house.person_at(TrustLevel::Proven).await;
    assert_eq!(arrives(&house, &owner, TrustLevel::Attended).await.unwrap(), Arrival::Known(owner.id));
    let weaker = arrives(&house, &owner, TrustLevel::Matched).await;
    assert!(matches!(weaker, Err(identity::Error::TooWeak)));
    // A proof that has lapsed protects no more than a match.
    let other = house.person_at(TrustLevel::Proven).await;
    house.pass(366 * DAY);
    let arrival = arrives(&house, &other, TrustLevel::Proven).await.unwrap();
    assert!(matches!(arrival, Arrival::Displaced { .. }));
}

#[tokio::test]
async fn a_level_lapses_in_running_sessions_too() {
    let house = House::open_with(|config| {
        config.session.longest_hours = 24 * 400;
        config.session.idle_minutes = 60 * 24 * 400;
        config.token.access_minutes = 60 * 24 * 400;
    })
    .await;
    let person = house.person_at(TrustLevel::Proven).await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let tokens = party.tokens(&mut browser, "openid").await;
    assert_eq!(claims_of(tokens.text("id_token"))["trust_level"], 4);
    house.pass(365 * DAY + HOUR);
    assert_eq!(party.userinfo(tokens.text("access_token")).await.good()["trust_level"], 3);
    let demanding = house.relying_party(json!({ "min_trust": 4 })).await;
    let silent = demanding.attempt("openid").with("prompt", "none");
    assert_eq!(browser.open(&silent.url()).await.error(), "interaction_required");
}
