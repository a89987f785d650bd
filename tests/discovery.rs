//! What discovery says is served, and what is served it says.

use serde_json::{Value, json};

use crate::support::{Answer, House, http};

#[tokio::test]
async fn every_endpoint_that_is_told_of_answers() {
    let house = House::open().await;
    let told = Answer::of(http().get(house.at("/.well-known/openid-configuration"))).await.good();
    assert_eq!(told["issuer"], house.app.config.issuer());
    let endpoints: Vec<(&String, &str)> = told
        .json
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri")
        .map(|(name, value)| (name, value.as_str().unwrap()))
        .collect();
    let names: Vec<&str> = endpoints.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "introspection_endpoint",
        "device_authorization_endpoint",
        "backchannel_authentication_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "registration_endpoint",
        "jwks_uri",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    for (name, url) in endpoints {
        assert!(url.starts_with(house.app.config.issuer()), "{name}");
        let (get, post) = (http().get(url), http().post(url).form(&[("x", "y")]));
        let (get, post) = (Answer::of(get).await.status, Answer::of(post).await.status);
        assert!(get != 404 && post != 404 && (get != 405 || post != 405), "{name}: {get} {post}");
        assert!(get < 500 && post < 500, "{name}: {get} {post}");
    }
    let other = Answer::of(http().get(house.at("/.well-known/oauth-authorization-server"))).await.good();
    assert_eq!(other.json, told.json);
}

#[tokio::test]
async fn lists_name_what_is_supported_and_nothing_else() {
    let house = House::open().await;
    let told = Answer::of(http().get(house.at("/.well-known/openid-configuration"))).await.good();
    let list = |name: &str| -> Vec<String> {
        told[name]
            .as_array()
            .unwrap_or_else(|| panic!("{name}"))
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect()
    };
    for channel in ["backchannel", "frontchannel"] {
        assert_eq!(told[&format!("{channel}_logout_supported")], true);
        assert_eq!(told[&format!("{channel}_logout_session_supported")], true);
    }
    assert!(list("claims_supported").contains(&"sid".to_owned()));
    assert_eq!(list("response_types_supported"), ["code"]);
    assert_eq!(list("response_modes_supported"), ["query"]);
    assert_eq!(list("code_challenge_methods_supported"), ["S256"]);
    assert_eq!(list("id_token_signing_alg_values_supported"), ["ES256", "EdDSA", "RS256", "PS256"]);
    assert_eq!(
        list("grant_types_supported"),
        [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:yihao:params:oauth:grant-type:counter",
            "urn:yihao:params:oauth:grant-type:chip",
            crate::support::device::GRANT,
            crate::support::counter::GRANT,
        ]
    );
    assert_eq!(list("backchannel_token_delivery_modes_supported"), ["poll", "ping"]);
    assert_eq!(told["backchannel_user_code_parameter_supported"], false);
    assert_eq!(list("acr_values_supported"), ["urn:yihao:aal:1", "urn:yihao:aal:2", "urn:yihao:aal:3"]);
    assert_eq!(
        (&told["request_parameter_supported"], &told["request_uri_parameter_supported"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(told["authorization_response_iss_parameter_supported"], true);
    // RFC 8414 section 2: wherever assertions are taken, how they may be signed. Public clients may not introspect.
    for endpoint in ["token", "introspection", "revocation"] {
        let signed = list(&format!("{endpoint}_endpoint_auth_signing_alg_values_supported"));
        assert_eq!(signed, ["ES256", "EdDSA", "RS256", "PS256", "HS256"], "{endpoint}");
        let methods = list(&format!("{endpoint}_endpoint_auth_methods_supported"));
        assert_eq!(methods.contains(&"none".to_owned()), endpoint != "introspection", "{endpoint}");
    }
    // Each method is really taken: a client registers with it.
    for method in list("token_endpoint_auth_methods_supported") {
        let token = house.initial_access_token(1, crate::support::HOUR).await;
        let mut metadata = json!({
            "client_name": "厅", "redirect_uris": ["https://a.example/"], "token_endpoint_auth_method": method,
        });
        if method == "private_key_jwt" {
            metadata["jwks_uri"] = json!("https://a.example/jwks");
        }
        let made = Answer::of(http().post(house.at("/clients")).bearer_auth(token).json(&metadata)).await;
        assert_eq!(made.status, 201, "{method}: {}", made.json);
    }
}

#[tokio::test]
async fn the_key_set_holds_public_halves_only() {
    let house = House::open().await;
    let keys = Answer::of(http().get(house.at("/jwks"))).await.good();
    let keys = keys["keys"].as_array().unwrap();
    assert!(keys.len() >= 4);
    for key in keys {
        let secret = ["d", "p", "q", "dp", "dq", "qi", "k"]
            .iter()
            .find(|name| key.get(**name) != Some(&Value::Null) && key.get(**name).is_some());
        assert_eq!(secret, None, "{}", key["kid"]);
        assert_eq!(key["use"], "sig");
        assert!(key["kid"].is_string() && key["alg"].is_string());
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_callers_form() {
    let house = House::open().await;
    let program = Answer::of(http().get(house.at("/nothing-here"))).await;
    assert_eq!(program.refusal(), (404, "not_found"));
    let person = http().get(house.at("/nothing-here")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(person.status(), 404);
    assert!(person.headers().contains_key("x-request-id"));
    assert!(person.text().await.unwrap().contains("data-error=\"not_found\""));
    let large = http().post(house.at("/token")).body("x".repeat(65 * 1024));
    assert_eq!(Answer::of(large).await.status, 413);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(Answer::of(http().get(house.at(path))).await.status, 200, "{path}");
    }
    assert_eq!(Answer::of(http().get(house.at("/metrics"))).await.status, 404, "only on the internal port");
}
