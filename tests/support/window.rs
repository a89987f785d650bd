//! A window of a counter: its program with the window's key, and clerks with their passkeys.

use serde_json::{Value, json};
use uuid::Uuid;
use yihao::http::urls;
use yihao::operator::Role;
use yihao::terminal::Kind;

use super::chip::Reader;
use super::dpop::ProofKey;
use super::staff::Staff;
use super::{Answer, Auth, Browser, House, Page, Person, RelyingParty};
use crate::authenticator::Authenticator;

/// What people choose in these stories.
pub const PIN: &str = "702946";

/// A clerk with the passkey in their pocket.
pub struct Colleague {
    pub staff: Staff,
    device: Authenticator,
}

pub struct Window {
    pub program: RelyingParty,
    pub terminal: Uuid,
    pub key: ProofKey,
    pub reader: Reader,
    browser: Browser,
}

impl House {
    pub async fn clerk(&self) -> Colleague {
        self.colleague(&[Role::Clerk]).await
    }

    pub async fn colleague(&self, roles: &[Role]) -> Colleague {
        self.colleague_of(self.staff(roles).await).await
    }

    pub async fn colleague_of(&self, staff: Staff) -> Colleague {
        let device = self.passkey_of(&staff).await;
        Colleague { staff, device }
    }

    /// A passkey that the operator has added at the console.
    pub async fn passkey_of(&self, staff: &Staff) -> Authenticator {
        let mut browser = Browser::new(self);
        crate::operators::console::first_sign_in(self, &mut browser, staff).await;
        let mut device = Authenticator::new(staff.name.as_bytes());
        device.origin = self.base.clone();
        browser.open("/console/passkey").await;
        let started = browser.script("/console/passkey/add/start", json!({})).await;
        let credential: Value = serde_json::from_str(&device.create(&started)).expect("JSON");
        let body = json!({ "handle": started["handle"], "credential": credential });
        assert_eq!(browser.script("/console/passkey/add/finish", body).await["next"], "/console/passkey");
        device
    }

    pub async fn window(&self) -> Window {
        self.window_of(Kind::Counter).await
    }

    pub async fn window_of(&self, kind: Kind) -> Window {
        self.window_with(kind, json!({})).await
    }

    /// A window whose client has these metadata besides.
    pub async fn window_with(&self, kind: Kind, mut more: Value) -> Window {
        let mut over = json!({
            "grant_types": ["urn:yihao:params:oauth:grant-type:counter", super::counter::GRANT],
            "redirect_uris": ["https://desk.example/back"], "legal_basis": "statutory",
        });
        over.as_object_mut().expect("an object").append(more.as_object_mut().expect("an object"));
        let (program, terminal) = self.machine(kind, over).await;
        let Auth::Key(key) = &program.auth else { panic!("a window has a key") };
        let key = ProofKey::with(self, key.clone());
        let reader = self.reader.clone();
        Window { program, terminal, key, reader, browser: Browser::new(self) }
    }
}

impl Window {
    /// The clerk comes to the window and signs in; the shift, or what the script was told.
    pub async fn tries_shift(&mut self, clerk: &mut Colleague) -> Result<String, String> {
        let back = ("redirect_uri", "https://desk.example/back");
        let asked = self.program.post("/counter/shift", &[back, ("state", "s1")]).await.good();
        let page = self.browser.open(asked.text("sign_in_uri")).await;
        page.is_at("/console/shift").sees("天河区政务服务中心1号机");
        let done = self.passkey("/console/shift", clerk, asked.text("sign_in_uri")).await;
        let Some(next) = done["next"].as_str() else { return Err(done["error"].to_string()) };
        let url = url::Url::parse(next).expect("a URL");
        let query = |name: &str| {
            url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        assert_eq!(query("state").as_deref(), Some("s1"));
        let code = query("code").expect("a code");
        let begun = self.program.post("/counter/shift/begin", &[("code", &code)]).await.good();
        assert_eq!(begun["clerk"], json!(clerk.staff.id));
        let again = self.program.post("/counter/shift/begin", &[("code", &code)]).await;
        assert_eq!(again.refusal(), (400, "invalid_grant"), "once");
        Ok(begun.text("shift").to_owned())
    }

    /// Who has this certificate tries to begin a shift by it and a password; the page they come to.
    pub async fn tries_shift_by_certificate(&mut self, certificate: &str, password: &str) -> Page {
        let back = ("redirect_uri", "https://desk.example/back");
        let asked = self.program.post("/counter/shift", &[back, ("state", "s1")]).await.good();
        self.browser.header("client-cert", certificate);
        self.browser.open(asked.text("sign_in_uri")).await.is_at("/console/shift");
        self.browser.submit("#window-certificate", &[("password", password)]).await
    }

    /// The shift that began, by the address to which the browser was sent back.
    pub async fn takes_up(&self, page: &Page) -> String {
        let back = page.left_for();
        let code = back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        let begun = self.program.post("/counter/shift/begin", &[("code", &code)]).await.good();
        begun.text("shift").to_owned()
    }

    /// A second clerk looks, by certificate; the page they come to.
    pub async fn second_by_certificate(
        &mut self,
        shift: &str,
        deed: &str,
        certificate: &str,
        password: &str,
    ) -> Page {
        let back = ("redirect_uri", "https://desk.example/back");
        let params = [("shift", shift), ("deed", deed), back];
        let asked = self.program.post("/counter/deed/second", &params).await.good();
        self.browser.header("client-cert", certificate);
        self.browser.open(asked.text("confirm_uri")).await.is_at("/console/confirm");
        self.browser.submit("#window-certificate", &[("password", password)]).await
    }

    pub async fn shift(&mut self, clerk: &mut Colleague) -> String {
        self.tries_shift(clerk).await.expect("a shift")
    }

    async fn passkey(&mut self, at: &str, clerk: &mut Colleague, address: &str) -> Value {
        let ask = address.split("ask=").nth(1).expect("a handle");
        let started =
            self.browser.script(&format!("{at}/passkey/sign-in/start"), json!({ "ask": ask })).await;
        let credential: Value = serde_json::from_str(&clerk.device.get(&started)).expect("JSON");
        let body = json!({ "handle": started["handle"], "credential": credential, "ask": ask });
        self.browser.script(&format!("{at}/passkey/sign-in/finish"), body).await
    }

    pub async fn matter(&self, shift: &str) -> String {
        let params = [("shift", shift), ("code", "licence.copy"), ("label", "证照复印")];
        self.program.post("/counter/matter", &params).await.good().text("matter").to_owned()
    }

    pub async fn identify(&self, shift: &str, matter: &str, person: &Person) -> Answer {
        let chip = self.reader.reads(self.terminal, person);
        self.identify_by(shift, matter, &chip, "yes").await
    }

    pub async fn identify_by(&self, shift: &str, matter: &str, chip: &str, looked: &str) -> Answer {
        let params = [("shift", shift), ("matter", matter), ("chip", chip), ("looked", looked)];
        self.program.post("/counter/matter/identify", &params).await
    }

    pub async fn token(&self, shift: &str, matter: &str) -> Answer {
        self.token_by(shift, matter, &self.key).await
    }

    pub async fn token_by(&self, shift: &str, matter: &str, key: &ProofKey) -> Answer {
        let params = [
            ("grant_type", "urn:yihao:params:oauth:grant-type:counter"),
            ("shift", shift),
            ("matter", matter),
            ("scope", "openid profile offline_access"),
        ];
        self.program.post_proven("/token", &params, &[key.proof("POST", "/token", None)]).await
    }

    /// Asks the person on their phone, whom the clerk names so.
    pub async fn asks_phone(&self, shift: &str, matter: &str, hint: &str) -> Answer {
        self.asks_phone_with(shift, matter, hint, &[]).await
    }

    pub async fn asks_phone_with(
        &self,
        shift: &str,
        matter: &str,
        hint: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let scope = ("scope", "openid profile offline_access");
        let params = [&[("shift", shift), ("matter", matter), scope, ("login_hint", hint)], more].concat();
        self.program.post("/counter/matter/phone", &params).await
    }

    /// Fetches what the person has approved, with a proof of this key.
    pub async fn polls_by(&self, asked: &Answer, key: &ProofKey) -> Answer {
        let params = [("grant_type", super::counter::GRANT), ("auth_req_id", asked.text("auth_req_id"))];
        self.program.post_proven("/token", &params, &[key.proof("POST", "/token", None)]).await
    }

    pub async fn polls(&self, house: &House, asked: &Answer) -> Answer {
        house.pass(std::time::Duration::from_secs(asked["interval"].as_u64().expect("an interval")));
        self.polls_by(asked, &self.key).await
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        let proof = self.key.proof("GET", "/userinfo", Some(token));
        self.program.userinfo_by("DPoP", token, &[proof]).await
    }

    pub async fn deed(&self, shift: &str, matter: &str, kind: &str, phone: Option<&str>) -> Answer {
        let mut params = vec![("shift", shift), ("matter", matter), ("kind", kind)];
        params.extend(phone.map(|phone| ("phone", phone)));
        self.program.post("/counter/deed", &params).await
    }

    /// A second clerk comes over and looks; what the script was told.
    pub async fn second(&mut self, shift: &str, deed: &str, clerk: &mut Colleague) -> Value {
        let back = ("redirect_uri", "https://desk.example/back");
        let params = [("shift", shift), ("deed", deed), back];
        let asked = self.program.post("/counter/deed/second", &params).await.good();
        let page = self.browser.open(asked.text("confirm_uri")).await;
        page.is_at("/console/confirm").sees_not("欧阳靖宇");
        self.passkey("/console/confirm", clerk, asked.text("confirm_uri")).await
    }

    /// The window's browser is turned to the person, who chooses; the page they come to then, or are shown again.
    pub async fn chooses_pin(&mut self, shift: &str, deed: &str, pin: &str, again: &str) -> Page {
        let back = ("redirect_uri", "https://desk.example/back");
        let params = [("shift", shift), ("deed", deed), back, ("state", "s2")];
        let asked = self.program.post("/counter/deed/pin", &params).await.good();
        self.browser.open(asked.text("pin_uri")).await.is_at(urls::PIN).sees("天河区政务服务中心1号机");
        self.browser.submit("#choose-pin", &[("pin", pin), ("again", again)]).await
    }

    /// A deed for which a PIN is chosen, a good one.
    pub async fn has_pin(&mut self, shift: &str, deed: &str) {
        let page = self.chooses_pin(shift, deed, PIN, PIN).await;
        assert_eq!(page.left_for().as_str(), "https://desk.example/back?state=s2");
    }

    pub async fn finish(&self, shift: &str, deed: &str) -> Answer {
        self.program.post("/counter/deed/finish", &[("shift", shift), ("deed", deed)]).await
    }
}
