//! SCIM 2.0: a system that still opens accounts opens them here.

use serde_json::{Value, json};
use yihao::db::{Read, values};

use crate::legacy_merge::{Old, house, population};
use crate::legacy_sign_in::types;
use crate::support::operator::citizen_id;
use crate::support::{Answer, Browser, House, RelyingParty, http};

const OURS: &str = "urn:yihao:params:scim:schemas:extension:2.0:Account";

/// A relying system with a source of its own, and its token.
struct Bureau<'a> {
    house: &'a House,
    token: String,
}

impl<'a> Bureau<'a> {
    async fn new(house: &'a House, name: &str) -> Self {
        let party = party(house).await;
        Old::system(house, name, Some(&party.id)).await;
        let answer =
            party.post("/token", &[("grant_type", "client_credentials"), ("scope", "scim")]).await.good();
        assert_eq!(answer["scope"], "scim");
        Self { house, token: answer.text("access_token").to_owned() }
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = http().request(method, self.house.at(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.header("content-type", "application/scim+json").body(body.to_string());
        }
        Answer::of(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(reqwest::Method::GET, path, None).await
    }

    async fn post(&self, body: &Value) -> Answer {
        self.send(reqwest::Method::POST, "/scim/v2/Users", Some(body)).await
    }
}

async fn party(house: &House) -> RelyingParty {
    house.relying_party(json!({ "grant_types": ["client_credentials"], "scope": "scim profile" })).await
}

fn user(id: &str, number: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", OURS],
        "externalId": id,
        "userName": format!("{id}@work"),
        "name": { "familyName": "欧阳", "givenName": "靖宇" },
        "phoneNumbers": [{ "value": "13812345678", "type": "mobile" }],
        "password": "the old way in 1",
        OURS: { "number": number },
    })
}

fn query(filter: &str) -> String {
    let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!("/scim/v2/Users?filter={filter}")
}

#[tokio::test]
async fn an_account_is_opened_found_changed_and_closed() {
    let house = house().await;
    let number = citizen_id();
    population(&house, &[(number.as_str(), "欧阳靖宇", "", "0")]).await;
    let bureau = Bureau::new(&house, "gjj").await;
    let made = bureau.post(&user("7", number.as_str())).await;
    assert_eq!((made.status, made.header("content-type")), (201, "application/scim+json"), "{}", made.json);
    let id = made.text("id").to_owned();
    assert_eq!(
        made.header("location"),
        format!("{}/scim/v2/Users/{id}", house.app.config.issuer().trim_end_matches('/'))
    );
    assert_eq!(
        (&made["userName"], &made["externalId"], &made["active"]),
        (&json!("7@work"), &json!("7"), &json!(true))
    );
    assert_eq!(
        (&made["name"]["formatted"], &made[OURS]["numberVerdict"]),
        (&json!("欧阳靖宇"), &json!("OK"))
    );
    let text = made.json.to_string();
    assert!(!text.contains(number.as_str()) && !text.contains("the old way"), "{text}");

    // The register knows whose it is; the next run of merging links it.
    let state = "select state, class from legacy_account where id = $1";
    let uuid: uuid::Uuid = id.parse().unwrap();
    let mut read = &house.app.db;
    let found = read.optional(state, values![uuid], |row| Ok((row.get(0)?, row.get(1)?))).await.unwrap();
    assert_eq!(found, Some(("matched".to_owned(), Some("AUTO".to_owned()))));

    for filter in ["userName eq \"7@WORK\"", "externalId eq \"7\""] {
        let list = bureau.get(&query(filter)).await.good();
        assert_eq!((&list["totalResults"], &list["Resources"][0]["id"]), (&json!(1), &json!(id)), "{filter}");
    }
    let nobody = bureau.get(&query("userName eq \"8@work\"")).await.good();
    assert_eq!(nobody["totalResults"], 0);
    assert_eq!(bureau.post(&user("7", number.as_str())).await.status, 409);

    let path = format!("/scim/v2/Users/{id}");
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            { "op": "replace", "path": "active", "value": false },
            { "op": "replace", "path": "userName", "value": "ouyang" },
        ],
    });
    let changed = bureau.send(reqwest::Method::PATCH, &path, Some(&patch)).await.good();
    assert_eq!(
        (&changed["active"], &changed["userName"], &changed["id"]),
        (&json!(false), &json!("ouyang"), &json!(id))
    );
    let mut whole = user("7", number.as_str());
    whole["userName"] = json!("jingyu");
    whole.as_object_mut().unwrap().remove("password");
    let replaced = bureau.send(reqwest::Method::PUT, &path, Some(&whole)).await.good();
    assert_eq!((&replaced["active"], &replaced["userName"]), (&json!(true), &json!("jingyu")));
    let mut other_id = whole.clone();
    other_id["externalId"] = json!("8");
    let refused = bureau.send(reqwest::Method::PUT, &path, Some(&other_id)).await;
    assert_eq!((refused.status, &refused["scimType"]), (400, &json!("mutability")));

    // The password that was told is the old one: it opens as little as any.
    let gjj = Old {
        house: &house,
        source: yihao::legacy::Source::by_name(&mut read, "gjj").await.unwrap().unwrap(),
    };
    gjj.merges().await.expect("it is linked");
    types(&mut Browser::new(&house), "jingyu@gjj", "the old way in 1").await.is_at("/sign-in/new-password");

    assert_eq!(bureau.send(reqwest::Method::DELETE, &path, None).await.status, 204);
    assert_eq!(bureau.get(&path).await.status, 404);
    assert_eq!(bureau.send(reqwest::Method::DELETE, &path, None).await.status, 404);
    let gone = types(&mut Browser::new(&house), "jingyu@gjj", "the old way in 1").await;
    assert_eq!(gone.code().as_deref(), Some("sign-in-refused"));
    assert!(gjj.state(uuid).await.2.is_some(), "what is linked stays linked");
}

#[tokio::test]
async fn nobody_sees_anothers_accounts_and_nobody_a_list() {
    let house = house().await;
    let (gjj, tax) = (Bureau::new(&house, "gjj").await, Bureau::new(&house, "tax").await);
    let made = gjj.post(&user("7", citizen_id().as_str())).await;
    let path = format!("/scim/v2/Users/{}", made.text("id"));
    assert_eq!(tax.get(&path).await.status, 404);
    assert_eq!(tax.send(reqwest::Method::DELETE, &path, None).await.status, 404);
    assert_eq!(tax.get(&query("userName eq \"7@work\"")).await.good()["totalResults"], 0);
    let list = gjj.get("/scim/v2/Users").await;
    assert_eq!((list.status, &list["scimType"]), (400, &json!("tooMany")));
    let filter = gjj.get(&query("userName sw \"7\"")).await;
    assert_eq!((filter.status, &filter["scimType"]), (400, &json!("invalidFilter")));

    for (body, kind) in [
        (json!([]), "invalidSyntax"),
        (json!({}), "invalidValue"),
        (json!({ "userName": 7 }), "invalidValue"),
        (json!({ "userName": "x".repeat(201) }), "invalidValue"),
        (json!({ "userName": "a", OURS: { "kind": "robot" } }), "invalidValue"),
    ] {
        let refused = gjj.post(&body).await;
        assert_eq!((refused.status, refused["scimType"].as_str()), (400, Some(kind)), "{body}");
    }
    // A number that is none is kept as it is, for somebody to decide.
    let kept = gjj.post(&json!({ "userName": "b", OURS: { "number": "4401**********1234" } })).await;
    assert_eq!((kept.status, &kept[OURS]["numberVerdict"]), (201, &json!("MASKED")));

    // Tokens that open nothing here.
    let stranger = party(&house).await;
    let without_source =
        stranger.post("/token", &[("grant_type", "client_credentials"), ("scope", "scim")]).await.good();
    let person = house.person().await;
    let hall = house.relying_party(json!({ "scope": "openid scim profile" })).await;
    let persons = hall.tokens(&mut Browser::signed_in(&house, &person).await, "openid scim").await;
    assert_eq!(persons["scope"], "openid");
    let unscoped = stranger.client_credentials().await.good();
    for (token, status) in [
        ("", 401),
        ("made up", 401),
        (persons.text("access_token"), 401),
        (unscoped.text("access_token"), 403),
        (without_source.text("access_token"), 403),
    ] {
        let bureau = Bureau { house: &house, token: token.to_owned() };
        assert_eq!(bureau.get(&path).await.status, status, "{token}");
    }
    for open in [
        "ServiceProviderConfig",
        "Schemas",
        "ResourceTypes",
        "ResourceTypes/User",
        &format!("Schemas/{OURS}"),
    ] {
        let answer = Answer::of(http().get(house.at(&format!("/scim/v2/{open}")))).await.good();
        assert!(answer["schemas"].is_array(), "{open}");
    }
}
