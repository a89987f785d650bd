//! What nobody gets: more than the grantor has, other people's mandates, circles; and what nobody learns.

use serde_json::json;

use super::{SCOPE, handler_of, invite, proven};
use crate::support::House;

#[tokio::test]
async fn whether_a_handler_exists_nobody_learns() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("汕头玩具有限公司", &representative).await;
    let mut grantor = proven(&house, &representative).await;
    let somebody = house.person().await;
    let mut nobody = somebody.clone();
    nobody.number = crate::support::operator::citizen_id().as_str().to_owned();
    let pages = [
        invite(&mut grantor, organization, &somebody, &[]).await,
        invite(&mut grantor, organization, &nobody, &[]).await,
    ];
    for page in &pages {
        page.is_at(&format!("/account/organizations/{organization}"));
    }
    assert_eq!(pages[1].html.matches("等待对方确认").count(), 2, "both wait alike");
    // An invitation in another name than the number's is nobody's.
    let namesake = house.person().await;
    let mut misnamed = namesake.clone();
    misnamed.name = "另一人".to_owned();
    invite(&mut grantor, organization, &misnamed, &[]).await.sees("等待对方确认");
    let mut browser = proven(&house, &namesake).await;
    assert!(!browser.open("/account/organizations").await.has("form[id^=invitation-]"));
}

#[tokio::test]
async fn nobody_passes_on_more_than_they_have() {
    let house = House::open().await;
    let (representative, administrator) = (house.person().await, house.person().await);
    let (_, organization) = house.organization("湛江水产有限公司", &representative).await;
    let mut grantor = proven(&house, &representative).await;
    let narrow = [("role", "administrator"), ("matters", "A001 A002")];
    invite(&mut grantor, organization, &administrator, &narrow).await.sees("A001、A002");
    let mut browser = proven(&house, &administrator).await;
    super::accept(&mut browser).await;
    let other = house.person().await;
    for (fields, code) in [
        (&[("matters", "")][..], "scope-too-wide"),
        (&[("matters", "A003")], "scope-too-wide"),
        (&[("matters", "A001"), ("until", "2100-01-01")], "period-wrong"),
        (&[("matters", "A001"), ("until", "2020-01-01")], "period-wrong"),
        (&[("matters", "A001"), ("until", "")], "period-wrong"),
        (&[("matters", "<b>")], "scope-malformed"),
    ] {
        let page = invite(&mut browser, organization, &other, fields).await;
        assert_eq!(page.stays().code().as_deref(), Some(code), "{fields:?}");
    }
    // An administrator makes handlers, and no administrators.
    let page =
        invite(&mut browser, organization, &other, &[("role", "administrator"), ("matters", "A001")]).await;
    assert!(page.stays().code().is_some());
    invite(&mut browser, organization, &other, &[("matters", "A001")]).await.sees("等待对方确认");
    let page = invite(&mut browser, organization, &other, &[("matters", "A001")]).await;
    assert_eq!(page.code().as_deref(), Some("mandate-exists"));
}

#[tokio::test]
async fn other_peoples_mandates_are_not_there() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("茂名石化有限公司", &representative).await;
    let (_, mut handler) = handler_of(&house, &representative, organization).await;
    let mut owner = proven(&house, &representative).await;
    let page = owner.open(&format!("/account/organizations/{organization}")).await;
    let mandate = page.attribute("form[id^=mandate-end-] input[name=mandate]", "value").unwrap();
    let mut stranger = proven(&house, &house.person().await).await;
    for browser in [&mut stranger, &mut handler] {
        // Neither the page of an organization one does not govern…
        let page = browser.open(&format!("/account/organizations/{organization}")).await;
        assert_eq!(page.status, 404);
        assert_eq!(browser.open(&format!("/account/organizations/{organization}/grant")).await.status, 404);
    }
    // …nor a mandate of others can be ended or answered.
    let page = stranger.open("/account/organizations").await;
    let csrf = page
        .attribute("input[name=csrf]", "value")
        .or(stranger.open("/account/helpers/add").await.attribute("input[name=csrf]", "value"));
    let fields = |decision: &str| {
        [("csrf", csrf.clone().unwrap()), ("mandate", mandate.clone()), ("decision", decision.to_owned())]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    };
    assert_eq!(stranger.post("/account/mandates/end", &fields("")).await.status, 404);
    assert_eq!(stranger.post("/account/mandates/answer", &fields("allow")).await.status, 404);
    // The handler gives it back, at once.
    let page = handler.open("/account/organizations").await;
    let form = page.first_id("form[id^=mandate-end-]").unwrap();
    handler.submit(&format!("#{form}"), &[]).await.is_at("/account/organizations");
    assert!(!handler.open("/account/organizations").await.has("form[id^=mandate-end-]"));
}

#[tokio::test]
async fn an_agency_acts_through_its_people_and_never_in_a_circle() {
    let house = House::open().await;
    let (owner, agent) = (house.person().await, house.person().await);
    let (code, organization) = house.organization("韶关钢铁有限公司", &owner).await;
    let (agency_code, agency) = house.organization("广州代理记账有限公司", &agent).await;
    let as_agency = |name: &str, number: &str| crate::support::Person {
        name: name.to_owned(),
        number: number.to_owned(),
        ..owner.clone()
    };
    let mut grantor = proven(&house, &owner).await;
    let to = as_agency("广州代理记账有限公司", &agency_code);
    invite(&mut grantor, organization, &to, &[("role", "handler")]).await.sees("广州代理记账有限公司");
    let mut governor = proven(&house, &agent).await;
    let page = governor.open(&format!("/account/organizations/{agency}")).await;
    let form = page.first_id("form[id^=invitation-]").expect("the agency is invited");
    let page = governor.submit(&format!("#{form}"), &[("decision", "allow")]).await;
    page.is_at(&format!("/account/organizations/{agency}")).sees("韶关钢铁有限公司");

    // Back again would be a circle; to itself as well.
    let back = as_agency("韶关钢铁有限公司", &code);
    let refused = invite(&mut governor, agency, &back, &[("role", "handler")]).await;
    assert_eq!(refused.stays().code().as_deref(), Some("agency-circle"));
    let refused = invite(&mut governor, agency, &to, &[("role", "handler")]).await;
    assert_eq!(refused.stays().code().as_deref(), Some("agency-circle"));

    // The agency's clerk acts for the enterprise, once the agency has put them on it: depth two and no more.
    let page = governor.open(&format!("/account/organizations/{agency}")).await;
    let under = page.attribute("a[href*='/grant?under=']", "href").expect("a way to put somebody on it");
    let clerk = house.person().await;
    governor.open(&under).await;
    let third = [("name", "韶关钢铁有限公司"), ("number", &code), ("until", super::UNTIL)];
    let page = governor.submit("#mandate", &third).await;
    assert!(page.stays().code().is_some(), "an agency passes it on to persons only");
    let put_on = [("name", clerk.name.as_str()), ("number", &clerk.number), ("until", super::UNTIL)];
    governor.submit("#mandate", &put_on).await.is_at(&format!("/account/organizations/{agency}"));
    let mut browser = proven(&house, &clerk).await;
    super::accept(&mut browser).await;
    let hall = house.relying_party(json!({})).await;
    let tokens = super::sign_in_for(&mut browser, &hall, SCOPE).await;
    let info = hall.userinfo(tokens["access_token"].as_str().unwrap()).await.good();
    assert_eq!(info["credit_code"], code.as_str());

    // The enterprise ends the agency's mandate, and the clerk's has ended with it.
    let page = grantor.open(&format!("/account/organizations/{organization}")).await;
    let agencys = page.ids("form[id^=mandate-end-]").into_iter().last().expect("the agency's");
    grantor.submit(&format!("#{agencys}"), &[]).await;
    assert_eq!(hall.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn a_mandate_for_some_services_lets_in_nowhere_else() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("梅州茶业有限公司", &representative).await;
    let (tax, hall) = (house.relying_party(json!({})).await, house.relying_party(json!({})).await);
    let handler = house.person().await;
    let mut grantor = proven(&house, &representative).await;
    let field = format!("client-{}", tax.id);
    invite(&mut grantor, organization, &handler, &[("role", "handler"), (&field, "on")]).await;
    let mut browser = proven(&house, &handler).await;
    super::accept(&mut browser).await;
    // Where it does not cover there is nothing to choose, also after it was chosen where it does.
    let tokens = super::sign_in_for(&mut browser, &tax, SCOPE).await;
    assert_eq!(super::id_claims(&tokens)["mandate"]["scope"], json!([format!("client:{}", tax.id)]));
    assert!(super::id_claims(&hall.tokens(&mut browser, SCOPE).await.json)["act"].is_null());
}

#[tokio::test]
async fn a_contested_organization_freezes_everything_until_it_is_settled() {
    let house = House::open().await;
    let representative = house.person().await;
    let (_, organization) = house.organization("云浮石材有限公司", &representative).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &representative).await;
    let tokens = super::sign_in_for(&mut browser, &hall, SCOPE).await;
    let access = tokens["access_token"].as_str().unwrap();
    for (contested, status) in [(true, 401), (false, 200)] {
        let (keys, visit) = (house.app.keys.data(), house.visit());
        let mut tx = house.app.db.begin().await.unwrap();
        let before = yihao::identity::load_organization(&mut tx, &keys, organization).await.unwrap().unwrap();
        assert!(yihao::identity::contest(&mut tx, &keys, &visit, &before.life, contested).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(hall.userinfo(access).await.status, status);
    }
}
