//! Passkeys: several, named, removed; and as the stronger proof of a session.

use super::*;

#[tokio::test]
async fn from_a_password_to_a_passkey_in_one_session() {
    let house = House::open().await;
    let person = house.person().await;
    let party = house.relying_party(json!({})).await;
    let mut browser = Browser::new(&house);
    browser.open(urls::SIGN_IN).await;
    signs_in(&mut browser, &person).await.is_at(urls::ACCOUNT);
    // Nothing strong enough yet: it is added on the way, after the phone has confirmed.
    let attempt = demands(&party, 3);
    let page = browser.open(&attempt.url()).await;
    let ask = ask_of(page.is_at(urls::SECOND_FACTOR));
    let page = browser.open_link_to(urls::ACCOUNT_PASSKEY).await;
    page.is_at(urls::SECOND_FACTOR).sees("更改登录方式之前");
    confirms_by_sms(&house, &mut browser, &person).await.is_at(urls::ACCOUNT_PASSKEY);
    let mut device = Authenticator::new(b"phone");
    device.origin = house.base.clone();
    let started = browser.script(urls::PASSKEY_ADD_START, json!({ "ask": ask })).await;
    let credential: Value = serde_json::from_str(&device.create(&started)).unwrap();
    let finish = json!({ "handle": started["handle"], "credential": credential, "ask": ask });
    let next = browser.script(urls::PASSKEY_ADD_FINISH, finish).await["next"].as_str().unwrap().to_owned();
    is_told(&house, &person, "通行密钥").await;
    // To have one is not to have shown it.
    let page = browser.open(&next).await;
    page.is_at(urls::SECOND_FACTOR);
    assert!(page.has("[data-passkey='sign-in']") && !page.has("#second-factor"));
    let next = by_passkey(&mut browser, &mut device, Some(&ask)).await;
    let page = browser.open(&next).await;
    let (acr, amr) = told(&party, &attempt, &page).await;
    assert_eq!(acr, "3");
    assert_eq!(amr, ["pwd", "sms", "pop", "user", "mfa"]);
}

#[tokio::test]
async fn several_are_named_renamed_and_removed() {
    let house = House::open().await;
    let (person, stranger) = (house.person().await, house.person().await);
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let mut phone = add_passkey(&house, &mut browser, "手机").await;
    // From now on the highest level is a passkey's, and changes need that.
    browser.open(urls::ACCOUNT_PASSKEY).await.is_at(urls::SECOND_FACTOR);
    assert_eq!(by_passkey(&mut browser, &mut phone, None).await, urls::ACCOUNT);
    let mut key = add_passkey(&house, &mut browser, "钥匙").await;
    let page = browser.open(urls::FACTORS).await;
    page.sees("手机").sees("钥匙");
    let page = browser.open_link_to(urls::FACTORS_PASSKEY).await;
    let address = page.url.to_string();
    page.sees("手机");
    let longest = "很长".repeat(60);
    browser.submit("#rename-passkey", &[("name", &longest)]).await.is_at(urls::FACTORS).sees_not(&longest);
    browser.open(&address).await;
    let page = browser.submit("#rename-passkey", &[("name", " 旧<手机> ")]).await;
    page.is_at(urls::FACTORS).sees("旧&#60;手机&#62;");
    // Somebody else finds nothing there.
    let mut other = Browser::signed_in_at(&house, &stranger, AuthenticationLevel::TwoFactors).await;
    assert_eq!(other.open(&address).await.status, 404);
    // Five minutes later it must be shown again.
    house.pass(MINUTE * 6);
    browser.open(&address).await.is_at(urls::SECOND_FACTOR);
    by_passkey(&mut browser, &mut key, None).await;
    browser.open(&address).await;
    browser.submit("#remove-passkey", &[]).await.is_at(urls::FACTORS).sees_not("旧&#60;手机").sees("钥匙");
    is_told(&house, &person, "移除了一个通行密钥").await;
    let mut gone = Browser::new(&house);
    gone.open(urls::SIGN_IN).await;
    let started = gone.script(urls::PASSKEY_SIGN_IN_START, json!({})).await;
    let credential: Value = serde_json::from_str(&phone.get(&started)).unwrap();
    let finish = json!({ "handle": started["handle"], "credential": credential });
    assert_eq!(gone.script(urls::PASSKEY_SIGN_IN_FINISH, finish).await["error"], "passkey_refused");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let mut phone = add_passkey(&house, &mut browser, "手机").await;
    let mut tx = house.app.db.begin().await.unwrap();
    tx.execute("delete from password where person = $1", yihao::db::values![person.id]).await.unwrap();
    tx.commit().await.unwrap();
    browser.open(urls::FACTORS_APP).await.is_at(urls::SECOND_FACTOR);
    by_passkey(&mut browser, &mut phone, None).await;
    browser.open(urls::FACTORS).await;
    browser.open_link_to(urls::FACTORS_PASSKEY).await;
    let page = browser.submit("#remove-passkey", &[]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("factor-last")));
    page.sees("手机");
    // With another it can go; and of two that go at once, one stays.
    add_passkey(&house, &mut browser, "钥匙").await;
    let page = browser.open(urls::FACTORS).await;
    let mut removals = Vec::new();
    for address in page.links_to(urls::FACTORS_PASSKEY) {
        let mut tab = Browser::new(&house);
        tab.cookies = browser.cookies.clone();
        tab.open(&address).await.is_at(urls::FACTORS_PASSKEY);
        removals.push(tab);
    }
    let [one, other] = &mut removals[..] else { panic!("two") };
    let answers = tokio::join!(one.submit("#remove-passkey", &[]), other.submit("#remove-passkey", &[]));
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

/// Who has lost the passkey gets in by password and recovery code, and may clear up.
#[tokio::test]
async fn a_recovery_code_lets_a_lost_passkey_be_removed() {
    let house = House::open().await;
    let person = house.person().await;
    let mut browser = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let codes = recovery_codes(&mut browser).await;
    add_passkey(&house, &mut browser, "手机").await;
    let mut other = Browser::new(&house);
    other.open(urls::SIGN_IN).await;
    signs_in(&mut other, &person).await.is_at(urls::ACCOUNT);
    other.open(urls::FACTORS).await;
    other.open_link_to(urls::FACTORS_PASSKEY).await.is_at(urls::SECOND_FACTOR);
    // A code by SMS does not do where a passkey is expected.
    assert!(
        !other
            .open(&format!("{}?to={}", urls::SECOND_FACTOR, urls::FACTORS))
            .await
            .has("a[href*='method=sms']")
    );
    other.open_link_to("/second-factor?method=recovery").await;
    other.submit("#second-factor", &[("code", &codes[0])]).await.is_at(urls::FACTORS);
    other.open_link_to(urls::FACTORS_PASSKEY).await;
    other.submit("#remove-passkey", &[]).await.is_at(urls::FACTORS).sees_not("手机</strong>");
}
