//! The national platform, played by another Yihao: a way in, a proof, and all that must not pass for one.

use serde_json::json;
use tempfile::TempDir;
use yihao::base::number::CitizenId;
use yihao::base::{Secret, TrustLevel};
use yihao::client::{self, Client, ClientState};
use yihao::config::Config;
use yihao::identity::{self, Registered};

use crate::support::operator::new_person;
use crate::support::{Browser, HOUR, House, Page, Person, claims_of, client_metadata};

const START: &str = "/sign-in/national";
const ID: &str = "the-province";
const SECRET: &str = "a secret that two houses share, long enough for anybody";

/// A province and the platform above it.
struct Country {
    platform: House,
    province: House,
    _secrets: TempDir,
}

impl Country {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let platform = House::open().await;
        let secrets = TempDir::new().unwrap();
        let file = secrets.path().join("secret");
        std::fs::write(&file, SECRET).unwrap();
        let province = House::open_with(|config| {
            config.national.issuer = Some(platform.app.config.server.issuer.clone());
            config.national.client_id = ID.to_owned();
            config.national.secret_file = Some(file);
            config.national.name = "National Platform".to_owned();
            config.national.trust_claim = Some("trust_level".to_owned());
            config.national.two_factors_acr =
                vec!["urn:yihao:aal:2".to_owned(), "urn:yihao:aal:3".to_owned()];
            change(config);
        })
        .await;
        let metadata = client_metadata(json!({
            "redirect_uris": [province.at("/sign-in/national/return")],
            "token_endpoint_auth_method": "client_secret_basic",
        }));
        let secret = Some(Secret::new(SECRET));
        let client = Client { id: ID.to_owned(), state: ClientState::Active, metadata, secret };
        let mut tx = platform.app.db.begin().await.unwrap();
        let keys = platform.app.keys.data();
        assert!(client::insert(&mut tx, &keys, &platform.visit(), &client, "test").await.unwrap());
        tx.commit().await.unwrap();
        Self { platform, province, _secrets: secrets }
    }

    /// A citizen as the platform knows them.
    async fn citizen(&self) -> Person {
        self.platform.person_at(TrustLevel::Proven).await
    }

    /// The same citizen's account in the province.
    async fn account_of(&self, citizen: &Person, trust: TrustLevel) -> Person {
        let number = CitizenId::parse(&citizen.number, self.province.clock.now().day()).unwrap();
        let new = new_person(number, &citizen.name, "13912345678", trust);
        let mut tx = self.province.app.db.begin().await.unwrap();
        let visit = self.province.visit();
        let registered = identity::register(&mut tx, &self.province.app.keys, &visit, &new).await.unwrap();
        tx.commit().await.unwrap();
        let Registered::New(id) = registered else { panic!("taken") };
        Person { id, ..citizen.clone() }
    }

    /// Where the platform sends back somebody who goes there from this browser and is `citizen` there.
    async fn way_back(&self, browser: &mut Browser, citizen: &Person) -> String {
        let there = browser.open(START).await.left_for().to_string();
        self.agreed_there(&there, citizen).await
    }

    async fn agreed_there(&self, address: &str, citizen: &Person) -> String {
        let mut abroad = Browser::signed_in(&self.platform, citizen).await;
        abroad.open(address).await.left_for().to_string()
    }

    async fn visits(&self, browser: &mut Browser, citizen: &Person) -> Page {
        let back = self.way_back(browser, citizen).await;
        browser.open(&back).await
    }

    async fn level(&self, person: &Person) -> u8 {
        let keys = self.province.app.keys.data();
        let person = identity::load(&mut &self.province.app.db, &keys, person.id).await.unwrap().unwrap();
        person.binding.trust(self.province.clock.now(), &self.province.app.config.trust).into()
    }
}

#[tokio::test]
async fn who_has_no_account_yet_comes_in_at_level_four_and_chooses_a_way_in() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let hall = country.province.relying_party(json!({ "min_trust": 4 })).await;
    let mut browser = Browser::new(&country.province);
    let attempt = hall.attempt("openid");
    browser.open(&attempt.url()).await.is_at("/sign-in");
    let there = browser.open_link_to(START).await.left_for().to_string();
    assert!(!there.contains(&citizen.number));
    let back = country.agreed_there(&there, &citizen).await;
    browser.open(&back).await.is_at("/register/passkey");
    let page = browser.open(&attempt.url()).await;
    let tokens = hall.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    assert_eq!((&claims["trust_level"], &claims["acr"]), (&json!(4), &json!("urn:yihao:aal:1")));
    assert_eq!(claims["amr"], json!(["fed"]));
    // They have no password yet and may set one; then they come again, and are known.
    browser.open("/account/factors/password").await.is_at("/account/factors/password");
    let mut another = Browser::new(&country.province);
    country.visits(&mut another, &citizen).await.is_at("/account");
}

#[tokio::test]
async fn who_is_signed_in_proves_that_they_are_who_the_account_says() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let person = country.account_of(&citizen, TrustLevel::Matched).await;
    let demanding = country.province.relying_party(json!({ "min_trust": 4 })).await;
    let mut browser = Browser::signed_in(&country.province, &person).await;
    let attempt = demanding.attempt("openid");
    browser.open(&attempt.url()).await.is_at("/raise").sees("National Platform");
    let there = browser.open_link_to(START).await.left_for().to_string();
    let back = country.agreed_there(&there, &citizen).await;
    let page = browser.open(&back).await;
    let tokens = demanding.redeem(&page.authorization_code(), &attempt).await.good();
    let claims = claims_of(tokens.text("id_token"));
    // Surer who it is; not surer of the sign-in.
    assert_eq!((&claims["trust_level"], &claims["amr"]), (&json!(4), &json!(["pwd"])));
}

#[tokio::test]
async fn another_person_there_proves_nothing_here_and_is_not_named() {
    let country = Country::open().await;
    let (citizen, other) = (country.citizen().await, country.citizen().await);
    let person = country.account_of(&citizen, TrustLevel::Matched).await;
    let mut browser = Browser::signed_in(&country.province, &person).await;
    let page = country.visits(&mut browser, &other).await;
    assert_eq!(page.code().as_deref(), Some("other-person"));
    page.sees_not(&other.number);
    assert_eq!(country.level(&person).await, 3);
    assert!(identity::open_cases(&mut &country.province.app.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_account_on_weaker_proof_gives_way_only_when_its_number_s_owner_says_it_is_not_theirs() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let squatter = country.account_of(&citizen, TrustLevel::Matched).await;
    let mut browser = Browser::new(&country.province);
    let page = country.visits(&mut browser, &citizen).await;
    assert!(page.has("#anew") && !page.has("#sign-in"));
    assert_eq!(country.level(&squatter).await, 3);
    browser.open("/account").await.is_at("/sign-in");
    // Nobody else's browser can answer, and an answer counts once.
    let handle = page.attribute("#anew input[name=proof]", "value").unwrap();
    let mut thief = Browser::new(&country.province);
    let csrf = thief.open("/sign-in").await.attribute("input[name=csrf]", "value").unwrap();
    let fields = [("csrf".to_owned(), csrf), ("proof".to_owned(), handle)];
    assert_eq!(thief.post("/sign-in/anew", &fields).await.status, 410);
    let page = country.visits(&mut browser, &citizen).await;
    assert!(page.has("#anew"));
    browser.submit_again("#anew", &[]).await.is_at("/register/passkey");
    assert_eq!(identity::open_cases(&mut &country.province.app.db).await.unwrap().len(), 1);
    assert_eq!(browser.submit("#anew", &[]).await.status, 410);
}

#[tokio::test]
async fn an_answer_is_good_once_in_its_browser_and_in_time() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let expired = |page: &Page| assert_eq!(page.code().as_deref(), Some("ask_expired"), "{}", page.url);
    let mut browser = Browser::new(&country.province);
    browser.open("/sign-in").await;
    let back = country.way_back(&mut browser, &citizen).await;
    // Another browser; then it is over for the first one too.
    let mut thief = Browser::new(&country.province);
    thief.open("/sign-in").await;
    expired(&thief.open(&back).await);
    expired(&browser.open(&back).await);
    // A state that nobody made.
    expired(&browser.open("/sign-in/national/return?code=x&state=made-up").await);
    expired(&browser.open("/sign-in/national/return?code=x").await);
    // Twice.
    let back = country.way_back(&mut browser, &citizen).await;
    browser.open(&back).await.is_at("/register/passkey");
    expired(&browser.open(&back).await);
    // Signed in as somebody meanwhile.
    let mut other = Browser::new(&country.province);
    other.open("/sign-in").await;
    let back = country.way_back(&mut other, &citizen).await;
    other.change_to(&country.province, &country.province.person().await).await;
    expired(&other.open(&back).await);
    // Too late.
    let mut late = Browser::new(&country.province);
    late.open("/sign-in").await;
    let back = country.way_back(&mut late, &citizen).await;
    country.province.pass(HOUR);
    expired(&late.open(&back).await);
}

#[tokio::test]
async fn what_the_platform_does_not_say_is_not_assumed() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let mut browser = Browser::new(&country.province);
    browser.open("/sign-in").await;
    let refused = |page: &Page| assert_eq!(page.code().as_deref(), Some("national-refused"));
    // It is not sure enough itself.
    let unsure = country.platform.person_at(TrustLevel::Matched).await;
    refused(&country.visits(&mut browser, &unsure).await);
    // A code of another sign-in, which the verifier does not fit.
    let back = country.way_back(&mut browser, &citizen).await;
    let stolen = url::Url::parse(&back).unwrap();
    let code = stolen.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let there = browser.open(START).await.left_for().clone();
    let state = there.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let forged = format!("/sign-in/national/return?code={code}&state={state}");
    refused(&browser.open(&forged).await);
    // Another issuer's answer (RFC 9207), and a refusal.
    for answer in ["code=x&iss=https%3A%2F%2Felsewhere.example", "error=access_denied"] {
        let there = browser.open(START).await.left_for().clone();
        let state = there.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        refused(&browser.open(&format!("/sign-in/national/return?{answer}&state={state}")).await);
    }
}

#[tokio::test]
async fn an_id_token_is_judged_by_our_own_clock() {
    let country = Country::open().await;
    let citizen = country.citizen().await;
    let mut browser = Browser::new(&country.province);
    browser.open("/sign-in").await;
    // The province lives a day later than the platform: what comes has expired long ago.
    country.province.pass(24 * HOUR);
    let page = country.visits(&mut browser, &citizen).await;
    assert_eq!(page.code().as_deref(), Some("national-refused"));
}

#[tokio::test]
async fn without_a_platform_nobody_is_sent_anywhere() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    assert!(!browser.open("/sign-in").await.has("#national"));
    assert_eq!(browser.open(START).await.status, 404);
    // One that is not there is told of as such.
    let down = House::open_with(|config| {
        config.national.issuer = Some("http://127.0.0.1:9/".parse().unwrap());
    })
    .await;
    let mut browser = Browser::new(&down);
    assert_eq!(browser.open(START).await.code().as_deref(), Some("national-refused"));
}
