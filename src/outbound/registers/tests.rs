use std::sync::Mutex;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;

use super::*;
use crate::outbound::testing::{self, Asked, Server};

const NUMBER: &str = "11010119900307001X";
const NAME: &str = "买买提·艾力";
const PHONE: &str = "13800000001";

fn simulated(url: Url) -> Config {
    let mut config = Config::default();
    config.registers.url = url;
    // Long enough for a busy machine; the test of silence waits less.
    config.registers.timeout_ms = 10_000;
    config.danger.simulate_registers = true;
    config
}

async fn population(config: &Config) -> Answer {
    let name = PersonName::parse(NAME).unwrap();
    testing::registers(config).await.unwrap().population(&testing::visit(), NUMBER, &name).await
}

async fn operators(config: &Config) -> Answer {
    let (name, phone) = (PersonName::parse(NAME).unwrap(), Phone::parse(PHONE).unwrap());
    testing::registers(config).await.unwrap().three_elements(&testing::visit(), NUMBER, &name, &phone).await
}

/// A server whose every answer is what `text` makes of the question's id.
async fn saying(text: impl Fn(Uuid) -> String + Clone + Send + Sync + 'static) -> Server {
    Server::start(move |asked| text(testing::id_of(&asked)).into_response()).await
}

fn matching(asked: &Asked) -> serde_json::Value {
    match asked.path.as_str() {
        "/exchange/population/match" | "/population/match" => {
            json!({ "request_id": testing::id_of(asked), "result": "MATCH" })
        }
        _ => json!({ "request_id": testing::id_of(asked), "code": "1" }),
    }
}

/// Whether a question has the members of the contract and a signature made with `key`.
fn well_asked(asked: &Asked, key: &str, with_phone: bool) -> bool {
    let question = asked.json();
    let text = |member: &str| question[member].as_str().unwrap_or_default().to_owned();
    let mut parts = vec![
        text("app_id"),
        question["timestamp"].as_i64().unwrap().to_string(),
        text("nonce"),
        text("request_id"),
        text("number"),
        text("name"),
    ];
    if with_phone {
        parts.push(text("phone"));
    }
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.as_bytes());
    let sign = text("sign");
    let bytes: Vec<u8> =
        (0..sign.len() / 2).map(|i| u8::from_str_radix(&sign[2 * i..2 * i + 2], 16).unwrap()).collect();
    let said = (text("number"), text("name"), question.get("phone").and_then(|p| p.as_str()));
    let complete = ["purpose", "matter", "nonce", "request_id"].iter().all(|member| !text(member).is_empty());
    aws_lc_rs::hmac::verify(&key, parts.join("|").as_bytes(), &bytes).is_ok()
        && complete
        && question["timestamp"] == 1_700_000_000
        && said == (NUMBER.to_owned(), NAME.to_owned(), with_phone.then_some(PHONE))
}

#[tokio::test]
async fn a_match_has_the_reference_of_its_question() {
    let asked_for = Arc::new(Mutex::new(Vec::new()));
    let ids = asked_for.clone();
    let server = Server::start(move |asked| {
        let (key, with_phone) = match asked.path.as_str() {
            "/exchange/population/match" => (SIMULATOR_KEY, false),
            "/exchange/operators/match" => (SIMULATOR_KEY, true),
            _ => return StatusCode::NOT_FOUND.into_response(),
        };
        if !well_asked(&asked, key, with_phone) {
            return StatusCode::FORBIDDEN.into_response();
        }
        ids.lock().unwrap().push(testing::id_of(&asked).to_string());
        ([("x-simulator", "registers")], axum::Json(matching(&asked))).into_response()
    })
    .await;
    // One connector and one visit: two questions must still have two ids.
    let registers = testing::registers(&simulated(server.url("/exchange/"))).await.unwrap();
    let (name, phone) = (PersonName::parse(NAME).unwrap(), Phone::parse(PHONE).unwrap());
    let visit = testing::visit();
    let first = registers.population(&visit, NUMBER, &name).await;
    let second = registers.three_elements(&visit, NUMBER, &name, &phone).await;
    let ids = asked_for.lock().unwrap().clone();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(first, Answer::Match { reference: ids[0].clone() });
    assert_eq!(second, Answer::Match { reference: ids[1].clone() });
}

#[tokio::test]
async fn a_configured_key_signs() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "a real key\n").unwrap();
    let server = Server::start(|asked| match well_asked(&asked, "a real key", false) {
        true => axum::Json(matching(&asked)).into_response(),
        false => StatusCode::FORBIDDEN.into_response(),
    })
    .await;
    for simulated_too in [true, false] {
        let mut config = simulated(server.url(""));
        config.danger.simulate_registers = simulated_too;
        config.registers.key_file = Some(file.path().to_owned());
        assert!(matches!(population(&config).await, Answer::Match { .. }));
    }
}

#[tokio::test]
async fn each_word_of_the_registers_has_its_meaning() {
    for (word, meaning) in [
        ("MISMATCH", Answer::Mismatch),
        ("NO_RECORD", Answer::NoRecord),
        ("DECEASED", Answer::Deceased),
        ("CANCELLED", Answer::NotInForce),
        ("LOCKED", Answer::NotInForce),
    ] {
        let server = saying(move |id| json!({ "request_id": id, "result": word }).to_string()).await;
        assert_eq!(population(&simulated(server.url(""))).await, meaning, "{word}");
    }
    for (code, meaning) in [
        ("2", Answer::Mismatch),
        ("3", Answer::Mismatch),
        ("4", Answer::Mismatch),
        ("10001", Answer::NoRecord),
        ("10009", Answer::NoAnswer(NoAnswer::Busy)),
        ("10013", Answer::NoAnswer(NoAnswer::Timeout)),
    ] {
        let server = saying(move |id| json!({ "request_id": id, "code": code }).to_string()).await;
        assert_eq!(operators(&simulated(server.url(""))).await, meaning, "{code}");
    }
}

#[tokio::test]
async fn an_answer_in_doubt_is_no_answer() {
    let other = testing::visit().chance.id();
    type Say = fn(Uuid) -> String;
    let unreadable: [Say; 9] = [
        |_| String::new(),
        |_| "<html>".to_owned(),
        |id| json!({ "request_id": id }).to_string(),
        |id| json!({ "request_id": id, "result": "match" }).to_string(),
        |id| json!({ "request_id": id, "result": "MATCH", "code": "1" }).to_string(),
        |id| json!({ "request_id": id, "code": 1 }).to_string(),
        |id| json!({ "request_id": id, "code": "500", "message": "down" }).to_string(),
        |id| format!(r#"{{"request_id":"{id}","result":"MISMATCH","result":"MATCH","code":"1","code":"2"}}"#),
        |id| format!(r#"{{"request_id":"{id}","result":"MATCH"}} trailing"#),
    ];
    for (n, say) in unreadable.into_iter().enumerate() {
        let config = simulated(saying(say).await.url(""));
        assert_eq!(population(&config).await, Answer::NoAnswer(NoAnswer::Unreadable), "{n}");
        assert_eq!(operators(&config).await, Answer::NoAnswer(NoAnswer::Unreadable), "{n}");
    }
    for alone in [r#""result":"MATCH""#, r#""code":"1""#] {
        let with_error = saying(move |id| format!(r#"{{"request_id":"{id}",{alone},"error":"e"}}"#)).await;
        let config = simulated(with_error.url(""));
        assert_eq!(population(&config).await, Answer::NoAnswer(NoAnswer::Failed));
        assert_eq!(operators(&config).await, Answer::NoAnswer(NoAnswer::Failed));
    }
    // The other register's words.
    let crossed = saying(|id| json!({ "request_id": id, "code": "1" }).to_string()).await;
    assert_eq!(population(&simulated(crossed.url(""))).await, Answer::NoAnswer(NoAnswer::Unreadable));
    let crossed = saying(|id| json!({ "request_id": id, "result": "MATCH" }).to_string()).await;
    assert_eq!(operators(&simulated(crossed.url(""))).await, Answer::NoAnswer(NoAnswer::Unreadable));
    let wrong = saying(move |_| json!({ "request_id": other, "result": "MATCH" }).to_string()).await;
    assert_eq!(population(&simulated(wrong.url(""))).await, Answer::NoAnswer(NoAnswer::OtherQuestion));
    let long = saying(|id| {
        json!({ "request_id": id, "result": "MATCH", "note": "x".repeat(exchange::LONGEST) }).to_string()
    })
    .await;
    assert_eq!(population(&simulated(long.url(""))).await, Answer::NoAnswer(NoAnswer::Unreadable));
}

#[tokio::test]
async fn silence_ends_in_time_and_is_no_answer() {
    for address in [testing::mute().await, testing::stalling("", r#"{"request_id":"#).await] {
        let mut config = simulated(format!("http://{address}").parse().unwrap());
        config.registers.timeout_ms = 300;
        let begin = std::time::Instant::now();
        assert_eq!(population(&config).await, Answer::NoAnswer(NoAnswer::Timeout));
        assert!((300..9000).contains(&begin.elapsed().as_millis()));
    }
}

#[tokio::test]
async fn a_simulator_is_believed_only_where_that_is_allowed() {
    let server =
        Server::start(|asked| ([("X-Simulator", "")], axum::Json(matching(&asked))).into_response()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, SIMULATOR_KEY).unwrap();
    let mut config = simulated(server.url(""));
    assert!(matches!(population(&config).await, Answer::Match { .. }));
    config.danger.simulate_registers = false;
    assert_eq!(population(&config).await, Answer::NoAnswer(NoAnswer::NotConfigured));
    assert_eq!(server.hits(), 1);
    config.registers.key_file = Some(file.path().to_owned());
    assert_eq!(population(&config).await, Answer::NoAnswer(NoAnswer::Simulator));
    assert_eq!(operators(&config).await, Answer::NoAnswer(NoAnswer::Simulator));
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    for path in [empty.path(), std::path::Path::new("/nowhere/key")] {
        let mut config = Config::default();
        config.registers.key_file = Some(path.to_owned());
        assert_eq!(testing::registers(&config).await.err().unwrap().key, "registers.key_file");
    }
    for url in ["http://a/?x=1", "ftp://a/"] {
        let mut config = Config::default();
        config.registers.url = url.parse().unwrap();
        assert_eq!(testing::registers(&config).await.err().unwrap().key, "registers.url");
    }
    assert!(!testing::registers(&Config::default()).await.unwrap().configured());
}

/// What is logged while failing, at the finest level, by us and by the crates below.
#[tokio::test]
async fn no_log_names_the_person() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    // With one subscriber alive, tracing asks only the thread that comes to a log line first, and that may
    // be another test's, which has none. With two it asks both.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let server = saying(|_| "{}".to_owned()).await;
    let nobody: Url = format!("http://{}", testing::nobody().await).parse().unwrap();
    for url in [server.url(""), nobody] {
        population(&simulated(url.clone())).await;
        operators(&simulated(url)).await;
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.matches("a register gave no answer").count(), 4, "{text}");
    assert!(text.contains(&testing::visit().request_id.to_string()));
    for secret in [NUMBER, NAME, PHONE, SIMULATOR_KEY] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
