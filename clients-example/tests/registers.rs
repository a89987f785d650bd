//! The registers' simulator: signatures, results, messages, and every fault.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::program::Program;

const ZHI: (&str, &str, &str) = ("441284200212318545", "薛志", "13077888593");

async fn registers() -> Program {
    let registers = Program::start(env!("CARGO_BIN_EXE_registers"), &["--listen", "127.0.0.1:0"]);
    let dead = json!({"citizen_id": "440103192601234650", "name": "顾英润", "phone": "", "standing": "9"});
    let zhi = json!({"citizen_id": ZHI.0, "name": ZHI.1, "phone": ZHI.2});
    let answer = put(&registers, "people", format!("{dead}\n{zhi}\n")).await;
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"added": 2}));
    registers
}

async fn put(registers: &Program, path: &str, body: String) -> Response {
    let request = Client::new().put(format!("{}/{path}", registers.url)).body(body);
    request.header("content-type", "application/json").send().await.unwrap()
}

async fn fault(registers: &Program, fault: Value) {
    let answer = put(registers, "faults", fault.to_string()).await;
    assert_eq!(answer.status(), 200);
}

fn sign(parts: &[&str]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"demo-register-key");
    hmac::sign(&key, parts.join("|").as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn question(number: &str, name: &str) -> Value {
    json!({
        "app_id": "yihao", "timestamp": 1795000000, "nonce": "n-1", "request_id": "r-1", "purpose": "registration",
        "matter": "M001", "number": number, "name": name,
        "sign": sign(&["yihao", "1795000000", "n-1", "r-1", number, name]),
    })
}

fn question_with_phone((number, name, phone): (&str, &str, &str)) -> Value {
    let mut question = question(number, name);
    question["phone"] = phone.into();
    question["sign"] = sign(&["yihao", "1795000000", "n-1", "r-1", number, name, phone]).into();
    question
}

async fn post(registers: &Program, path: &str, body: &Value) -> Response {
    let request = Client::new().post(format!("{}/{path}", registers.url)).timeout(Duration::from_secs(1));
    let answer = request.json(body).send().await.unwrap();
    assert_eq!(answer.headers()["x-simulator"], "yes");
    answer
}

async fn population(registers: &Program, number: &str, name: &str) -> Value {
    post(registers, "population/match", &question(number, name)).await.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_population_register_answers_signed_questions_only() {
    let registers = registers().await;
    let matched = json!({"request_id": "r-1", "result": "MATCH", "as_of": "2026-11-15"});
    assert_eq!(population(&registers, ZHI.0, ZHI.1).await, matched);
    assert_eq!(population(&registers, ZHI.0, "薛智").await["result"], "MISMATCH");
    assert_eq!(population(&registers, "510104199212093432", "尹洋").await["result"], "NO_RECORD");
    assert_eq!(population(&registers, "440103192601234650", "顾英润").await["result"], "DECEASED");
    let mut changed = question(ZHI.0, ZHI.1);
    changed["name"] = "薛智".into();
    assert_eq!(post(&registers, "population/match", &changed).await.status(), 401);
    changed["purpose"].take();
    assert_eq!(post(&registers, "population/match", &changed).await.status(), 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_sign_the_phone_too() {
    let registers = registers().await;
    let good = question_with_phone(ZHI);
    let answer: Value = post(&registers, "operators/match", &good).await.json().await.unwrap();
    assert_eq!(answer, json!({"request_id": "r-1", "code": "1", "as_of": "2026-11-15"}));
    let answer =
        post(&registers, "operators/match", &question_with_phone((ZHI.0, ZHI.1, "13900000000"))).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "10001");
    let mut unsigned_phone = question(ZHI.0, ZHI.1);
    unsigned_phone["phone"] = ZHI.2.into();
    assert_eq!(post(&registers, "operators/match", &unsigned_phone).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organizations_are_found_in_the_register_of_their_department() {
    const VILLAGE: &str = "N2440106MA00000000";
    let registers = registers().await;
    let ask = async |department: &str| -> Value {
        let mut question = question("", "");
        question["credit_code"] = VILLAGE.into();
        question["sign"] = sign(&["yihao", "1795000000", "n-1", "r-1", VILLAGE]).into();
        let path = format!("legal-persons/{department}/query");
        post(&registers, &path, &question).await.json().await.unwrap()
    };
    let new = json!({"credit_code": VILLAGE, "name": "石牌村经济联合社", "representative_name": "董村",
                     "representative_id": ZHI.0});
    assert_eq!(put(&registers, "organizations", new.to_string()).await.status(), 200);
    let found = json!({
        "request_id": "r-1", "result": "FOUND", "credit_code": VILLAGE, "name": "石牌村经济联合社",
        "status": "存续", "representative_name": "董村", "representative_number": ZHI.0, "successor": "",
        "as_of": "2026-11-15",
    });
    assert_eq!(ask("agriculture").await, found);
    assert_eq!(ask("commerce").await, json!({"request_id": "r-1", "result": "NO_RECORD"}));
    let change = json!({"credit_code": VILLAGE, "standing": "注销", "successor": "9144030071526726XG"});
    assert_eq!(put(&registers, "organizations", change.to_string()).await.status(), 200);
    let changed = ask("agriculture").await;
    assert_eq!((&changed["status"], &changed["successor"]), (&"注销".into(), &change["successor"]));
    assert_eq!(put(&registers, "organizations", "{}".to_owned()).await.status(), 400);
    fault(&registers, json!({"legal_persons": {"mode": "stale", "times": 1}})).await;
    assert_eq!(ask("agriculture").await["result"], "NO_RECORD", "added after the start");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_can_be_switched_on_and_ends_when_it_was_told_to() {
    let registers = registers().await;
    let ask = || post(&registers, "population/match", &QUESTION);
    static QUESTION: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| question(ZHI.0, ZHI.1));

    fault(&registers, json!({"population": {"mode": "429", "times": 1}})).await;
    let answer = ask().await;
    assert!(answer.status() == 429 && answer.headers().contains_key("retry-after"));
    assert_eq!(ask().await.status(), 200, "only once");

    fault(&registers, json!({"population": {"mode": "500"}})).await;
    assert!(ask().await.status() == 500 && ask().await.status() == 500);

    fault(&registers, json!({"population": {"mode": "late", "ms": 300}})).await;
    let asked = Instant::now();
    assert_eq!(ask().await.json::<Value>().await.unwrap()["result"], "MATCH");
    assert!(asked.elapsed() >= Duration::from_millis(300));

    fault(&registers, json!({"population": {"mode": "wrong_request_id"}})).await;
    assert_ne!(ask().await.json::<Value>().await.unwrap()["request_id"], "r-1");

    fault(&registers, json!({"population": {"mode": "error_in_200"}})).await;
    let answer: Value = ask().await.json().await.unwrap();
    assert!(answer["error"] == "50010" && answer.get("result").is_none());

    fault(&registers, json!({"population": {"mode": "stale"}})).await;
    assert_eq!(ask().await.json::<Value>().await.unwrap()["result"], "NO_RECORD", "added after the start");

    fault(&registers, json!({"population": {"mode": "gbk"}})).await;
    let bytes = ask().await.bytes().await.unwrap();
    assert!(std::str::from_utf8(&bytes).is_err() && encoding_rs::GBK.decode(&bytes).0.contains("查询成功"));

    fault(&registers, json!({"population": {"mode": "hang"}, "operators": {"mode": "10009"}})).await;
    let request = Client::new().post(format!("{}/population/match", registers.url)).json(&*QUESTION);
    assert!(request.timeout(Duration::from_millis(300)).send().await.is_err_and(|error| error.is_timeout()));

    let answer = post(&registers, "operators/match", &question_with_phone(ZHI)).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "10009");
    fault(&registers, json!({"operators": {"mode": "10013"}})).await;
    let answer = post(&registers, "operators/match", &question_with_phone(ZHI)).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "10013");

    let answer = Client::new().get(format!("{}/faults", registers.url)).send().await.unwrap();
    let faults: Value = answer.json().await.unwrap();
    assert!(faults["population"]["mode"] == "hang" && faults["sms"]["mode"] == "none");
    assert_eq!(
        put(&registers, "faults", json!({"population": {"mode": "slow"}}).to_string()).await.status(),
        422
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_taken_with_the_key_and_read_back() {
    let registers = registers().await;
    let sms = format!("{}/sms", registers.url);
    let send = |key: &'static str, id: &'static str, text: &'static str| {
        let order = json!({"request_id": id, "phone": "+8613077888593", "text": text});
        Client::new().post(&sms).bearer_auth(key).json(&order).send()
    };
    assert_eq!(send("wrong", "1", "一").await.unwrap().status(), 401);
    for (id, text) in [("1", "验证码 123456"), ("2", "<b>验证码</b> 654321"), ("1", "验证码 123456")]
    {
        assert_eq!(send("demo-register-key", id, text).await.unwrap().status(), 200);
    }
    let read: Value = reqwest::get(format!("{sms}?phone=13077888593")).await.unwrap().json().await.unwrap();
    let texts: Vec<&str> = read.as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["<b>验证码</b> 654321", "验证码 123456"]);
    let page = reqwest::get(&sms).await.unwrap().text().await.unwrap();
    assert!(page.contains("验证码 123456") && page.contains("id=\"again\"") && !page.contains("<b>验证码"));
    fault(&registers, json!({"sms": {"mode": "500", "times": 1}})).await;
    assert_eq!(send("demo-register-key", "3", "三").await.unwrap().status(), 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_line_adds_nobody() {
    let registers = registers().await;
    let good = json!({"citizen_id": "510104199212093432", "name": "尹洋", "phone": "13400000031"});
    let answer = put(&registers, "people", format!("{good}\nnot json\n")).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("line 2"));
    assert_eq!(population(&registers, "510104199212093432", "尹洋").await["result"], "NO_RECORD");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_face_check_ends_as_its_page_is_told() {
    let registers = registers().await;
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let order = json!({
        "request_id": "r-9", "number_kind": "citizen-id", "number": ZHI.0, "name": ZHI.1,
        "return_to": "http://localhost:1/back?check=1",
    });
    let begun: Value = post(&registers, "face/checks", &order).await.json().await.unwrap();
    let (reference, address) = (begun["reference"].as_str().unwrap(), begun["address"].as_str().unwrap());
    assert!(begun["request_id"] == "r-9" && address.starts_with(&registers.url));
    let page = http.get(address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("id=\"passed\"") && !page.contains(ZHI.0));
    for (word, result) in [("pending", "PENDING"), ("failed", "FAILED"), ("passed", "PASSED")] {
        let back = http.get(format!("{address}/{word}")).send().await.unwrap();
        assert_eq!(back.headers()["location"], "http://localhost:1/back?check=1");
        let asked = http.get(format!("{}/face/checks/{reference}", registers.url)).send().await.unwrap();
        assert_eq!(asked.headers()["x-simulator"], "yes");
        let told: Value = asked.json().await.unwrap();
        assert_eq!((&told["result"], &told["request_id"]), (&json!(result), &json!("r-9")));
    }
    fault(&registers, json!({"face": {"mode": "500", "times": 1}})).await;
    assert_eq!(post(&registers, "face/checks", &order).await.status(), 500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn network_identity_tells_a_number_of_its_own_and_the_plain_one_to_who_agrees() {
    let registers = registers().await;
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let order = |want: &str| {
        json!({
            "request_id": format!("r-{want}"), "want": want, "number_kind": "citizen-id", "number": ZHI.0,
            "name": ZHI.1, "return_to": "http://localhost:1/back?check=1",
        })
    };
    let mut numbers = Vec::new();
    for (want, said, matches, plain) in [
        ("result", "", false, false),
        ("match", "", true, false),
        ("plaintext", "", false, false),
        ("plaintext", "&tell=on", false, true),
    ] {
        let begun: Value =
            post(&registers, "network-identity/checks", &order(want)).await.json().await.unwrap();
        let (reference, address) = (begun["reference"].as_str().unwrap(), begun["address"].as_str().unwrap());
        let page = http.get(address).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("id=\"confirm\"") && !page.contains(ZHI.0));
        assert_eq!(page.contains("name=\"tell\""), want == "plaintext");
        let ended = format!("{address}/passed?number={}&name={}{said}", ZHI.0, "%E8%96%9B%E5%BF%97");
        let back = http.get(ended).send().await.unwrap();
        assert_eq!(back.headers()["location"], "http://localhost:1/back?check=1");
        let asked = format!("{}/network-identity/checks/{reference}", registers.url);
        let told: Value = http.get(asked).send().await.unwrap().json().await.unwrap();
        assert_eq!((&told["result"], &told["matches"]), (&json!("PASSED"), &json!(matches)), "{want}");
        assert_eq!(told.get("plaintext").is_some(), plain, "{want} {said}");
        numbers.push(told["network_number"].as_str().unwrap().to_owned());
    }
    assert!(numbers.iter().all(|number| *number == numbers[0] && !number.contains(ZHI.0)));
    fault(&registers, json!({"network_identity": {"mode": "429", "times": 1}})).await;
    assert_eq!(post(&registers, "network-identity/checks", &order("result")).await.status(), 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_national_platform_says_who_agreed_once_and_to_who_asked() {
    let registers = registers().await;
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let at = |path: &str| format!("{}/national/{path}", registers.url);
    let told: Value =
        http.get(at(".well-known/openid-configuration")).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["issuer"], at("").trim_end_matches('/'));
    // The challenge of RFC 7636 appendix B.
    let asked = "client_id=yihao&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fback&state=s-1&nonce=n-1&response_type=code\
                 &code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let page = http.get(at(&format!("authorize?{asked}"))).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("id=\"agree\"") && page.contains("state=s-1"));
    let who = [("number", ZHI.0), ("name", ZHI.1)];
    let back = http.post(at(&format!("authorize?{asked}"))).form(&who).send().await.unwrap();
    let back = url::Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
    let said: std::collections::HashMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!((back.path(), said["state"].as_str()), ("/back", "s-1"));
    let redeem = |code: &str, verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "http://localhost:1/back"),
            ("code_verifier", verifier),
        ];
        http.post(at("token")).form(&form).send()
    };
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let tokens: Value = redeem(&said["code"], verifier).await.unwrap().json().await.unwrap();
    let keys: jsonwebtoken::jwk::JwkSet = http.get(at("jwks")).send().await.unwrap().json().await.unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&["yihao"]);
    validation.set_issuer(&[told["issuer"].as_str().unwrap()]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let claims = jsonwebtoken::decode::<Value>(tokens["id_token"].as_str().unwrap(), &key, &validation)
        .unwrap()
        .claims;
    assert_eq!(claims["nonce"], "n-1");
    let person = http.get(at("userinfo")).bearer_auth(tokens["access_token"].as_str().unwrap());
    let person: Value = person.send().await.unwrap().json().await.unwrap();
    assert_eq!(person, json!({ "sub": claims["sub"], "official_number": ZHI.0, "name": ZHI.1 }));
    // Once; and only for who has the verifier.
    assert_eq!(redeem(&said["code"], verifier).await.unwrap().status(), 400);
    let again = http.post(at(&format!("authorize?{asked}"))).form(&who).send().await.unwrap();
    let again = url::Url::parse(again.headers()["location"].to_str().unwrap()).unwrap();
    let code = again.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert_eq!(redeem(&code, "another").await.unwrap().status(), 400);
    assert_eq!(http.get(at("userinfo")).bearer_auth("guessed").send().await.unwrap().status(), 401);
}
