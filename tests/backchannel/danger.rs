//! Answers in a person's place: only where it is switched on, and `doctor` and `serve` see to that.

use yihao::config::Config;
use yihao::http::urls;

use crate::support::counter::{Asked, Counter};
use crate::support::operator::citizen_id;
use crate::support::{Answer, House, claims_of, http};

async fn decides(house: &House, asked: &Asked, decision: &str) -> Answer {
    let fields = [("auth_req_id", asked.auth_req_id.as_str()), ("decision", decision)];
    Answer::of(http().post(house.at(urls::DANGER_BACKCHANNEL)).form(&fields)).await
}

#[tokio::test]
async fn it_allows_and_denies() {
    let house = House::open_with(|config| config.danger.simulate_approvals = true).await;
    let person = house.person().await;
    let counter = Counter::open(&house).await;
    for decision in ["allow", "approve"] {
        let asked = counter.asks(&person.number).await;
        assert_eq!(decides(&house, &asked, decision).await.status, 204);
        let tokens = counter.polls(&asked).await.good();
        assert_eq!(claims_of(tokens.text("id_token"))["acr"], "urn:yihao:aal:3");
        assert_eq!(decides(&house, &asked, decision).await.refusal(), (400, "invalid_request"));
    }
    let asked = counter.asks(&person.number).await;
    assert_eq!(decides(&house, &asked, "maybe").await.refusal(), (400, "invalid_request"));
    assert_eq!(decides(&house, &asked, "deny").await.status, 204);
    assert_eq!(counter.polls(&asked).await.refusal(), (400, "access_denied"));
    let unknown = counter.asks(citizen_id().as_str()).await;
    assert_eq!(decides(&house, &unknown, "allow").await.refusal(), (400, "invalid_request"));
    assert_eq!(counter.polls(&unknown).await.refusal(), (400, "authorization_pending"));
    let made_up = Asked { auth_req_id: "x".to_owned(), ..unknown };
    assert_eq!(decides(&house, &made_up, "allow").await.refusal(), (400, "invalid_request"));
}

#[tokio::test]
async fn it_is_not_there_otherwise() {
    let house = House::open().await;
    let person = house.person().await;
    let asked = Counter::open(&house).await.asks(&person.number).await;
    assert_eq!(decides(&house, &asked, "allow").await.status, 404);
    let mut config = Config::default();
    config.danger.simulate_approvals = true;
    assert_eq!(config.danger.switched_on(), ["danger.simulate_approvals"]);
}
