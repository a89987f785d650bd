//! What the rules leave to a person.

use uuid::Uuid;
use yihao::base::number::{CitizenId, OfficialNumber};
use yihao::base::{Actor, TrustLevel, Visit};
use yihao::db::values;
use yihao::legacy::cases::{self, CaseState, Decided, Deciding, Decision, Due, Filter};
use yihao::legacy::{self, matching, sides};

use super::{HISTORY, Old, house, population};
use crate::support::House;
use crate::support::home::rows;
use crate::support::operator::citizen_id;

fn operator(house: &House, name: &str) -> Visit {
    Visit { actor: Actor::Cli(name.to_owned()), ..house.visit() }
}

async fn decides(
    house: &House,
    by: &str,
    case: Uuid,
    decision: Decision,
    into: Option<Uuid>,
) -> Result<Decided, legacy::Error> {
    let mut tx = house.app.db.begin().await.unwrap();
    let deciding = Deciding { decision, reason: "the file shows it", into, two_operators: true, own: None };
    let visit = operator(house, by);
    let decided =
        cases::decide(&mut tx, &house.app.keys, &visit, &house.app.config.trust, case, deciding).await?;
    tx.commit().await.unwrap();
    Ok(decided)
}

#[tokio::test]
async fn a_merger_needs_two_operators_and_can_be_undone() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", number.as_str(), "张炜").await;
    si.matches().await;
    let case = si.cases().await.remove(0);
    assert_eq!((case.reason.as_str(), case.state), ("NAME_MISMATCH", CaseState::Open));
    let before = rows(&house.home.storage, &HISTORY).await;
    let first = decides(&house, "one", case.id, Decision::Merge, None).await.unwrap();
    assert!(matches!(first, Decided::Proposed));
    assert_eq!(si.state(old).await.0, "matched");
    let alone = decides(&house, "one", case.id, Decision::Merge, None).await;
    assert!(matches!(alone, Err(legacy::Error::SameOperator)));
    let Decided::Merged(link) = decides(&house, "two", case.id, Decision::Merge, None).await.unwrap() else {
        panic!("not merged")
    };
    assert_eq!((si.state(old).await.0.as_str(), si.state(old).await.2), ("merged", Some(link.account)));
    let late = decides(&house, "three", case.id, Decision::Reject, None).await;
    assert!(matches!(late, Err(legacy::Error::CaseDecided)));
    let (visit, keys) = (operator(&house, "two"), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    let undone = cases::undo(&mut tx, &keys, &visit, case.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((undone.links, undone.removed), (1, 1));
    let after = rows(&house.home.storage, &HISTORY).await;
    for (table, rows) in &before {
        assert_eq!(rows, &after[table], "{table}");
    }
}

#[tokio::test]
async fn who_is_rejected_may_appeal_once_and_others_hear_it() {
    let house = house().await;
    let person = house.person_at(TrustLevel::Proven).await;
    let stranger = house.person_at(TrustLevel::Proven).await;
    let weaker = house.person().await;
    population(&house, &[(&person.number, "欧阳", "", "0"), (&weaker.number, "李四", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    let old = si.person("1", &person.number, "区阳").await;
    si.person("2", &weaker.number, "李肆").await;
    si.matches().await;
    let waiting = si.cases().await;
    let case = waiting.iter().find(|case| case.legacy_account == old).unwrap().id;
    for one in &waiting {
        let rejected = decides(&house, "one", one.id, Decision::Reject, None).await.unwrap();
        assert!(matches!(rejected, Decided::Rejected));
    }
    assert_eq!(si.state(old).await.0, "rejected");
    si.matches().await;
    assert!(si.cases().await.is_empty());
    let keys = house.app.keys.data();
    let concerns = async |who: Uuid| cases::concerns(&mut &house.app.db, &keys, who).await.unwrap();
    // Below level 4 nobody learns that an account carries their number.
    assert!(concerns(weaker.id).await.is_empty() && concerns(stranger.id).await.is_empty());
    let known = concerns(person.id).await;
    assert!(known.len() == 1 && known[0].may_appeal && known[0].case.id == case);
    let appeals = async |who: Uuid| {
        let mut tx = house.app.db.begin().await.unwrap();
        let said = "我的姓名登记错了，电话 13800138000";
        let appeal = cases::appeal(&mut tx, &keys, &house.visit(), (case, who), said).await?;
        tx.commit().await.unwrap();
        Ok::<_, legacy::Error>(appeal)
    };
    assert!(matches!(appeals(stranger.id).await, Err(legacy::Error::NoCase)));
    let appeal = appeals(person.id).await.unwrap();
    assert!(matches!(appeals(person.id).await, Err(legacy::Error::NoCase)));
    let found = si.cases().await.remove(0);
    assert_eq!((found.id, found.appeal_of), (appeal, Some(case)));
    // What they say is kept, and is no plain text.
    assert_eq!(found.statement(&keys).unwrap().unwrap(), "我的姓名登记错了，电话 13800138000");
    let stored = rows(&house.home.storage, &[]).await;
    assert!(!stored["cases"].iter().any(|row| row.contains("13800138000")));
    // Who decided before does not hear it; a decision may name the account, and the second confirms that one.
    let again = decides(&house, "one", appeal, Decision::Reject, None).await;
    assert!(matches!(again, Err(legacy::Error::SameOperator)));
    decides(&house, "two", appeal, Decision::Merge, Some(person.id)).await.unwrap();
    decides(&house, "three", appeal, Decision::Merge, None).await.unwrap();
    assert_eq!(si.state(old).await.2, Some(person.id));
}

#[tokio::test]
async fn nobody_is_known_nobody_is_served_by_themselves_and_a_reason_names_nobody() {
    let house = house().await;
    let person = house.person().await;
    population(&house, &[(&person.number, &person.name, "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", "", "欧阳").await;
    si.matches().await;
    let case = si.cases().await.remove(0).id;
    let nobody = decides(&house, "one", case, Decision::Merge, None).await;
    assert!(matches!(nobody, Err(legacy::Error::NoOwner)));
    let own = CitizenId::parse(&person.number, house.visit().now.day()).unwrap().into();
    let with = async |reason: &str, own: Option<&OfficialNumber>| {
        let mut tx = house.app.db.begin().await.unwrap();
        let (decision, into) = (Decision::Merge, Some(person.id));
        let deciding = Deciding { decision, reason, into, two_operators: true, own };
        let visit = operator(&house, "one");
        cases::decide(&mut tx, &house.app.keys, &visit, &house.app.config.trust, case, deciding).await
    };
    assert!(matches!(with("it is mine", Some(&own)).await, Err(legacy::Error::OwnMatter)));
    assert!(matches!(with(&person.number, None).await, Err(legacy::Error::NumberInReason)));
    assert!(matches!(with(" ", None).await, Err(legacy::Error::NoReason)));
    assert!(matches!(with("papers", None).await, Ok(Decided::Proposed)));
}

#[tokio::test]
async fn both_sides_are_masked_and_to_unmask_them_is_noted() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", number.as_str(), "张炜").await;
    si.matches().await;
    let case = si.cases().await.remove(0);
    let (visit, keys) = (operator(&house, "one"), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    let both = sides(&mut tx, &keys, &visit, &case, None).await.unwrap();
    let register = both.register.as_ref().unwrap();
    assert_eq!((both.legacy.name.as_str(), register.name.as_str()), ("*炜", "*伟"));
    assert!(!serde_json::to_string(&both).unwrap().contains(number.as_str()));
    let whole = sides(&mut tx, &keys, &visit, &case, Some("papers")).await.unwrap();
    assert_eq!(
        (whole.legacy.name.as_str(), whole.register.unwrap().number.as_str()),
        ("张炜", number.as_str())
    );
    tx.commit().await.unwrap();
    let storage = rows(&house.home.storage, &[]).await;
    assert_eq!(storage["audit"].iter().filter(|row| row.contains("case.revealed")).count(), 1);
}

#[tokio::test]
async fn the_queue_can_be_filtered() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "张伟", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", number.as_str(), "张炜").await;
    si.person("2", "", "张伟").await;
    si.matches().await;
    let of = async |filter: Filter| {
        let visit = house.visit();
        cases::list(&mut &house.app.db, &visit, &Filter { source: Some(si.source.id), ..filter })
            .await
            .unwrap()
            .len()
    };
    assert_eq!(of(Filter::default()).await, 2);
    assert_eq!(of(Filter { reason: Some("EMPTY".to_owned()), ..Filter::default() }).await, 1);
    assert_eq!(of(Filter { state: Some(CaseState::Decided), ..Filter::default() }).await, 0);
    let first = si.cases().await[0].id;
    assert_eq!(of(Filter { after: Some(first), ..Filter::default() }).await, 1);
    assert_eq!(of(Filter { due: Due::Overdue, ..Filter::default() }).await, 0);
    house.pass(cases::OPEN_DAYS + crate::support::HOUR);
    assert_eq!(of(Filter { due: Due::Overdue, ..Filter::default() }).await, 2);
    // The register has found out meanwhile: nothing is left to decide.
    population(&house, &[(number.as_str(), "张伟", "张炜", "0")]).await;
    si.matches().await;
    assert_eq!(of(Filter::default()).await, 1);
    assert_eq!(of(Filter { state: Some(CaseState::Withdrawn), ..Filter::default() }).await, 1);
}

#[tokio::test]
async fn a_link_whose_account_has_changed_since_is_asked_about() {
    let house = house().await;
    let numbers = [citizen_id(), citizen_id()];
    let persons: Vec<_> = numbers.iter().map(|number| (number.as_str(), "张伟", "", "0")).collect();
    population(&house, &persons).await;
    let si = Old::system(&house, "si", None).await;
    let mut olds = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        olds.push(si.person(&at.to_string(), number.as_str(), "张伟").await);
    }
    si.matches().await;
    si.merges().await.unwrap();
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    // As an import notes it.
    tx.execute("update legacy_account set differs = true", values![]).await.unwrap();
    assert_eq!(matching::differing(&mut tx, &keys, &visit, &si.source).await.unwrap(), 2);
    assert_eq!(matching::differing(&mut tx, &keys, &visit, &si.source).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let case_of =
        async |old| si.cases().await.into_iter().find(|case| case.legacy_account == old).unwrap().id;
    decides(&house, "one", case_of(olds[0]).await, Decision::Merge, None).await.unwrap();
    decides(&house, "one", case_of(olds[1]).await, Decision::Reject, None).await.unwrap();
    assert_eq!((si.state(olds[0]).await.0, si.state(olds[1]).await.0), ("merged".into(), "unmerged".into()));
    let mut tx = house.app.db.begin().await.unwrap();
    assert_eq!(matching::differing(&mut tx, &keys, &visit, &si.source).await.unwrap(), 0);
}
