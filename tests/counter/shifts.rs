//! Who may work at a window, and for how long.

use serde_json::json;
use yihao::operator::Role;
use yihao::terminal::Kind;

use crate::support::program::yihao;
use crate::support::{House, MINUTE};

#[tokio::test]
async fn a_shift_is_good_at_its_window_alone_and_ends_with_the_clerk() {
    let house = House::open().await;
    let (mut window, mut clerk) = (house.window().await, house.clerk().await);
    let shift = window.shift(&mut clerk).await;
    window.matter(&shift).await;
    let params = [("shift", &*shift), ("code", "x"), ("label", "x")];
    let other = house.window().await;
    assert_eq!(other.program.post("/counter/matter", &params).await.refusal(), (400, "login_required"));
    // A clerk who goes to another window is no longer at this one.
    let mut next = house.window().await;
    let there = next.shift(&mut clerk).await;
    assert_eq!(window.program.post("/counter/matter", &params).await.refusal(), (400, "login_required"));
    // After half an hour without use it is over.
    house.pass(29 * MINUTE);
    next.matter(&there).await;
    house.pass(29 * MINUTE);
    next.matter(&there).await;
    house.pass(31 * MINUTE);
    let params = [("shift", &*there), ("code", "x"), ("label", "x")];
    assert_eq!(next.program.post("/counter/matter", &params).await.refusal(), (400, "login_required"));
}

#[tokio::test]
async fn a_suspended_clerk_or_window_is_out_at_once_and_so_is_the_token() {
    let house = House::open().await;
    let person = house.person().await;
    for suspend_window in [false, true] {
        let (mut window, mut clerk) = (house.window().await, house.clerk().await);
        let shift = window.shift(&mut clerk).await;
        let matter = window.matter(&shift).await;
        window.identify(&shift, &matter, &person).await.good();
        let token = window.token(&shift, &matter).await.good().text("access_token").to_owned();
        window.userinfo(&token).await.good();
        if suspend_window {
            house.suspend(window.terminal).await.expect("suspended");
        } else {
            yihao(&house, &["operator", "suspend", &clerk.staff.name], "").expect("suspended");
        }
        assert_eq!(window.userinfo(&token).await.status, 401, "{suspend_window}");
        let params = [("shift", &*shift), ("code", "x"), ("label", "x")];
        let answer = window.program.post("/counter/matter", &params).await;
        let expected = if suspend_window { (401, "invalid_client") } else { (400, "login_required") };
        assert_eq!(answer.refusal(), expected);
    }
}

#[tokio::test]
async fn who_is_no_clerk_begins_no_shift_and_a_kiosk_is_no_window() {
    let house = House::open().await;
    let mut window = house.window().await;
    let mut decider = house.colleague(&[Role::Decider]).await;
    assert!(window.tries_shift(&mut decider).await.expect_err("no clerk").contains("no_right"));
    // A clerk of whom nobody knows which citizen they are: whether they serve themselves could not be seen.
    let unknown = house.staff_unknown(&[Role::Clerk]).await;
    let mut unknown = house.colleague_of(unknown).await;
    assert!(window.tries_shift(&mut unknown).await.expect_err("unknown").contains("no_right"));
    let (kiosk, _) = house.machine(Kind::Kiosk, json!({})).await;
    let params = [("redirect_uri", kiosk.redirect_uri.as_str())];
    assert_eq!(kiosk.post("/counter/shift", &params).await.refusal(), (400, "unauthorized_client"));
    let bad = window.program.post("/counter/shift", &[("redirect_uri", "https://evil.example/")]).await;
    assert_eq!(bad.refusal(), (400, "invalid_request"));
    // A community agent's device is a window too.
    let mut agent = house.window_of(Kind::Agent).await;
    let mut clerk = house.clerk().await;
    agent.shift(&mut clerk).await;
}
