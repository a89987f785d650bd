//! The CAS façade, for relying systems that cannot change yet.

mod apache;
mod service;

use std::time::Duration;

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::client;
use yihao::duties::Courier;

use crate::support::{Browser, House, Person, http};
use service::Service;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn from_the_service_by_password_and_back_then_in_silence() {
    let house = House::open().await;
    let person = house.person().await;
    let service = Service::register(&house, json!({ "client_name": "老年卡办理" })).await;
    let mut browser = Browser::new(&house);
    browser.open(&service.login("")).await.is_at("/sign-in").sees("老年卡办理");
    let page = sign_in(&mut browser, &person).await;
    let ticket = service.ticket(&page);
    assert!(page.left_for().as_str().starts_with(&service.address) && ticket.len() <= 32, "{ticket}");

    let answer = service.validate(&house, &ticket, "").await;
    assert_eq!(answer.value("isFromNewLogin"), "true");
    for (name, value) in [
        ("name", person.name.as_str()),
        ("trust_level", "3"),
        ("acr", "urn:yihao:aal:1"),
        ("amr", "pwd"),
        ("channel", "hall"),
        ("longTermAuthenticationRequestTokenUsed", "false"),
    ] {
        assert_eq!(answer.value(name), value, "{name}");
    }
    answer.says_nothing_of(&person.number);
    let user = answer.value("user");

    house.pass(SECOND);
    // Another time in silence; as CAS 2.0 wants it, and as JSON.
    let page = browser.open(&service.login("")).await;
    let ticket = service.ticket(&page);
    let answer = service.validate_at(&house, "/cas/serviceValidate", &ticket, "").await;
    assert_eq!((answer.value("user"), answer.has("attributes")), (user.clone(), false));
    let ticket = service.ticket(&browser.open(&service.login("")).await);
    let answer = service.validate(&house, &ticket, "&format=JSON").await.json();
    let success = &answer["serviceResponse"]["authenticationSuccess"];
    assert_eq!(
        (success["user"].as_str(), &success["attributes"]["isFromNewLogin"]),
        (Some(user.as_str()), &json!("false"))
    );

    // The same system by OpenID Connect, when it has changed: the same subject.
    let host = url::Url::parse(&service.address).unwrap().origin().ascii_serialization();
    let changed = house.relying_party(json!({ "redirect_uris": [format!("{host}/cb")] })).await;
    let tokens = changed.tokens(&mut browser, "openid").await;
    assert_eq!(crate::support::claims_of(tokens.text("id_token"))["sub"], user);

    // Who still uses it.
    let users = client::cas_clients(&mut &house.app.db, house.clock.now(), "").await.unwrap();
    assert_eq!((users.len(), users[0].uses), (1, 3));
    house.pass(Duration::from_secs(40 * 24 * 3600));
    let users = client::cas_clients(&mut &house.app.db, house.clock.now(), "").await.unwrap();
    assert_eq!((users[0].uses, users[0].last_used.is_some()), (0, true));
}

#[tokio::test]
async fn a_ticket_is_good_once_for_seconds_and_for_its_service() {
    let house = House::open().await;
    let person = house.person().await;
    let service = Service::register(&house, json!({})).await;
    let other = Service::register(&house, json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;

    let ticket = service.new_ticket(&mut browser).await;
    service.validate(&house, &ticket, "").await.value("user");
    assert_eq!(service.validate(&house, &ticket, "").await.code(), "INVALID_TICKET");

    let ticket = service.new_ticket(&mut browser).await;
    assert_eq!(other.validate(&house, &ticket, "").await.code(), "INVALID_SERVICE");
    assert_eq!(service.validate(&house, &ticket, "").await.code(), "INVALID_TICKET", "it is used up");

    let ticket = service.new_ticket(&mut browser).await;
    house.pass(Duration::from_secs(house.app.config.token.code_seconds + 1));
    assert_eq!(service.validate(&house, &ticket, "").await.code(), "INVALID_TICKET");

    // After a sign-out nobody would tell the service of.
    let ticket = service.new_ticket(&mut browser).await;
    sign_out(&mut browser).await;
    assert_eq!(service.validate(&house, &ticket, "").await.code(), "INVALID_TICKET");

    let mut browser = Browser::signed_in(&house, &person).await;
    let ticket = service.new_ticket(&mut browser).await;
    let proxied = service.validate(&house, &ticket, "&pgtUrl=https%3A%2F%2Fservice.example%2Fpgt").await;
    assert_eq!(proxied.code(), "INVALID_PROXY_CALLBACK");
    service.validate_at(&house, "/cas/p3/proxyValidate", &ticket, "").await.value("user");
    for (query, code) in [
        ("/cas/serviceValidate?ticket=ST-1", "INVALID_REQUEST"),
        ("/cas/serviceValidate?service=https%3A%2F%2Fa", "INVALID_REQUEST"),
        ("/cas/serviceValidate?service=https%3A%2F%2Fa&service=b&ticket=ST-1", "INVALID_REQUEST"),
        ("/cas/serviceValidate?service=https%3A%2F%2Fa&ticket=ST-1", "INVALID_TICKET"),
        ("/cas/serviceValidate?service=https%3A%2F%2Fa&ticket=PGT-1", "INVALID_TICKET"),
        ("/cas/proxy?pgt=PGT-1&targetService=https%3A%2F%2Fa", "UNAUTHORIZED_SERVICE_PROXY"),
    ] {
        assert_eq!(service::answer(&house, query).await.code(), code, "{query}");
    }
}

#[tokio::test]
async fn renew_wants_a_new_sign_in_and_gateway_wants_none() {
    let house = House::open().await;
    let person = house.person().await;
    let service = Service::register(&house, json!({})).await;
    let mut browser = Browser::new(&house);
    let page = browser.open(&service.login("&gateway=true")).await;
    assert_eq!(page.left_for().as_str(), service.address, "back without a ticket and without a page");

    browser.open(&service.login("&renew=true&gateway=true")).await.is_at("/sign-in");
    let ticket = service.ticket(&sign_in(&mut browser, &person).await);
    service.validate(&house, &ticket, "&renew=true").await.value("user");
    house.pass(SECOND);
    let ticket = service.ticket(&browser.open(&service.login("&gateway=true")).await);
    assert_eq!(service.validate(&house, &ticket, "&renew=true").await.code(), "INVALID_TICKET");
    browser.open(&service.login("&renew=true")).await.is_at("/sign-in");
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered_or_is_over() {
    let house = House::open().await;
    let service = Service::register(&house, json!({})).await;
    let mut browser = Browser::signed_in(&house, &house.person().await).await;
    for address in [
        "https://evil.example/",
        "javascript:alert(1)",
        "not an address",
        &service.address.replace("/app/", "/other/"),
        &service.address.replace("://", "://evil@"),
        &format!("{}#x", service.address),
    ] {
        let page = browser.open(&service::login(address, "")).await;
        assert_eq!(page.stays().code().as_deref(), Some("unknown_client"), "{address}");
    }
    // Without a service there is nothing to go to but the account.
    browser.open("/cas/login").await.is_at("/account");

    let over = Service::register(&house, json!({ "cas_until": "2026-01-31" })).await;
    let page = browser.open(&over.login("")).await;
    assert_eq!((page.stays().status.as_u16(), page.code().as_deref()), (410, Some("cas_over")));
}

#[tokio::test]
async fn it_gets_what_it_is_registered_for_and_what_the_person_agrees_to() {
    let house = House::open().await;
    let person = house.person().await;
    let wanted = json!({
        "first_party": false, "legal_basis": "consent", "scope": "openid profile official_number organization",
    });
    let service = Service::register(&house, wanted).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    browser.open(&service.login("")).await.is_at("/consent");
    // The number is agreed to apart.
    let page = browser.submit("#consent", &[("decision", "allow")]).await;
    let answer = service.validate(&house, &service.ticket(&page), "").await;
    assert_eq!(answer.value("name"), person.name);
    answer.says_nothing_of(&person.number);

    let statutory =
        json!({ "first_party": true, "scope": "openid official_number", "legal_basis": "statutory" });
    let tax = Service::register(&house, statutory).await;
    let ticket = tax.new_ticket(&mut browser).await;
    assert_eq!(tax.validate(&house, &ticket, "").await.value("official_number"), person.number);

    let asked = Service::register(&house, json!({ "first_party": false })).await;
    browser.open(&asked.login("")).await.is_at("/consent");
    let page = browser.submit("#consent", &[("decision", "deny")]).await;
    assert_eq!((page.stays().status.as_u16(), page.code().as_deref()), (403, Some("access_denied")));

    let proven = Service::register(&house, json!({ "min_trust": TrustLevel::Attended as u8 })).await;
    browser.open(&proven.login("")).await.is_at("/raise");
}

#[tokio::test]
async fn a_sign_out_names_every_ticket() {
    let (notes, origin) = service::listen().await;
    let house = House::open_with(|config| config.outbound.allow = vec![origin.clone()]).await;
    let person = house.person().await;
    let service = Service::register_at(&house, &format!("{origin}/app/"), json!({})).await;
    let mut browser = Browser::signed_in(&house, &person).await;
    let mut tickets = Vec::new();
    let mut user = String::new();
    for _ in 0..2 {
        let ticket = service.new_ticket(&mut browser).await;
        user = service.validate(&house, &ticket, "").await.value("user");
        tickets.push(ticket);
    }
    service.new_ticket(&mut browser).await; // never redeemed
    // A service cannot say whom it means: the person is asked, and comes back to it.
    let encoded: String = form_urlencoded::byte_serialize(service.address.as_bytes()).collect();
    browser.open(&format!("/cas/logout?service={encoded}")).await.is_at("/sign-out");
    let page = browser.submit("#sign-out", &[]).await;
    assert_eq!(page.left_for().as_str(), service.address);
    Courier::new(house.app.clone()).deliver_due().await.expect("storage answers");
    let mut heard = notes.lock().unwrap().clone();
    heard.sort();
    tickets.sort();
    assert_eq!(heard.len(), 2);
    for ticket in &tickets {
        assert!(
            heard
                .iter()
                .any(|one| one.contains(&format!("<samlp:SessionIndex>{ticket}</samlp:SessionIndex>")))
        );
    }
    assert!(heard[0].contains(&format!("<saml:NameID>{user}</saml:NameID>")), "{heard:?}");

    // Nobody is signed in any more, and an address that is not registered is not followed.
    let page = browser.open("/cas/logout?service=https%3A%2F%2Fevil.example%2F").await;
    page.is_at("/signed-out");
}

async fn sign_in(browser: &mut Browser, person: &Person) -> crate::support::Page {
    browser.submit("#sign-in", &[("identifier", &person.number), ("password", &person.password)]).await
}

async fn sign_out(browser: &mut Browser) {
    browser.open("/sign-out").await.is_at("/sign-out");
    browser.submit("#sign-out", &[]).await.is_at("/signed-out");
}

/// The text of an address of Yihao's.
async fn text(house: &House, path: &str) -> String {
    http().get(house.at(path)).send().await.expect("an answer").text().await.expect("a whole answer")
}
