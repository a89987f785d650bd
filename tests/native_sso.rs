//! Several apps of one vendor on one device (OpenID Connect Native SSO): the second is signed in by what the
//! first keeps for it, and by nothing else.

use serde_json::{Value, json};

use crate::support::{Answer, Auth, Browser, HOUR, House, MINUTE, ProofKey, RelyingParty, claims_of};

const REFUSED: (u16, &str) = (400, "invalid_grant");

/// An app of a vendor: public, with a redirect URI on a host of its own, so with subjects of its own.
async fn app(house: &House, vendor: Option<&str>, host: &str) -> RelyingParty {
    let metadata = json!({
        "channel": "mobile", "application_type": "native", "vendor": vendor,
        "redirect_uris": [format!("https://{host}.example/callback")],
        "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"],
        "scope": "openid profile phone offline_access device_sso",
    });
    house.relying_party_by(Auth::Nothing, metadata).await
}

struct Device {
    house: House,
    first: RelyingParty,
    second: RelyingParty,
    key: ProofKey,
    browser: Browser,
}

impl Device {
    async fn new() -> Self {
        let house = House::open().await;
        let first = app(&house, Some("粤易办"), "hall").await;
        let second = app(&house, Some("粤易办"), "certificates").await;
        let key = ProofKey::new(&house);
        let browser = Browser::signed_in(&house, &house.person().await).await;
        Self { house, first, second, key, browser }
    }

    /// The first app signs in, in the browser.
    async fn sign_in(&mut self, scope: &str) -> Answer {
        self.first.bound_tokens(&mut self.browser, scope, &self.key).await
    }

    async fn exchange(&self, tokens: &Answer, change: &[(&str, &str)]) -> Answer {
        let proof = self.key.proof("POST", "/token", None);
        exchange(&self.house, &self.second, tokens, change, &[proof]).await
    }
}

async fn exchange(
    house: &House,
    app: &RelyingParty,
    tokens: &Answer,
    change: &[(&str, &str)],
    proofs: &[String],
) -> Answer {
    let mut params = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("audience", house.app.config.issuer()),
        ("subject_token", tokens.text("id_token")),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("actor_token", tokens.text("device_secret")),
        ("actor_token_type", "urn:openid:params:token-type:device-secret"),
        ("scope", "openid profile"),
    ];
    for (name, value) in change {
        params.retain(|(known, _)| known != name);
        params.push((name, value));
    }
    app.post_proven("/token", &params, proofs).await
}

#[tokio::test]
async fn the_second_app_is_signed_in_without_a_browser() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid profile device_sso").await;
    let secret = tokens.text("device_secret");
    let (first, hash) =
        (claims_of(tokens.text("id_token")), claims_of(tokens.text("id_token"))["ds_hash"].clone());
    assert_eq!(hash, yihao::crypto::base64url(&yihao::crypto::sha256(secret.as_bytes())));
    // The ID token may have expired.
    device.house.pass(11 * MINUTE);
    let given = device.exchange(&tokens, &[]).await.good();
    assert_eq!(given["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!((&given["token_type"], &given["scope"]), (&json!("DPoP"), &json!("openid profile")));
    assert!(given["device_secret"].is_null());
    let second = claims_of(given.text("id_token"));
    assert_ne!(first["sub"], second["sub"], "each app knows the person by a name of its own");
    for same in ["acr", "amr", "auth_time", "trust_level", "channel"] {
        assert_eq!(first[same], second[same], "{same}");
    }
    assert_eq!(second["aud"], device.second.id.as_str());
    let access = given.text("access_token");
    let proof = device.key.proof("GET", "/userinfo", Some(access));
    assert!(device.second.userinfo_by("DPoP", access, &[proof]).await.good()["name"].is_string());
    let proof = device.key.proof("POST", "/token", None);
    device.second.refresh_proven(given.text("refresh_token"), &[proof]).await.good();
    // A refreshed ID token goes with the same secret.
    let proof = device.key.proof("POST", "/token", None);
    let refreshed = device.first.refresh_proven(tokens.text("refresh_token"), &[proof]).await.good();
    assert_eq!(claims_of(refreshed.text("id_token"))["ds_hash"], hash);
}

#[tokio::test]
async fn a_device_secret_is_given_only_to_an_app_of_a_vendor_that_asks() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid profile").await;
    assert!(tokens["device_secret"].is_null());
    assert!(claims_of(tokens.text("id_token"))["ds_hash"].is_null());
    let alone = app(&device.house, None, "alone").await;
    let tokens = alone.bound_tokens(&mut device.browser, "openid device_sso", &device.key).await;
    assert_eq!((&tokens["scope"], &tokens["device_secret"]), (&json!("openid"), &Value::Null));
    let told =
        Answer::of(crate::support::http().get(device.house.at("/.well-known/openid-configuration"))).await;
    assert_eq!(told["native_sso_supported"], true);
}

#[tokio::test]
async fn neither_half_is_good_without_the_other() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid device_sso").await;
    // The same person, the same app, on another device.
    let mut elsewhere = Browser::signed_in(&device.house, &device.house.person().await).await;
    let key = ProofKey::new(&device.house);
    let others = device.first.bound_tokens(&mut elsewhere, "openid device_sso", &key).await;
    for (what, change) in [
        ("another device's secret", [("actor_token", others.text("device_secret"))]),
        ("another device's ID token", [("subject_token", others.text("id_token"))]),
        ("an access token", [("subject_token", tokens.text("access_token"))]),
        ("a refresh token", [("actor_token", tokens.text("refresh_token"))]),
        ("made up", [("actor_token", "AAAA")]),
    ] {
        assert_eq!(device.exchange(&tokens, &change).await.refusal(), REFUSED, "{what}");
    }
    // Both halves, stolen, without the key.
    let thief = ProofKey::new(&device.house);
    for proofs in [vec![thief.proof("POST", "/token", None)], vec![]] {
        let given = exchange(&device.house, &device.second, &tokens, &[], &proofs).await;
        assert_eq!(given.refusal(), REFUSED);
    }
    device.exchange(&tokens, &[]).await.good();
}

#[tokio::test]
async fn another_vendors_app_gets_nothing() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid device_sso").await;
    for (vendor, host) in [(Some("别家"), "other"), (None, "nobody")] {
        let other = app(&device.house, vendor, host).await;
        let proof = device.key.proof("POST", "/token", None);
        let given = exchange(&device.house, &other, &tokens, &[], &[proof]).await;
        assert_eq!(given.refusal(), REFUSED, "{vendor:?}");
    }
    let without = json!({ "vendor": "粤易办", "channel": "mobile" });
    let without = device.house.relying_party_by(Auth::Nothing, without).await;
    let proof = device.key.proof("POST", "/token", None);
    let given = exchange(&device.house, &without, &tokens, &[], &[proof]).await;
    assert_eq!(given.refusal(), (400, "unauthorized_client"));
}

#[tokio::test]
async fn the_sign_out_of_the_device_ends_it_also_offline() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid offline_access device_sso").await;
    // Long after the browser's session is over by itself the apps go on.
    device.house.pass(48 * HOUR);
    let given = device.exchange(&tokens, &[("scope", "openid offline_access")]).await.good();
    assert_eq!(given["scope"], "openid offline_access");
    // An end by somebody is another thing.
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid offline_access device_sso").await;
    device.browser.open("/sign-out").await;
    device.browser.submit("#sign-out", &[]).await;
    assert_eq!(device.exchange(&tokens, &[]).await.refusal(), REFUSED);
    // So does the first app's own sign-out, which revokes its tokens.
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid device_sso").await;
    device.first.revoke(tokens.text("refresh_token")).await;
    assert_eq!(device.exchange(&tokens, &[]).await.refusal(), REFUSED);
}

#[tokio::test]
async fn what_the_person_must_see_first_is_left_to_the_browser() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid device_sso").await;
    let asks = async |more: Value| {
        let mut metadata = json!({
            "channel": "mobile", "vendor": "粤易办", "scope": "openid profile",
            "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"],
        });
        for (name, value) in more.as_object().expect("an object") {
            metadata[name] = value.clone();
        }
        let app = device.house.relying_party_by(Auth::Nothing, metadata).await;
        let proof = device.key.proof("POST", "/token", None);
        exchange(&device.house, &app, &tokens, &[], &[proof]).await
    };
    for more in [json!({ "first_party": false }), json!({ "min_aal": 2 }), json!({ "min_trust": 5 })] {
        assert_eq!(asks(more.clone()).await.refusal(), (400, "interaction_required"), "{more}");
    }
    asks(json!({})).await.good();
}

#[tokio::test]
async fn the_request_says_what_it_means() {
    let mut device = Device::new().await;
    let tokens = device.sign_in("openid device_sso").await;
    for (name, value) in [
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("actor_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ("audience", "https://elsewhere.example"),
        ("audience", ""),
        ("subject_token", ""),
        ("actor_token", ""),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
    ] {
        let given = device.exchange(&tokens, &[(name, value)]).await;
        assert_eq!(given.refusal(), (400, "invalid_request"), "{name} {value}");
    }
    let given = device.exchange(&tokens, &[("scope", "official_number")]).await;
    assert_eq!(given.refusal(), (400, "invalid_scope"));
}
