//! An account that the rules left in doubt is claimed by its owner: by its old password, and by level 4 for its number.

use uuid::Uuid;
use yihao::base::{Actor, TrustLevel, Visit};
use yihao::legacy::LinkState;
use yihao::legacy::cases::{self, CLAIMED, CaseState, Deciding, Decision};

use super::{OLD, OLD_MD5};
use crate::legacy_merge::{Old, house, population};
use crate::support::{Browser, House, Page, Person};

const LIST: &str = "/account/earlier-accounts";

/// An account with this number under a name that the register does not know.
async fn in_doubt(old: &Old<'_>, local_id: &str, number: &str, name: &str) -> Uuid {
    let account = old.person(local_id, number, name).await;
    old.had(account, local_id, "md5", OLD_MD5, "").await;
    account
}

async fn claims(browser: &mut Browser, user: &str, password: &str) -> Page {
    browser.open(LIST).await;
    browser.submit("#claim", &[("source", "si"), ("user_name", user), ("old_password", password)]).await
}

async fn case_of(house: &House, account: Uuid) -> cases::LegacyCase {
    let mut found = Vec::new();
    for state in [None, Some(CaseState::Decided)] {
        let filter = cases::Filter { state, ..cases::Filter::default() };
        found.extend(cases::list(&mut &house.app.db, &house.visit(), &filter).await.unwrap());
    }
    found.into_iter().find(|case| case.legacy_account == account).expect("a case")
}

async fn decides(house: &House, account: Uuid, decision: Decision, into: Option<Uuid>) {
    let case = case_of(house, account).await.id;
    let visit = Visit { actor: Actor::Cli("one".to_owned()), ..house.visit() };
    let deciding = Deciding { decision, reason: "papers", into, two_operators: true, own: None };
    let mut tx = house.app.db.begin().await.unwrap();
    cases::decide(&mut tx, &house.app.keys, &visit, &house.app.config.trust, case, deciding).await.unwrap();
    tx.commit().await.unwrap();
}

async fn registered(house: &House, persons: &[&Person]) {
    let all: Vec<_> = persons.iter().map(|one| (one.number.as_str(), one.name.as_str(), "", "0")).collect();
    population(house, &all).await;
}

#[tokio::test]
async fn old_password_and_level_four_close_the_case() {
    let house = house().await;
    let person = house.person_at(TrustLevel::Proven).await;
    registered(&house, &[&person]).await;
    let si = Old::system(&house, "si", None).await;
    let account = in_doubt(&si, "ouyang", &person.number, "欧阳静雨").await;
    si.matches().await;
    assert_eq!(case_of(&house, account).await.reason, "NAME_MISMATCH");
    let mut browser = Browser::signed_in(&house, &person).await;
    let wrong = claims(&mut browser, "ouyang", "wrong one").await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_deref()), (422, Some("claim-refused")));
    assert_eq!(si.state(account).await.0, "matched");

    let page = claims(&mut browser, "ouyang", OLD).await;
    page.is_at(LIST);
    assert_eq!(page.texts("ul.rows strong"), ["si"]);
    let (state, _, owner) = si.state(account).await;
    assert_eq!((state.as_str(), owner), ("merged", Some(person.id)));
    assert_eq!(si.link(account).await.state, LinkState::Live);
    assert!(!si.has_password(account).await);
    let case = case_of(&house, account).await;
    assert_eq!((case.state, case.decision_reason.as_deref()), (CaseState::Decided, Some(CLAIMED)));
    assert_eq!(case.decided_by, Some(format!("person:{}", person.id)));
    // What no operator wrote is shown to nobody as their reason.
    browser.open("/account/earlier-accounts/decisions").await.sees_not(CLAIMED);
    let again = claims(&mut browser, "ouyang", OLD).await;
    assert_eq!(again.code().as_deref(), Some("claim-refused"), "the old password is used no more");

    // An operator may take it back like every decision.
    let undone = yihao::app::undo_case(&house.app, &house.visit(), case.id).await.unwrap();
    assert_eq!(undone.links, 1);
    assert_eq!(
        (si.state(account).await.0.as_str(), case_of(&house, account).await.state),
        ("matched", CaseState::Open)
    );
}

/// Who knows every name and number, and one old password, comes to nothing but their own account.
#[tokio::test]
async fn neither_alone_is_enough_and_nobody_elses_number_is_claimed() {
    let house = house().await;
    let owner = house.person_at(TrustLevel::Matched).await;
    let stranger = house.person_at(TrustLevel::Proven).await;
    registered(&house, &[&owner, &stranger]).await;
    let si = Old::system(&house, "si", None).await;
    let account = in_doubt(&si, "ouyang", &owner.number, "欧阳静雨").await;
    // Its number is none, so nobody can be shown to have it.
    let without = in_doubt(&si, "nobody", "", "欧阳静雨").await;
    si.matches().await;
    for (person, user) in [(&owner, "ouyang"), (&stranger, "ouyang"), (&stranger, "nobody")] {
        let mut browser = Browser::signed_in(&house, person).await;
        let page = claims(&mut browser, user, OLD).await;
        page.is_at(LIST);
        // The password is right, and that is all that is said.
        assert_eq!(page.url.query(), Some("done=counter"), "{user}");
        assert!(page.texts("ul.rows li").is_empty());
    }
    for account in [account, without] {
        assert_eq!((si.state(account).await.0.as_str(), si.has_password(account).await), ("matched", true));
        assert_eq!(case_of(&house, account).await.state, CaseState::Open);
    }
    // At sign-in such an account is nobody's: its password opens nothing.
    let refused = super::types(&mut Browser::new(&house), "ouyang@si", OLD).await;
    assert_eq!(refused.code().as_deref(), Some("sign-in-refused"));
}

#[tokio::test]
async fn what_operators_have_decided_or_propose_is_not_claimed_away() {
    let house = house().await;
    let person = house.person_at(TrustLevel::Proven).await;
    let other = house.person_at(TrustLevel::Proven).await;
    registered(&house, &[&person, &other]).await;
    let si = Old::system(&house, "si", None).await;
    let rejected = in_doubt(&si, "one", &person.number, "欧阳静雨").await;
    let proposed = in_doubt(&si, "two", &person.number, "欧阳静雨").await;
    let own = in_doubt(&si, "three", &person.number, "欧阳静雨").await;
    si.matches().await;
    decides(&house, rejected, Decision::Reject, None).await;
    decides(&house, proposed, Decision::Merge, Some(other.id)).await;
    decides(&house, own, Decision::Merge, None).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    assert_eq!(claims(&mut browser, "one", OLD).await.code().as_deref(), Some("claim-refused"));
    assert_eq!(claims(&mut browser, "two", OLD).await.url.query(), Some("done=counter"));
    assert_eq!(
        (si.state(rejected).await.0.as_str(), si.state(proposed).await.0.as_str()),
        ("rejected", "matched")
    );
    // What is proposed is theirs anyway: they need not wait for the second operator.
    assert_eq!(claims(&mut browser, "three", OLD).await.texts("ul.rows li").len(), 1);
    assert_eq!(si.state(own).await.2, Some(person.id));
}
