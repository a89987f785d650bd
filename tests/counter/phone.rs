//! A clerk asks the person on their phone (OpenID CIBA): for one matter, at one window.

use serde_json::json;
use yihao::http::urls;
use yihao::terminal::Kind;

use crate::support::operator::citizen_id;
use crate::support::phone::Phone;
use crate::support::window::{Colleague, Window};
use crate::support::{Answer, House, MINUTE, Person, ProofKey, claims_of};

struct Scene {
    house: House,
    window: Window,
    clerk: Colleague,
    shift: String,
    matter: String,
    person: Person,
}

impl Scene {
    async fn new() -> Self {
        Self::of(House::open().await).await
    }

    async fn of(house: House) -> Self {
        let person = house.person().await;
        let (mut window, mut clerk) = (house.window().await, house.clerk().await);
        let shift = window.shift(&mut clerk).await;
        let matter = window.matter(&shift).await;
        Self { house, window, clerk, shift, matter, person }
    }

    async fn asks(&self, hint: &str) -> Answer {
        self.window.asks_phone(&self.shift, &self.matter, hint).await
    }

    async fn phone(&self) -> Phone {
        Phone::of(&self.house, &self.person).await
    }

    async fn polls(&self, asked: &Answer) -> Answer {
        self.window.polls(&self.house, asked).await
    }
}

fn number(asked: &Answer) -> String {
    asked["match_number"].as_u64().expect("a number").to_string()
}

async fn allows(phone: &mut Phone, asked: &Answer) {
    phone.opens().await;
    phone.allows(&number(asked)).await.is_at(urls::DEVICE_DONE).sees("已允许");
}

#[tokio::test]
async fn the_token_says_that_nobody_was_present_and_ends_with_the_matter() {
    let scene = Scene::new().await;
    let (window, person) = (&scene.window, &scene.person);
    let mut phone = scene.phone().await;
    let asked = scene.asks(&person.number).await.good();
    assert_eq!((&asked["expires_in"], &asked["interval"]), (&json!(120), &json!(5)));
    assert_eq!(asked["binding_message"], "天河区政务服务中心1号机 证照复印");
    assert_eq!(scene.polls(&asked).await.refusal(), (400, "authorization_pending"));
    // Window, matter and number stand on the phone, whatever the window's program would like to stand there.
    let page = phone.opens().await;
    page.sees("证照复印").sees("天河区政务服务中心1号机 证照复印").sees(&number(&asked));
    assert_eq!(page.text(".place"), "天河区政务服务中心1号机");
    phone.allows(&number(&asked)).await.is_at(urls::DEVICE_DONE).sees("已允许");

    // Not with another key; and that has not used up what the person allowed.
    let strange = window.polls_by(&asked, &ProofKey::new(&scene.house)).await;
    assert_eq!(strange.refusal(), (400, "invalid_dpop_proof"));
    let tokens = scene.polls(&asked).await.good();
    assert_eq!((&tokens["token_type"], &tokens["refresh_token"]), (&json!("DPoP"), &json!(null)));
    assert_eq!(tokens["scope"], "openid profile", "nothing outlives the matter");
    let assisted = json!({
        "clerk": scene.clerk.staff.id, "window": window.terminal, "place": "天河区政务服务中心1号机",
        "matter": { "id": scene.matter, "code": "licence.copy" }, "how": "phone", "present": false,
    });
    let (id_token, access) = (claims_of(tokens.text("id_token")), tokens.text("access_token"));
    assert_eq!((&id_token["assisted"], &id_token["channel"]), (&assisted, &json!("counter")));
    assert_eq!(claims_of(access)["assisted"], assisted);
    assert_eq!(window.program.introspect(access).await.good()["assisted"], assisted);
    assert_eq!(window.userinfo(access).await.good()["name"], person.name);

    // What was allowed was allowed once: no more tokens, no deed, nobody else's card in this matter.
    assert_eq!(window.token(&scene.shift, &scene.matter).await.refusal(), (400, "invalid_grant"));
    let deed = window.deed(&scene.shift, &scene.matter, "raise", None).await;
    assert_eq!(deed.refusal(), (400, "invalid_request"));
    assert_eq!(scene.asks(&person.number).await.refusal(), (400, "invalid_grant"));
    let other = scene.house.person().await;
    assert_eq!(window.identify(&scene.shift, &scene.matter, &other).await.refusal(), (400, "invalid_grant"));

    window.matter(&scene.shift).await;
    assert_eq!(window.userinfo(access).await.status, 401, "the next matter has begun");
    assert_eq!(window.program.introspect(access).await.good()["active"], false);
}

/// By its phone as well; and whom a hint means, or whether it means anybody, the window does not learn.
#[tokio::test]
async fn a_hint_tells_nothing() {
    let scene = Scene::new().await;
    let mut phone = scene.phone().await;
    let shape = |answer: &Answer| {
        let members = answer.json.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        (answer.status, members, answer["expires_in"].clone(), answer["binding_message"].clone())
    };
    let unknown = scene.asks(citizen_id().as_str()).await.good();
    let known = scene.asks(&scene.person.phone).await.good();
    assert_eq!(shape(&unknown), shape(&known));
    assert_eq!(
        scene.polls(&unknown).await.refusal(),
        (400, "access_denied"),
        "another was asked for instead"
    );
    let wrong = scene.asks("kaiming").await;
    assert_eq!(wrong.refusal(), (400, "invalid_request"));
    allows(&mut phone, &known).await;
    scene.polls(&known).await.good();
}

/// A question is over when its matter is, and leaves the person's place free.
#[tokio::test]
async fn one_open_question_and_it_ends_with_the_matter() {
    let mut scene = Scene::new().await;
    let mut phone = scene.phone().await;
    let first = scene.asks(&scene.person.number).await.good();
    phone.looks().await.sees("证照复印");
    // Asked again by another name: the first is taken back, so one question lies before the person.
    let second = scene.asks(&scene.person.phone).await.good();
    assert_eq!(phone.looks().await.links_to(&format!("{}/", urls::APPROVALS)).len(), 1);
    assert_eq!(scene.polls(&first).await.refusal(), (400, "access_denied"));
    for how in ["another matter", "the end", "the shift's end"] {
        let asked = if how == "another matter" {
            second.clone()
        } else {
            scene.matter = scene.window.matter(&scene.shift).await;
            scene.asks(&scene.person.number).await.good()
        };
        phone.opens().await;
        match how {
            "another matter" => {
                scene.window.matter(&scene.shift).await;
            }
            "the end" => {
                let params = [("shift", &*scene.shift), ("matter", &*scene.matter)];
                scene.window.program.post("/counter/matter/end", &params).await.good();
            }
            _ => {
                scene.window.program.post("/counter/shift/end", &[("shift", &scene.shift)]).await.good();
            }
        }
        let page = phone.allows(&number(&asked)).await;
        assert_eq!(page.code().as_deref(), Some("request_over"), "{how}");
        assert_eq!(scene.polls(&asked).await.refusal(), (400, "access_denied"), "{how}");
    }
}

/// Who has said yes in time, but the matter is over when the window comes for it.
#[tokio::test]
async fn what_was_allowed_is_worth_nothing_after_the_matter() {
    let scene = Scene::of(House::open_with(|config| config.operator.matter_minutes = 2).await).await;
    let mut phone = scene.phone().await;
    let asked = scene.asks(&scene.person.number).await.good();
    assert_eq!(asked["expires_in"], 120);
    allows(&mut phone, &asked).await;
    scene.window.matter(&scene.shift).await;
    assert_eq!(scene.polls(&asked).await.refusal(), (400, "invalid_grant"));
    // And a question lives no longer than its matter.
    let matter = scene.window.matter(&scene.shift).await;
    scene.house.pass(MINUTE);
    let asked = scene.window.asks_phone(&scene.shift, &matter, &scene.person.number).await.good();
    assert_eq!(asked["expires_in"], 60);
}

#[tokio::test]
async fn denied_and_a_wrong_number() {
    let scene = Scene::new().await;
    let mut phone = scene.phone().await;
    let asked = scene.asks(&scene.person.number).await.good();
    phone.opens().await;
    phone.decides("deny").await.sees("已拒绝");
    assert_eq!(scene.polls(&asked).await.refusal(), (400, "access_denied"));
    let asked = scene.asks(&scene.person.number).await.good();
    let choices = phone.opens().await.texts(".numbers label");
    let wrong = choices.iter().find(|choice| **choice != number(&asked)).expect("another");
    assert_eq!(phone.allows(wrong).await.code().as_deref(), Some("wrong_number"));
    assert_eq!(scene.polls(&asked).await.refusal(), (400, "access_denied"));
    assert_eq!(scene.window.token(&scene.shift, &scene.matter).await.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn nobody_serves_themselves_by_phone_either() {
    let scene = Scene::new().await;
    let refused = scene.asks(&scene.clerk.staff.number).await;
    assert_eq!(refused.refusal(), (400, "access_denied"));
    // By the phone of the account that is the clerk's own.
    let own = scene.house.person_with_number(&scene.clerk.staff.number).await;
    let refused = scene.asks(&own.phone).await;
    assert_eq!(refused.refusal(), (400, "access_denied"));
}

/// At another window, by a client that was not given the grant, on an agent's device.
#[tokio::test]
async fn only_an_enrolled_window_of_a_counter_asks_so() {
    let scene = Scene::new().await;
    let params = [("shift", &*scene.shift), ("matter", &*scene.matter), ("scope", "openid")];
    let params = [&params[..], &[("login_hint", &scene.person.number)]].concat();
    let other = scene.house.window().await;
    let refused = other.program.post("/counter/matter/phone", &params).await;
    assert_eq!(refused.refusal(), (400, "login_required"));
    let (kiosk, _) = scene.house.machine(Kind::Kiosk, json!({})).await;
    let refused = kiosk.post("/counter/matter/phone", &params).await;
    assert_eq!(refused.refusal(), (400, "unauthorized_client"));
    // Another window does not get what was allowed at this one.
    let mut phone = scene.phone().await;
    let asked = scene.asks(&scene.person.number).await.good();
    allows(&mut phone, &asked).await;
    assert_eq!(other.polls_by(&asked, &other.key).await.refusal(), (400, "invalid_grant"));
    scene.polls(&asked).await.good();
}

/// A clerk who asks many people is looked at, as one who reads many cards.
#[tokio::test]
async fn many_questions_raise_the_alarm_too() {
    use yihao::db::{Read, values};
    let scene = Scene::of(House::open_with(|config| config.operator.usual_per_hour = 2).await).await;
    for _ in 0..4 {
        scene.asks(citizen_id().as_str()).await.good();
    }
    let mut db = &scene.house.app.db;
    let sql = "select person from audit where event = 'clerk.unusual'";
    let raised = db.all(sql, values![], |row| row.get::<Option<uuid::Uuid>>(0)).await.expect("a look");
    assert_eq!(raised, [None]);
}
