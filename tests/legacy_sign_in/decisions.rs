//! What a citizen sees of decisions about their accounts, and says against one.

use yihao::base::{Actor, TrustLevel, Visit};
use yihao::legacy::cases::{self, Deciding, Decision, OPEN_DAYS};

use crate::legacy_merge::{Old, house, population};
use crate::support::{Browser, HOUR};

const PAGE: &str = "/account/earlier-accounts/decisions";

#[tokio::test]
async fn a_rejection_is_seen_with_its_reason_and_appealed_against_once() {
    let house = house().await;
    let person = house.person_at(TrustLevel::Proven).await;
    let weaker = house.person().await;
    population(&house, &[(&person.number, &person.name, "", "0"), (&weaker.number, "李四", "", "0")]).await;
    let si = Old::system(&house, "si", None).await;
    si.person("1", &person.number, "区阳").await;
    si.person("2", &weaker.number, "李肆").await;
    si.matches().await;
    let visit = Visit { actor: Actor::Cli("one".to_owned()), ..house.visit() };
    for case in si.cases().await {
        let (decision, reason) = (Decision::Reject, "户口簿上没有这个名字");
        let deciding = Deciding { decision, reason, into: None, two_operators: true, own: None };
        let mut tx = house.app.db.begin().await.unwrap();
        let (keys, trust) = (&house.app.keys, &house.app.config.trust);
        cases::decide(&mut tx, keys, &visit, trust, case.id, deciding).await.unwrap();
        tx.commit().await.unwrap();
    }
    // Below level 4 nothing is told.
    let mut other = Browser::signed_in(&house, &weaker).await;
    assert!(other.open(PAGE).await.has("#no-decisions"));
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open("/account").await.sees(PAGE);
    let page = browser.open(PAGE).await;
    page.sees("户口簿上没有这个名字").sees("这个账号没有归到您的统一账号");
    assert!(!page.html.contains(&person.number));
    let form = format!("#{}", page.first_id("form[id^=appeal-]").unwrap());
    let refused = browser.submit(&form, &[("statement", " ")]).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_deref()), (422, Some("statement-missing")));
    // Another's case is nobody's to appeal against.
    other.open(PAGE).await;
    let case = page.attribute("input[name=case]", "value").unwrap();
    let csrf = other.open("/account/earlier-accounts").await.attribute("input[name=csrf]", "value").unwrap();
    let forged = [("csrf", csrf), ("case", case), ("statement", "mine".to_owned())];
    other.post(PAGE, &forged.map(|(name, text)| (name.to_owned(), text))).await.sees("no-decisions");
    assert!(si.cases().await.is_empty());

    browser.open(PAGE).await;
    let done = browser.submit(&form, &[("statement", "当时登记错了名字")]).await;
    assert!(done.has("#appealed") && done.texts("form[id^=appeal-]").is_empty());
    done.sees("您的申诉正在核查").sees("最迟");
    let appeal = si.cases().await.remove(0);
    let keys = house.app.keys.data();
    assert_eq!(appeal.statement(&keys).unwrap().as_deref(), Some("当时登记错了名字"));
    house.pass(OPEN_DAYS + HOUR);
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(PAGE).await.sees("已经超期");
}
