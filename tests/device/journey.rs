//! What goes well.

use serde_json::{Value, json};
use yihao::base::AuthenticationLevel;
use yihao::http::urls;

use crate::factors::{add_passkey, by_passkey, signs_in};
use crate::support::device::{Device, GRANT};
use crate::support::{Browser, House, claims_of};

#[tokio::test]
async fn a_television_at_home() {
    let house = House::open().await;
    let person = house.person().await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid profile").await;
    assert_eq!(shown.answer["expires_in"], 600);
    assert_eq!(shown.match_number, None);
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));

    let mut phone = Browser::new(&house);
    phone.open(urls::DEVICE).await.is_at(urls::DEVICE);
    let typed = shown.user_code.to_lowercase().replace('-', " ");
    phone.submit("#device", &[("user_code", &typed)]).await.is_at(urls::SIGN_IN);
    let page = signs_in(&mut phone, &person).await;
    // The code once more: both screens must show the same.
    page.is_at(urls::DEVICE_CONFIRM).sees(&shown.user_code).sees("客厅电视").sees("姓名");
    assert_eq!(page.text(".place"), "客厅电视");
    assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "authorization_pending"));
    let page = phone.submit("#device-confirm", &[("decision", "allow")]).await;
    page.is_at(urls::DEVICE_DONE).sees("已允许");

    let tokens = device.waits_and_polls(&house, &shown).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["pwd"]), &json!("urn:yihao:aal:1")));
    let about = device.party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!((&about["name"], &about["sub"]), (&json!(person.name), &claims["sub"]));
    device.party.refresh(tokens.text("refresh_token")).await.good();
}

/// Where strangers pass by: the number, and a proof by the best there is.
#[tokio::test]
async fn a_machine_in_a_hall() {
    let house = House::open().await;
    let person = house.person().await;
    let device = Device::in_a_hall(&house).await;
    let mut phone = Browser::signed_in_at(&house, &person, AuthenticationLevel::TwoFactors).await;
    let mut passkey = add_passkey(&house, &mut phone, "手机").await;
    let shown = device.asks("openid profile").await;
    assert_eq!(shown.answer["expires_in"], 180);
    let right = shown.match_number.expect("a number").to_string();

    let page = phone.open(&shown.address).await;
    page.is_at(urls::DEVICE_CONFIRM).sees("一台自助终端请求办理").sees_not(&shown.user_code);
    assert_eq!(page.text(".place"), "天河区政务服务中心1号机");
    let numbers = page.texts(".numbers label");
    assert!(numbers.len() == 3 && numbers.contains(&right), "{numbers:?}");
    let page = phone.submit("#device-confirm", &[("decision", "allow")]).await;
    assert_eq!((page.status.as_u16(), page.code().as_deref()), (422, Some("match-missing")));
    let page = phone.submit("#device-confirm", &[("decision", "allow"), ("match", &right)]).await;
    let ask = page.is_at(urls::SECOND_FACTOR).url.query_pairs().next().expect("an Ask").1.into_owned();
    assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "authorization_pending"));
    let next = by_passkey(&mut phone, &mut passkey, Some(&ask)).await;
    phone.open(&next).await.is_at(urls::DEVICE_DONE).sees("已允许");

    let tokens = device.waits_and_polls(&house, &shown).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["channel"], &claims["acr"]), (&json!("kiosk"), &json!("urn:yihao:aal:3")));
    assert!(tokens["refresh_token"].is_null());
    assert_eq!(device.party.introspect(tokens.text("access_token")).await.good()["active"], true);
    // A session of its own, seen on the phone and ended from there, and the phone's goes on.
    let phones = claims_of(device_less_tokens(&house, &mut phone).await.text("id_token"));
    assert_ne!(claims["sid"], phones["sid"]);
    let page = phone.open(urls::ACCOUNT_SESSIONS).await;
    page.sees("自助终端");
    let handle = page.attribute(".sessions button", "value").expect("a session that can be ended");
    let page = phone.submit("#sessions", &[("end", &handle)]).await;
    assert!(!page.is_at(urls::ACCOUNT_SESSIONS).text("#sessions").contains("自助终端"));
    assert_eq!(device.party.introspect(tokens.text("access_token")).await.good()["active"], false);
    phone.open(urls::ACCOUNT).await.is_at(urls::ACCOUNT);
}

/// What a relying system of the hall gets in the same browser.
async fn device_less_tokens(house: &House, browser: &mut Browser) -> crate::support::Answer {
    house.relying_party(json!({})).await.tokens(browser, "openid").await
}

/// A client made by others, from the RFC alone.
#[tokio::test]
async fn a_plain_client() {
    use openidconnect::core::{CoreClient, CoreDeviceAuthorizationResponse};
    use openidconnect::*;

    let house = House::open().await;
    let person = house.person().await;
    let Device { party } = Device::at_home(&house).await;
    let told = crate::support::Answer::of(crate::support::http().get(house.at(urls::DISCOVERY))).await.good();
    let at = |name: &str| told.text(name).to_owned();
    let client = CoreClient::new(
        ClientId::new(party.id.clone()),
        IssuerUrl::new(at("issuer")).unwrap(),
        serde_json::from_value(json!({ "keys": [] })).unwrap(),
    )
    .set_device_authorization_url(DeviceAuthorizationUrl::new(at("device_authorization_endpoint")).unwrap())
    .set_token_uri(TokenUrl::new(at("token_endpoint")).unwrap());
    let http = crate::support::open_id::Http::new();
    let details: CoreDeviceAuthorizationResponse = client
        .exchange_device_code()
        .add_scope(Scope::new("profile".into()))
        .request_async(&http)
        .await
        .unwrap();
    let mut phone = Browser::signed_in(&house, &person).await;
    let address = details.verification_uri_complete().expect("it has one").secret().clone();
    let answered = async {
        phone.open(&address).await.is_at(urls::DEVICE_CONFIRM);
        phone.submit("#device-confirm", &[("decision", "allow")]).await.is_at(urls::DEVICE_DONE);
    };
    // It sleeps as it was told: the clock moves by that.
    let clock = house.clock.clone();
    let sleep = move |span| {
        clock.advance(span);
        tokio::time::sleep(std::time::Duration::from_millis(20))
    };
    let polling = client.exchange_device_access_token(&details).request_async(&http, sleep, None);
    let (tokens, ()) = tokio::join!(polling, answered);
    let tokens = tokens.expect("tokens");
    assert_eq!(party.userinfo(tokens.access_token().secret()).await.good()["name"], person.name.as_str());
}

/// Two nodes: asked for at one, answered at the other, polled at both.
#[tokio::test]
async fn over_two_nodes() {
    let house = House::open().await;
    let second = house.second_node().await;
    let mut device = Device::in_a_hall(&house).await;
    let shown = device.asks("openid").await;
    let mut phone = Browser::signed_in(&house, &house.person_without_phone().await).await;
    phone.moves_to(&second);
    let address = shown.address.replace(house.app.config.issuer(), "");
    phone.open(&address).await.is_at(urls::DEVICE_CONFIRM);
    device.party.moves_to(&second);
    assert_eq!(device.polls(&shown).await.refusal(), (400, "authorization_pending"));
    device.party.moves_to(&house);
    // One node's question counts at the other.
    assert_eq!(device.polls(&shown).await.refusal(), (400, "slow_down"));
    phone.moves_to(&house);
    let right = shown.match_number.expect("a number").to_string();
    let allow = [("decision", "allow"), ("match", right.as_str())];
    phone.submit("#device-confirm", &allow).await.is_at(urls::DEVICE_DONE);
    device.party.moves_to(&second);
    device.waits_and_polls(&house, &shown).await.good();
    device.party.moves_to(&house);
    assert_eq!(device.waits_and_polls(&house, &shown).await.refusal(), (400, "invalid_grant"));
}

/// For an organization: who the person acts as is asked like anywhere else.
#[tokio::test]
async fn for_an_organization() {
    let house = House::open().await;
    let person = house.person().await;
    let (code, _) = house.organization("广州云山软件有限公司", &person).await;
    let device = Device::at_home(&house).await;
    let shown = device.asks("openid organization").await;
    let mut phone = Browser::signed_in(&house, &person).await;
    phone.open(&shown.address).await.is_at(urls::DEVICE_CONFIRM);
    let page = phone.submit("#device-confirm", &[("decision", "allow")]).await;
    let mandate = page
        .is_at(urls::CAPACITY)
        .attribute("#capacity input[type=radio][value*='-']", "value")
        .expect("a mandate");
    phone.submit("#capacity", &[("capacity", &mandate)]).await.is_at(urls::DEVICE_DONE);
    let tokens = device.waits_and_polls(&house, &shown).await.good();
    let claims: Value = claims_of(tokens.text("id_token"));
    assert!(
        claims["act"]["sub"].is_string() && claims["mandate"]["role"] == "legal-representative",
        "{claims}"
    );
    let about = device.party.userinfo(tokens.text("access_token")).await.good();
    assert_eq!(about["credit_code"], code.as_str());
}

/// Nobody but a first party gets anything without the person's agreement, also here.
#[tokio::test]
async fn others_ask_for_consent_too() {
    let house = House::open().await;
    let person = house.person().await;
    let metadata = json!({ "grant_types": [GRANT], "redirect_uris": [], "first_party": false });
    let device = Device { party: house.relying_party(metadata).await };
    let shown = device.asks("openid profile").await;
    let mut phone = Browser::signed_in(&house, &person).await;
    phone.open(&shown.address).await.is_at(urls::DEVICE_CONFIRM);
    phone.submit("#device-confirm", &[("decision", "allow")]).await.is_at(urls::CONSENT);
    phone.submit("#consent", &[("decision", "allow")]).await.is_at(urls::DEVICE_DONE);
    device.waits_and_polls(&house, &shown).await.good();
}
