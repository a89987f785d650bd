//! Community agents (社区代办): an enrolled device, the person present, one matter after the other, and nothing else.

use serde_json::json;
use yihao::terminal::Kind;

use crate::support::{House, claims_of};

#[tokio::test]
async fn the_person_is_present_and_the_token_is_for_one_matter() {
    let house = House::open().await;
    let person = house.person().await;
    let (mut agent, mut clerk) = (house.window_of(Kind::Agent).await, house.clerk().await);
    let shift = agent.shift(&mut clerk).await;
    let matter = agent.matter(&shift).await;
    assert_eq!(agent.token(&shift, &matter).await.refusal(), (400, "invalid_grant"), "nobody is there");
    let seen = agent.identify(&shift, &matter, &person).await.good();
    assert_eq!(seen["account"], true);
    let tokens = agent.token(&shift, &matter).await.good();
    let assisted = json!({
        "clerk": clerk.staff.id, "window": agent.terminal, "place": "天河区政务服务中心1号机",
        "matter": { "id": matter, "code": "licence.copy" }, "how": "chip", "present": true,
    });
    assert_eq!(claims_of(tokens.text("id_token"))["assisted"], assisted);
    let access = tokens.text("access_token");
    assert_eq!(agent.userinfo(access).await.good()["name"], person.name);
    // The next matter, of the same person even, wants the card again.
    let next = agent.matter(&shift).await;
    assert_eq!(agent.userinfo(access).await.status, 401);
    assert_eq!(agent.token(&shift, &next).await.refusal(), (400, "invalid_grant"));
}

/// Nobody who is somewhere else, and nothing that changes an account: there is no colleague who looks too.
#[tokio::test]
async fn an_agent_asks_no_phone_and_changes_no_account() {
    let house = House::open().await;
    let person = house.person().await;
    let (mut agent, mut clerk) = (house.window_of(Kind::Agent).await, house.clerk().await);
    let shift = agent.shift(&mut clerk).await;
    let matter = agent.matter(&shift).await;
    let refused = agent.asks_phone(&shift, &matter, &person.number).await;
    assert_eq!(refused.refusal(), (400, "access_denied"));
    agent.identify(&shift, &matter, &person).await.good();
    for (kind, phone) in
        [("raise", None), ("phone", Some("13900007777")), ("recover", None), ("pin", None), ("open", None)]
    {
        let refused = agent.deed(&shift, &matter, kind, phone).await;
        assert_eq!(refused.refusal(), (400, "access_denied"), "{kind}");
    }
    agent.token(&shift, &matter).await.good();
}
