//! An enterprise is renamed, merged, deregistered: its account follows, by the sync job or an operator's command; what
//! relying systems call it stays.

use serde_json::json;
use yihao::identity::{self, Organization};
use yihao::mandate;
use yihao::outbound::registers::Standing;
use yihao::{duties, logout};

use super::{SCOPE, handler_of, id_claims, invite, proven, sign_in_for};
use crate::support::program::yihao;
use crate::support::{HOUR, House, Person};

async fn organization(house: &House, id: uuid::Uuid) -> Organization {
    let found = identity::load_organization(&mut &house.app.db, &house.app.keys.data(), id).await;
    found.unwrap().expect("an organization")
}

/// The night in which the registers are asked again.
async fn syncs(house: &House) {
    house.pass(25 * HOUR);
    duties::check_organizations(&house.app).await.unwrap();
}

#[tokio::test]
async fn a_renamed_enterprise_is_the_same_subject() {
    let house = House::open().await;
    let owner = house.person().await;
    let (code, id) = house.organization("江门陈皮有限公司", &owner).await;
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &owner).await;
    let before = id_claims(&sign_in_for(&mut browser, &hall, SCOPE).await);
    house.registers.change_organization(&code, json!({ "name": "江门新会陈皮集团有限公司" }));
    syncs(&house).await;
    let mut browser = proven(&house, &owner).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    assert_eq!(id_claims(&tokens)["sub"], before["sub"]);
    let info = hall.userinfo(tokens["access_token"].as_str().unwrap()).await.good();
    assert_eq!(info["organization_name"], "江门新会陈皮集团有限公司");
    assert_eq!(organization(&house, id).await.life.standing, Standing::Active);
}

#[tokio::test]
async fn nobody_acts_for_an_enterprise_that_is_no_more_and_its_successor_is_noted() {
    let house = House::open().await;
    let (owner, heir) = (house.person().await, house.person().await);
    let (code, id) = house.organization("惠州电子有限公司", &owner).await;
    let (into, successor) = house.organization("惠州电子集团有限公司", &heir).await;
    let (_, mut handler) = handler_of(&house, &owner, id).await;
    let hall = house.relying_party(json!({ "backchannel_logout_uri": "https://hall.example/told" })).await;
    let tokens = sign_in_for(&mut handler, &hall, SCOPE).await;
    // What the handler does for themselves goes on.
    hall.tokens(&mut handler, "openid").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());

    house.registers.change_organization(&code, json!({ "status": "注销", "successor": into }));
    house.pass(HOUR / 60);
    assert!(duties::check_organization(&house.app, id).await.unwrap());
    let after = organization(&house, id).await;
    assert_eq!((after.life.standing, after.successor), (Standing::Deregistered, Some(successor)));
    // Tokens and choices: over, also the handler's, whose mandate nobody ended; the relying system is told once.
    let told = logout::list(&mut &house.app.db, None, uuid::Uuid::max()).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(hall.userinfo(access).await.status, 401);
    assert_eq!(hall.refresh(refresh).await.refusal(), (400, "invalid_grant"));
    for browser in [&mut handler, &mut proven(&house, &owner).await] {
        let page = browser.open(&hall.attempt(SCOPE).url()).await;
        page.left_for();
    }
    let mut browser = proven(&house, &owner).await;
    assert_eq!(browser.open(&format!("/account/organizations/{id}")).await.status, 404);
    // Who acted for the one does not act for the other.
    let acts = mandate::of_grantor(&mut &house.app.db, &house.app.keys.data(), successor).await.unwrap();
    assert_eq!(acts.iter().map(|one| one.grantee).collect::<Vec<_>>(), [Some(heir.id)]);
    // The register was wrong, and says so: everything is as it was, the subject too.
    house.registers.change_organization(&code, json!({ "status": "存续", "successor": "" }));
    syncs(&house).await;
    let mut browser = proven(&house, &owner).await;
    let claims = id_claims(&sign_in_for(&mut browser, &hall, SCOPE).await);
    assert_eq!(claims["sub"], id_claims(&tokens)["sub"]);
    assert_eq!(organization(&house, id).await.successor, None);
}

/// Two invitations that cross: whoever accepts second finds the circle.
#[tokio::test]
async fn two_that_invite_each_other_make_no_circle() {
    let house = House::open().await;
    let (one, other) = (house.person().await, house.person().await);
    let (first_code, first) = house.organization("河源米粉有限公司", &one).await;
    let (second_code, second) = house.organization("揭阳玉器有限公司", &other).await;
    let agency =
        |name: &str, number: &str| Person { name: name.to_owned(), number: number.to_owned(), ..one.clone() };
    let (mut ones, mut others) = (proven(&house, &one).await, proven(&house, &other).await);
    invite(&mut ones, first, &agency("揭阳玉器有限公司", &second_code), &[]).await.sees("等待对方确认");
    invite(&mut others, second, &agency("河源米粉有限公司", &first_code), &[]).await.sees("等待对方确认");
    let mut accepted = Vec::new();
    for (browser, id) in [(&mut ones, first), (&mut others, second)] {
        let page = browser.open(&format!("/account/organizations/{id}")).await;
        let form = page.first_id("form[id^=invitation-]").expect("an invitation");
        accepted.push(browser.submit(&format!("#{form}"), &[("decision", "allow")]).await.status);
    }
    assert_eq!(accepted, [200, 404]);
    let active = async |grantor| {
        let all = mandate::of_grantor(&mut &house.app.db, &house.app.keys.data(), grantor).await.unwrap();
        all.iter()
            .filter(|one| one.grantee_kind == mandate::Party::Organization && one.grantee.is_some())
            .count()
    };
    assert_eq!((active(first).await, active(second).await), (0, 1));
}

#[tokio::test]
async fn an_operator_adds_and_changes_an_enterprise_that_no_register_knows() {
    let house = House::open().await;
    let (clerk, heir) = (house.person().await, house.person().await);
    let code = crate::support::operator::credit_code().as_str().to_owned();
    let add = ["organization", "add", "--credit-code", "-", "--name", "粤港联合书院"];
    // A representative without an account is named; without even a name nothing is made.
    let refused =
        yihao(&house, &[&add[..], &["--representative", "-"]].concat(), &format!("{code}\n{}\n", unknown()))
            .unwrap_err()
            .1;
    assert!(refused.contains("--representative-name"), "{refused}");
    let named = [&add[..], &["--representative-name", "-"]].concat();
    let added = yihao(&house, &named, &format!("{code}\nJean-Luc O'Neill\n")).unwrap();
    let id: uuid::Uuid = added["organization_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(organization(&house, id).await.representative, None);
    // The first handler comes by the counter.
    let grant =
        ["mandate", "grant", "--credit-code", "-", "--to", "-", "--role", "administrator", "--scope", "*"];
    let grant = [&grant[..], &["--until", super::UNTIL]].concat();
    yihao(&house, &grant, &format!("{code}\n{}\n", clerk.number)).unwrap();
    // The program lives by the machine's clock, which has gone on since the house opened.
    house.pass(HOUR);
    let hall = house.relying_party(json!({})).await;
    let mut browser = proven(&house, &clerk).await;
    let tokens = sign_in_for(&mut browser, &hall, SCOPE).await;
    let access = tokens["access_token"].as_str().unwrap();

    let change = ["organization", "change", "--credit-code", "-", "--evidence", "decision 7"];
    let refused = yihao(&house, &change, &format!("{code}\n")).unwrap_err().1;
    assert!(refused.contains("nothing to change"), "{refused}");
    let renamed = [&change[..], &["--name", "-"]].concat();
    yihao(&house, &renamed, &format!("{code}\n粤港澳联合书院\n")).unwrap();
    let info = hall.userinfo(access).await.good();
    assert_eq!(info["organization_name"], "粤港澳联合书院");
    assert_eq!(info["sub"], id_claims(&tokens)["sub"]);
    let (into, successor) = house.organization("深港联合书院", &heir).await;
    let merged = [&change[..], &["--merged-into", "-"]].concat();
    assert!(yihao(&house, &merged, &format!("{code}\n{code}\n")).is_err(), "into itself");
    yihao(&house, &merged, &format!("{code}\n{into}\n")).unwrap();
    let after = organization(&house, id).await;
    assert_eq!((after.life.standing, after.successor), (Standing::Deregistered, Some(successor)));
    assert_eq!(hall.userinfo(access).await.status, 401);
    let revived = [&change[..], &["--standing", "active"]].concat();
    yihao(&house, &revived, &format!("{code}\n")).unwrap();
    assert_eq!(hall.userinfo(access).await.status, 200);
    // The job asks the registers, which know nothing: what the operator said stays.
    syncs(&house).await;
    let after = organization(&house, id).await;
    assert_eq!((after.life.standing, after.name.as_str()), (Standing::Active, "粤港澳联合书院"));
}

/// A citizen ID that no account holds.
fn unknown() -> String {
    crate::support::operator::citizen_id().as_str().to_owned()
}
