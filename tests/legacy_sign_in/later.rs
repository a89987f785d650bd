//! Who came in by an old password and nothing else, and what comes after: other sources, and better proof.

use yihao::base::TrustLevel;
use yihao::duties::raise_cases;
use yihao::identity::{self, Arrival};
use yihao::legacy::LinkState;

use super::{NAME, NEW, OLD, known, person_of, sets, trust_of, types};
use crate::legacy_merge::{Old, house, population};
use crate::support::Browser;
use crate::support::operator::{citizen_id, new_person};

#[tokio::test]
async fn a_later_source_is_linked_and_sleeps_and_better_proof_takes_all_of_it() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), NAME, "", "0")]).await;
    let (si, gjj) = (Old::system(&house, "si", None).await, Old::system(&house, "gjj", None).await);
    let first = known(&si, "zhang01", &number).await;
    let mut browser = Browser::new(&house);
    types(&mut browser, "zhang01", OLD).await;
    sets(&mut browser, NEW).await;
    let person = person_of(&si, first).await;
    assert_eq!(trust_of(&house, person).await, TrustLevel::Asserted);

    // Another system's account of the same number and name: no case, and a link that sleeps.
    let later = known(&gjj, "zhang02", &number).await;
    assert!(gjj.cases().await.is_empty());
    assert_eq!(person_of(&gjj, later).await, person);
    let link = gjj.link(later).await;
    assert_eq!((link.state, link.made), (LinkState::Dormant, false));
    // Its own password is no second way in.
    let page = types(&mut Browser::new(&house), "zhang02@gjj", OLD).await;
    assert!(
        page.html.contains("old-password") || page.status.as_u16() == 422 || page.url.path() != "/account"
    );
    assert_eq!(gjj.link(later).await.state, LinkState::Dormant);

    // Somebody proves the number at level 4: theirs is another account, and nothing stays linked to the first.
    let mut tx = house.app.db.begin().await.unwrap();
    let new = new_person(number, NAME, "13812345678", TrustLevel::Proven);
    let arrival =
        identity::arrive(&mut tx, &house.app.keys, &house.visit(), &new, &house.app.config.trust).await;
    tx.commit().await.unwrap();
    let Arrival::Displaced { old, new: owner } = arrival.unwrap() else { panic!("no displacement") };
    assert_eq!(old, person);
    raise_cases(&house.app).await.unwrap();
    assert_eq!(gjj.state(later).await.0, "matched");
    gjj.merges().await.unwrap();
    si.merges().await.unwrap();
    assert_eq!((person_of(&gjj, later).await, person_of(&si, first).await), (owner, owner));
}
