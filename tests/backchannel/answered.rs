//! What a person has answered, as their account tells it.

use std::time::Duration;

use uuid::Uuid;
use yihao::ask::elsewhere::{self, Outcome};
use yihao::http::urls;

use crate::support::counter::Counter;
use crate::support::device::Device;
use crate::support::phone::Phone;
use crate::support::{Browser, House};

#[tokio::test]
async fn each_answer_is_told_and_what_came_of_it_ends_from_the_phone() {
    let house = House::open().await;
    let (person, other) = (house.person().await, house.person().await);
    let (counter, kiosk) = (Counter::open(&house).await, Device::in_a_hall(&house).await);
    let mut phone = Phone::of(&house, &person).await;
    phone.browser.open(urls::ACCOUNT_ANSWERED).await.sees("您还没有答复过");

    // Allowed at a kiosk, denied at a counter, and a number that was another.
    let shown = kiosk.asks("openid profile").await;
    phone.browser.open(&shown.address).await.is_at(urls::DEVICE_CONFIRM);
    phone.allows(&shown.match_number.unwrap().to_string()).await.is_at(urls::DEVICE_DONE);
    let tokens = kiosk.waits_and_polls(&house, &shown).await.good();
    house.pass(Duration::from_secs(1));
    counter.asks_with(&person.number, &[("matter", "办理居住证")]).await;
    phone.opens().await;
    phone.decides("deny").await;
    house.pass(Duration::from_secs(1));
    let wrong = kiosk.asks("openid").await;
    let page = phone.browser.open(&wrong.address).await;
    let number = wrong.wrong_number(&page);
    phone.browser.submit("#device-confirm", &[("decision", "allow"), ("match", &number)]).await;

    let page = phone.browser.open(urls::ACCOUNT).await;
    page.sees(urls::ACCOUNT_ANSWERED);
    let page = phone.browser.open(urls::ACCOUNT_ANSWERED).await;
    // The newest first.
    assert_eq!(page.texts("#answered .step"), ["数字不符，已作废", "已拒绝", "已允许"]);
    page.sees("政务服务自助终端").sees("综合窗口").sees("办理居住证").sees("天河区政务服务中心1号机");
    page.sees("对方获知：姓名").sees_not(&person.number);
    let mut strange = Browser::signed_in(&house, &other).await;
    strange.open(urls::ACCOUNT_ANSWERED).await.sees("您还没有答复过");

    // One goes on, and is ended here.
    assert_eq!(page.texts("#answered button[name=end]").len(), 1);
    let handle = page.attribute("#answered button[name=end]", "value").unwrap();
    strange.open(urls::ACCOUNT_SESSIONS).await;
    strange.submit("#sessions", &[("end", &handle)]).await;
    assert_eq!(kiosk.party.introspect(tokens.text("access_token")).await.good()["active"], true);
    let page = phone.browser.submit("#answered", &[("end", &handle)]).await;
    page.is_at(urls::ACCOUNT_SESSIONS).sees("已退出");
    assert_eq!(kiosk.party.introspect(tokens.text("access_token")).await.good()["active"], false);
    let page = phone.browser.open(urls::ACCOUNT_ANSWERED).await;
    assert!(!page.has("#answered button[name=end]"));
}

#[tokio::test]
async fn many_come_page_by_page() {
    let house = House::open().await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    counter.asks(&person.number).await;
    let waiting = elsewhere::waiting(&house.app.transient, person.id).await.unwrap().remove(0);
    let (visit, keys) = (house.visit(), house.app.keys.data());
    let mut tx = house.app.db.begin().await.unwrap();
    for number in 0..=elsewhere::ANSWERED_AT_ONCE {
        let request =
            elsewhere::Request { id: visit.id(), matter: Some(format!("第{number}件")), ..waiting.clone() };
        let by = (person.id, Uuid::nil());
        elsewhere::record(&mut tx, &keys, &visit, &request, by, Outcome::Denied).await.unwrap();
    }
    tx.commit().await.unwrap();
    let page = browser.open(urls::ACCOUNT_ANSWERED).await;
    assert_eq!(page.texts("#answered .step").len(), elsewhere::ANSWERED_AT_ONCE);
    let page = browser.open_link_to(&format!("{}?before=", urls::ACCOUNT_ANSWERED)).await;
    assert_eq!(page.texts("#answered .step").len(), 1);
    // Nothing is older, and what is no id is no page of its own.
    assert!(!page.has("main .actions a"));
    let page = browser.open(&format!("{}?before=x", urls::ACCOUNT_ANSWERED)).await;
    assert_eq!(page.texts("#answered .step").len(), elsewhere::ANSWERED_AT_ONCE);
}
