//! What is done to an account at a window: never by one clerk alone.

use serde_json::json;
use yihao::base::TrustLevel;
use yihao::identity;

use crate::support::window::{Colleague, Window};
use crate::support::{Browser, HOUR, House, Person};

struct Scene {
    house: House,
    window: Window,
    clerk: Colleague,
    second: Colleague,
    shift: String,
    matter: String,
    person: Person,
}

impl Scene {
    async fn new() -> Self {
        let house = House::open().await;
        let person = house.person().await;
        let (mut window, mut clerk, second) =
            (house.window().await, house.clerk().await, house.clerk().await);
        let shift = window.shift(&mut clerk).await;
        let matter = window.matter(&shift).await;
        window.identify(&shift, &matter, &person).await.good();
        Self { house, window, clerk, second, shift, matter, person }
    }

    async fn asks(&self, kind: &str, phone: Option<&str>) -> String {
        let asked = self.window.deed(&self.shift, &self.matter, kind, phone).await.good();
        assert_eq!(asked["state"], "waiting");
        asked.text("deed").to_owned()
    }

    async fn confirms(&mut self, deed: &str) {
        let done = self.window.second(&self.shift, deed, &mut self.second).await;
        assert!(
            done["next"].as_str().is_some_and(|next| next.starts_with("https://desk.example/back")),
            "{done}"
        );
    }

    async fn phone(&self) -> Option<String> {
        let app = &self.house.app;
        let person = identity::load(&mut &app.db, &app.keys.data(), self.person.id).await;
        person.expect("a look").expect("a person").phone.map(|phone| phone.as_str().to_owned())
    }

    async fn trust(&self) -> TrustLevel {
        let app = &self.house.app;
        let person = identity::load(&mut &app.db, &app.keys.data(), self.person.id).await;
        person.expect("a look").expect("a person").binding.trust(app.clock.now(), &app.config.trust)
    }

    fn told(&self, words: &str) -> bool {
        self.house.app.sms.outbox(None).iter().any(|sms| sms.text.contains(words))
    }
}

#[tokio::test]
async fn level_five_wants_a_second_clerk_who_is_another() {
    let mut scene = Scene::new().await;
    let deed = scene.asks("raise", None).await;
    assert_eq!(scene.window.finish(&scene.shift, &deed).await.refusal(), (400, "interaction_required"));
    let same = scene.window.second(&scene.shift, &deed, &mut scene.clerk).await;
    assert_eq!(same["error"], "no_right");
    assert_eq!(scene.window.finish(&scene.shift, &deed).await.refusal(), (400, "interaction_required"));
    assert_eq!(scene.trust().await, TrustLevel::Matched);
    scene.confirms(&deed).await;
    let done = scene.window.finish(&scene.shift, &deed).await.good();
    assert_eq!((&done["state"], &done["effective_in"]), (&json!("done"), &json!(0)));
    assert_eq!(done["trust_level"], 5);
    assert_eq!(scene.trust().await, TrustLevel::Attended);
    assert_eq!(scene.window.finish(&scene.shift, &deed).await.refusal(), (400, "invalid_grant"), "once");
    let tokens = scene.window.token(&scene.shift, &scene.matter).await.good();
    assert_eq!(crate::support::claims_of(tokens.text("id_token"))["trust_level"], 5);
    crate::support::soon("the SMS", || scene.told("完成了本人核验")).await;
}

/// The second clerk must not be the person whom it is for, nor look at an account of their own that is opened.
#[tokio::test]
async fn the_second_clerk_is_not_the_person_concerned() {
    let mut scene = Scene::new().await;
    let own = scene.house.person_with_number(&scene.second.staff.number).await;
    for kind in ["raise", "open"] {
        scene.matter = scene.window.matter(&scene.shift).await;
        scene.window.identify(&scene.shift, &scene.matter, &own).await.good();
        let deed = scene.asks(kind, None).await;
        let told = scene.window.second(&scene.shift, &deed, &mut scene.second).await;
        assert_eq!(told["error"], "no_right", "{kind}");
        assert_eq!(scene.window.finish(&scene.shift, &deed).await.refusal(), (400, "interaction_required"));
        // A third one may.
        let mut third = scene.house.clerk().await;
        let told = scene.window.second(&scene.shift, &deed, &mut third).await;
        assert!(told["next"].is_string(), "{kind}: {told}");
    }
}

/// With a code of the person's app a phone is changed at once, and a ticket opens at once; a code counts once.
#[tokio::test]
async fn a_code_of_the_persons_app_lets_nothing_wait() {
    let mut scene = Scene::new().await;
    let (person, app) = crate::factors::person_with_app(&scene.house).await;
    scene.person = person;
    scene.matter = scene.window.matter(&scene.shift).await;
    scene.window.identify(&scene.shift, &scene.matter, &scene.person).await.good();
    let prove = async |scene: &Scene, deed: &str, code: &str| {
        let params = [("shift", &*scene.shift), ("deed", deed), ("code", code)];
        scene.window.program.post("/counter/deed/prove", &params).await
    };
    let deed = scene.asks("recover", None).await;
    assert_eq!(prove(&scene, &deed, &app.wrong_code(&scene.house)).await.refusal(), (400, "invalid_grant"));
    let code = app.code(&scene.house);
    prove(&scene, &deed, &code).await.good();
    let given = scene.window.finish(&scene.shift, &deed).await.good();
    assert_eq!((&given["state"], &given["effective_in"]), (&json!("done"), &json!(0)));
    let (yihao, keys, visit) = (&scene.house.app, scene.house.app.keys.data(), scene.house.visit());
    let ticket = yihao::base::Secret::new(given.text("ticket"));
    let found =
        yihao::credential::recovery::look(&mut &yihao.db, &keys, &visit, scene.person.id, &ticket).await;
    assert!(found.expect("a look").is_some(), "it opens at once");
    let deed = scene.asks("phone", Some("13900007777")).await;
    assert_eq!(prove(&scene, &deed, &code).await.refusal(), (400, "invalid_grant"), "used");
    scene.house.pass(crate::support::MINUTE);
    let code = app.code(&scene.house);
    prove(&scene, &deed, &code).await.good();
    assert_eq!(scene.window.finish(&scene.shift, &deed).await.good()["state"], "done");
    assert_eq!(scene.phone().await.as_deref(), Some("+8613900007777"));
}

#[tokio::test]
async fn a_new_phone_waits_a_day_and_the_owner_can_call_it_off() {
    let mut scene = Scene::new().await;
    let old = scene.phone().await;
    let deed = scene.asks("phone", Some("13900007777")).await;
    scene.confirms(&deed).await;
    let done = scene.window.finish(&scene.shift, &deed).await.good();
    assert_eq!((&done["state"], &done["effective_in"]), (&json!("delayed"), &json!(86400)));
    crate::support::soon("the SMS", || scene.told("申请更换您账号的手机号")).await;
    yihao::duties::carry_out_deeds(&scene.house.app).await.expect("nothing is due");
    assert_eq!(scene.phone().await, old);
    // The owner, on a device of theirs.
    let mut owner = Browser::signed_in(&scene.house, &scene.person).await;
    owner.open("/account").await;
    owner.submit("#recover-cancel", &[]).await;
    scene.house.pass(25 * HOUR);
    yihao::duties::carry_out_deeds(&scene.house.app).await.expect("nothing is left");
    assert_eq!(scene.phone().await, old);
}

#[tokio::test]
async fn after_the_day_the_phone_is_the_new_one() {
    let mut scene = Scene::new().await;
    let deed = scene.asks("phone", Some("13900007777")).await;
    scene.confirms(&deed).await;
    scene.window.finish(&scene.shift, &deed).await.good();
    scene.house.pass(25 * HOUR);
    yihao::duties::carry_out_deeds(&scene.house.app).await.expect("done");
    assert_eq!(scene.phone().await.as_deref(), Some("+8613900007777"));
}

#[tokio::test]
async fn a_ticket_for_a_password_opens_after_the_day_or_at_once_by_a_factor() {
    let mut scene = Scene::new().await;
    let deed = scene.asks("recover", None).await;
    scene.confirms(&deed).await;
    let given = scene.window.finish(&scene.shift, &deed).await.good();
    assert_eq!(given["state"], "delayed");
    let ticket = given.text("ticket").to_owned();
    let look = async || {
        let app = &scene.house.app;
        let typed = yihao::base::Secret::new(ticket.as_str());
        let (keys, visit) = (app.keys.data(), scene.house.visit());
        let found =
            yihao::credential::recovery::look(&mut &app.db, &keys, &visit, scene.person.id, &typed).await;
        found.expect("a look").is_some()
    };
    assert!(!look().await);
    scene.house.pass(25 * HOUR);
    assert!(look().await);
}

#[tokio::test]
async fn a_code_of_the_recovery_sheet_stands_in_for_the_second_clerk() {
    let scene = Scene::new().await;
    let app = &scene.house.app;
    let mut tx = app.db.begin().await.expect("a transaction");
    let visit = scene.house.visit();
    let codes =
        yihao::credential::recovery_code::make(&mut tx, &app.keys.data(), &visit, scene.person.id).await;
    tx.commit().await.expect("it is kept");
    let codes = codes.expect("codes");
    let deed = scene.asks("phone", Some("13900007777")).await;
    let prove = async |code: &str| {
        let params = [("shift", &*scene.shift), ("deed", &*deed), ("code", code)];
        scene.window.program.post("/counter/deed/prove", &params).await
    };
    assert_eq!(prove("0000-0000-0000-0000").await.refusal(), (400, "invalid_grant"));
    prove(codes[0].reveal()).await.good();
    let done = scene.window.finish(&scene.shift, &deed).await.good();
    assert_eq!(done["state"], "done");
    assert_eq!(scene.phone().await.as_deref(), Some("+8613900007777"));
}

#[tokio::test]
async fn an_account_is_opened_for_who_has_none_and_theirs_displaces_a_weaker_one() {
    let mut scene = Scene::new().await;
    let stranger =
        Person { number: crate::support::operator::citizen_id().as_str().to_owned(), ..scene.person.clone() };
    for (who, displaced) in [(stranger, false), (scene.person.clone(), true)] {
        scene.matter = scene.window.matter(&scene.shift).await;
        let early = scene.window.deed(&scene.shift, &scene.matter, "open", None).await;
        assert_eq!(early.refusal(), (400, "invalid_request"), "no card was read");
        scene.window.identify(&scene.shift, &scene.matter, &who).await.good();
        let deed = scene.asks("open", None).await;
        scene.confirms(&deed).await;
        let early = scene.window.finish(&scene.shift, &deed).await;
        assert_eq!(early.refusal(), (400, "interaction_required"), "no PIN was chosen");
        // Nobody but the window does it, however long nobody comes.
        yihao::duties::carry_out_deeds(&scene.house.app).await.expect("nothing is due");
        scene.window.has_pin(&scene.shift, &deed).await;
        let given = scene.window.finish(&scene.shift, &deed).await.good();
        assert_eq!(given["recovery_codes"].as_array().map(Vec::len), Some(10));
        assert!(!given.text("ticket").is_empty());
        let matter = scene.window.matter(&scene.shift).await;
        let seen = scene.window.identify(&scene.shift, &matter, &who).await.good();
        assert_eq!((&seen["account"], &seen["trust_level"]), (&json!(true), &json!(5)));
        let app = &scene.house.app;
        let old = identity::state_of(&mut &app.db, scene.person.id).await.expect("a look").expect("a state");
        assert_eq!(old == identity::PersonState::Closed, displaced);
    }
}

/// The owner reads what they read the pages in, wherever they signed in last; before that, simplified Chinese.
#[tokio::test]
async fn the_owner_is_told_in_their_language() {
    let mut scene = Scene::new().await;
    for (language, words) in [
        ("en-GB", "Somebody at a service counter has asked to change the phone number"),
        ("zh-HK", "有人在政務服務櫃檯申請更換您帳號的手機號碼"),
        ("zh-CN", "有人在政务服务窗口申请更换您账号的手机号"),
    ] {
        let mut owner = Browser::new(&scene.house);
        owner.header("accept-language", language);
        owner.open("/sign-in").await;
        let person = &scene.person;
        let fields = [("identifier", &*person.number), ("password", &*person.password)];
        owner.submit("#sign-in", &fields).await.is_at("/account");
        let deed = scene.asks("phone", Some("13900007777")).await;
        scene.confirms(&deed).await;
        scene.window.finish(&scene.shift, &deed).await.good();
        crate::support::soon(words, || scene.told(words)).await;
        owner.open("/account").await;
        owner.submit("#recover-cancel", &[]).await;
        scene.matter = scene.window.matter(&scene.shift).await;
        scene.window.identify(&scene.shift, &scene.matter, &scene.person).await.good();
    }
}
