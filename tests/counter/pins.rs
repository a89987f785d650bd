//! The PIN that goes with an ID card: chosen at a window, used at a kiosk.

use reqwest::StatusCode;
use serde_json::json;
use yihao::credential::pin;
use yihao::http::urls;

use crate::kiosk::Kiosk;
use crate::kiosk::chip::sign_in;
use crate::support::operator::citizen_id;
use crate::support::window::{Colleague, PIN, Window};
use crate::support::{Answer, Browser, HOUR, House, Person, claims_of};

struct Scene {
    house: House,
    window: Window,
    clerk: Colleague,
    second: Colleague,
    kiosk: Kiosk,
    shift: String,
    person: Person,
}

impl Scene {
    async fn new() -> Self {
        let house = House::open().await;
        let person = house.person().await;
        let (mut window, mut clerk) = (house.window().await, house.clerk().await);
        let second = house.clerk().await;
        let kiosk = Kiosk::enrolled(&house).await;
        let shift = window.shift(&mut clerk).await;
        Self { house, window, clerk, second, kiosk, shift, person }
    }

    /// Tomorrow, when clerks begin another shift.
    async fn tomorrow(&mut self) {
        self.house.pass(25 * HOUR);
        self.shift = self.window.shift(&mut self.clerk).await;
    }

    /// The person comes to the window with their card; a deed is asked for.
    async fn asks(&self, person: &Person, kind: &str) -> String {
        let matter = self.window.matter(&self.shift).await;
        self.window.identify(&self.shift, &matter, person).await.good();
        let asked = self.window.deed(&self.shift, &matter, kind, None).await.good();
        asked.text("deed").to_owned()
    }

    async fn second_confirms(&mut self, deed: &str) {
        let told = self.window.second(&self.shift, deed, &mut self.second).await;
        assert!(told["next"].is_string(), "{told}");
    }

    async fn finish(&self, deed: &str) -> Answer {
        self.window.finish(&self.shift, deed).await
    }

    /// A code of the recovery sheet is shown for a deed.
    async fn proves(&self, deed: &str, code: &str) -> Answer {
        let params = [("shift", &*self.shift), ("deed", deed), ("code", code)];
        self.window.program.post("/counter/deed/prove", &params).await
    }

    async fn recovery_sheet(&self) -> Vec<String> {
        let app = &self.house.app;
        let mut tx = app.db.begin().await.expect("a transaction");
        let (keys, visit) = (app.keys.data(), self.house.visit());
        let codes = yihao::credential::recovery_code::make(&mut tx, &keys, &visit, self.person.id).await;
        tx.commit().await.expect("it is kept");
        codes.expect("codes").iter().map(|code| code.reveal().to_owned()).collect()
    }

    /// Somebody has the card and guesses, as often as it goes.
    async fn blocks(&self, person: &Person) {
        for _ in 0..pin::TRIES {
            assert_eq!(self.signs_in(person, "702947").await.refusal(), (400, "invalid_grant"));
        }
        let blocked = pin::is_blocked(&mut &self.house.app.db, person.id).await.expect("a look");
        assert_eq!(blocked, Some(true));
    }

    /// At the kiosk, with card and PIN.
    async fn signs_in(&self, person: &Person, pin: &str) -> Answer {
        sign_in(&self.kiosk, &self.house.reader.reads(self.kiosk.id, person), ("pin", pin)).await
    }
}

#[tokio::test]
async fn who_has_no_account_leaves_with_one_and_the_kiosk_takes_card_and_pin() {
    let mut scene = Scene::new().await;
    let newcomer = Person { number: citizen_id().as_str().to_owned(), ..scene.person.clone() };
    let deed = scene.asks(&newcomer, "open").await;
    scene.window.has_pin(&scene.shift, &deed).await;
    assert_eq!(scene.signs_in(&newcomer, PIN).await.refusal(), (400, "invalid_grant"), "not yet");
    scene.second_confirms(&deed).await;
    let given = scene.finish(&deed).await.good();
    assert_eq!(given["recovery_codes"].as_array().map(Vec::len), Some(10));
    let tokens = scene.signs_in(&newcomer, PIN).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["acr"]), (&json!(5), &json!("urn:yihao:aal:2")));
    assert_eq!(claims["amr"], json!(["sc", "pin", "mfa"]));
    assert_eq!(scene.signs_in(&newcomer, "702947").await.refusal(), (400, "invalid_grant"));
    // The PIN lies nowhere, and the deed holds no hash of it any more.
    let dump = scene.house.home.dump().await;
    assert!(!dump.windows(PIN.len()).any(|part| part == PIN.as_bytes()));
}

#[tokio::test]
async fn a_bad_choice_is_told_and_a_choice_is_made_once() {
    let mut scene = Scene::new().await;
    let deed = scene.asks(&scene.person, "pin").await;
    let birthday = &scene.person.number[8..14].to_owned();
    let phone = &scene.person.phone[4..10].to_owned();
    for (pin, again, code) in [
        ("12345", "12345", "pin-malformed"),
        ("12345a", "12345a", "pin-malformed"),
        ("123456", "123456", "pin-common"),
        ("888666", "888666", "pin-common"),
        (birthday, birthday, "pin-personal"),
        (phone, phone, "pin-personal"),
        (PIN, "702947", "pins-differ"),
    ] {
        let page = scene.window.chooses_pin(&scene.shift, &deed, pin, again).await;
        assert_eq!(
            (page.status, page.code().as_deref()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some(code)),
            "{pin}"
        );
        page.is_at(urls::PIN).sees_not(&scene.person.number).sees_not(&scene.person.name);
    }
    // In any browser that stands before the person: a keypad of its own, perhaps.
    let back = ("redirect_uri", "https://desk.example/back");
    let params = [("shift", &*scene.shift), ("deed", &*deed), back];
    let asked = scene.window.program.post("/counter/deed/pin", &params).await.good();
    let (mut keypad, address) = (Browser::new(&scene.house), asked.text("pin_uri"));
    keypad.open(address).await.is_at(urls::PIN);
    let page = keypad.submit("#choose-pin", &[("pin", PIN), ("again", PIN)]).await;
    assert_eq!(page.left_for().as_str(), "https://desk.example/back");
    assert_eq!(keypad.open(address).await.status, StatusCode::GONE, "once");
    assert_eq!(keypad.open("/pin?choice=made-up").await.status, StatusCode::GONE);
    // Other deeds take none.
    let raise = scene.asks(&scene.person, "raise").await;
    let params = [("shift", &*scene.shift), ("deed", &*raise), back];
    let refused = scene.window.program.post("/counter/deed/pin", &params).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_new_pin_waits_a_day() {
    let mut scene = Scene::new().await;
    let person = scene.person.clone();
    let deed = scene.asks(&person, "pin").await;
    scene.second_confirms(&deed).await;
    assert_eq!(scene.finish(&deed).await.refusal(), (400, "interaction_required"), "none was chosen");
    scene.window.has_pin(&scene.shift, &deed).await;
    let done = scene.finish(&deed).await.good();
    assert_eq!((&done["state"], &done["effective_in"]), (&json!("delayed"), &json!(86400)));
    let outbox = || scene.house.app.sms.outbox(None);
    crate::support::soon("the SMS", || outbox().iter().any(|sms| sms.text.contains("PIN 码"))).await;
    assert_eq!(scene.signs_in(&person, PIN).await.refusal(), (400, "invalid_grant"), "tomorrow");
    scene.house.pass(25 * HOUR);
    yihao::duties::carry_out_deeds(&scene.house.app).await.expect("done");
    scene.signs_in(&person, PIN).await.good();
}

/// Wrong too often, a PIN is blocked however long one waits, until the person has chosen another at a window: with a
/// second clerk after a day, with a code of their recovery sheet at once.
#[tokio::test]
async fn a_blocked_pin_is_unblocked_at_a_window() {
    const ANOTHER: &str = "417390";
    let mut scene = Scene::new().await;
    let person = scene.person.clone();
    let codes = scene.recovery_sheet().await;
    let deed = scene.asks(&person, "pin").await;
    scene.window.has_pin(&scene.shift, &deed).await;
    scene.proves(&deed, &codes[0]).await.good();
    assert_eq!(scene.finish(&deed).await.good()["state"], "done");
    scene.signs_in(&person, PIN).await.good();
    scene.blocks(&person).await;
    scene.tomorrow().await;
    assert_eq!(scene.signs_in(&person, PIN).await.refusal(), (400, "invalid_grant"), "it does not pass");

    // The clerk alone unblocks nothing, nor do two on the same day.
    let deed = scene.asks(&person, "pin").await;
    scene.window.chooses_pin(&scene.shift, &deed, ANOTHER, ANOTHER).await.left_for();
    assert_eq!(scene.finish(&deed).await.refusal(), (400, "interaction_required"));
    scene.second_confirms(&deed).await;
    assert_eq!(scene.finish(&deed).await.good()["state"], "delayed");
    for pin in [PIN, ANOTHER] {
        assert_eq!(scene.signs_in(&person, pin).await.refusal(), (400, "invalid_grant"), "tomorrow");
    }
    scene.tomorrow().await;
    yihao::duties::carry_out_deeds(&scene.house.app).await.expect("done");
    let claims = claims_of(scene.signs_in(&person, ANOTHER).await.good().text("id_token"));
    assert_eq!(claims["amr"], json!(["sc", "pin", "mfa"]));
    assert_eq!(scene.signs_in(&person, PIN).await.refusal(), (400, "invalid_grant"), "the old one");

    // Blocked again; the person has the sheet with them. The PIN that was blocked may be chosen again.
    scene.blocks(&person).await;
    scene.house.pass(HOUR / 3);
    let deed = scene.asks(&person, "pin").await;
    scene.window.chooses_pin(&scene.shift, &deed, ANOTHER, ANOTHER).await.left_for();
    assert_eq!(scene.proves(&deed, &codes[0]).await.refusal(), (400, "invalid_grant"), "used");
    scene.proves(&deed, &codes[1]).await.good();
    assert_eq!(scene.finish(&deed).await.good()["state"], "done");
    scene.signs_in(&person, ANOTHER).await.good();
}

#[tokio::test]
async fn the_owner_can_call_it_off_and_a_factor_lets_it_not_wait() {
    let mut scene = Scene::new().await;
    let person = scene.person.clone();
    let deed = scene.asks(&person, "pin").await;
    scene.window.has_pin(&scene.shift, &deed).await;
    scene.second_confirms(&deed).await;
    scene.finish(&deed).await.good();
    let mut owner = Browser::signed_in(&scene.house, &person).await;
    owner.open("/account").await;
    owner.submit("#recover-cancel", &[]).await;
    scene.house.pass(HOUR / 3);
    let codes = scene.recovery_sheet().await;
    let deed = scene.asks(&person, "pin").await;
    scene.window.has_pin(&scene.shift, &deed).await;
    scene.proves(&deed, &codes[0]).await.good();
    assert_eq!(scene.finish(&deed).await.good()["state"], "done");
    scene.signs_in(&person, PIN).await.good();
}
