//! What the registers do on a bad day, fault by fault.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::*;
use crate::base::Clock;
use crate::outbound::testing::{self, Asked, Server, TlsServer};

const NUMBER: &str = "11010119900307001X";
const NAME: &str = "买买提·艾力";
const PHONE: &str = "13800000001";

fn simulated(url: Url) -> Config {
    let mut config = Config::default();
    config.registers.url = url;
    config.registers.timeout_ms = 10_000;
    config.registers.try_ms = 10_000;
    config.danger.simulate_registers = true;
    config
}

async fn opened(config: &Config) -> Registers {
    testing::registers(config).await.unwrap()
}

async fn population(registers: &Registers, visit: &Visit) -> Answer {
    registers.population(visit, NUMBER, &PersonName::parse(NAME).unwrap()).await
}

async fn person(registers: &Registers, visit: &Visit, name: &str) -> Answer {
    let (name, phone) = (PersonName::parse(name).unwrap(), Phone::parse(PHONE).unwrap());
    registers.person(visit, NUMBER, &name, &phone).await
}

fn later(seconds: u64) -> Visit {
    let visit = testing::visit();
    Visit { now: visit.now.plus(Duration::from_secs(seconds)), ..visit }
}

fn matching(asked: &Asked) -> Response {
    let (name, word) = if asked.path == "/operators/match" { ("code", "1") } else { ("result", "MATCH") };
    axum::Json(json!({ "request_id": testing::id_of(asked), name: word })).into_response()
}

const fn none(why: NoAnswer) -> Answer {
    Answer::NoAnswer(why)
}

/// A server that answers with `status` for the first `failing` questions, and well from then on.
async fn failing(failing: usize, status: u16) -> Server {
    let asked_so_far = Arc::new(AtomicUsize::new(0));
    Server::start(move |asked| match asked_so_far.fetch_add(1, Ordering::SeqCst) < failing {
        true => StatusCode::from_u16(status).unwrap().into_response(),
        false => matching(&asked),
    })
    .await
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_what_was_refused_is_not() {
    for (status, hits, why) in [
        (201, 1, Some(NoAnswer::Refused(201))),
        (302, 1, Some(NoAnswer::Refused(302))),
        (401, 1, Some(NoAnswer::Refused(401))),
        (429, 1, Some(NoAnswer::Busy)),
        (500, 2, None),
        (503, 2, None),
    ] {
        let server = failing(1, status).await;
        let answer = population(&opened(&simulated(server.url(""))).await, &testing::visit()).await;
        match why {
            Some(why) => assert_eq!(answer, none(why)),
            None => assert!(matches!(answer, Answer::Match { .. }), "{status}: {answer:?}"),
        }
        assert_eq!(server.hits(), hits, "{status}");
    }
    let server = failing(9, 503).await;
    let answer = population(&opened(&simulated(server.url(""))).await, &testing::visit()).await;
    assert_eq!((answer, server.hits()), (none(NoAnswer::Refused(503)), 2));
}

#[tokio::test]
async fn each_try_is_a_question_of_its_own() {
    let asked_before = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = asked_before.clone();
    let server = Server::start(move |asked| {
        let question = asked.json();
        kept.lock().unwrap().push((question["request_id"].clone(), question["nonce"].clone()));
        StatusCode::BAD_GATEWAY.into_response()
    })
    .await;
    population(&opened(&simulated(server.url(""))).await, &testing::visit()).await;
    let asked = asked_before.lock().unwrap();
    assert!(asked.len() == 2 && asked[0].0 != asked[1].0 && asked[0].1 != asked[1].1);
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    for (lost, found) in [(1, true), (2, false)] {
        let server = TlsServer::start(lost, |asked| matching(&asked)).await;
        let mut config = simulated(server.url(""));
        config.outbound.ca_file = Some(server.ca_file.path().to_owned());
        let answer = population(&opened(&config).await, &testing::visit()).await;
        assert_eq!(matches!(answer, Answer::Match { .. }), found, "{answer:?}");
        assert_eq!(answer == none(NoAnswer::Unreachable), !found);
    }
    let (address, taken) = testing::silent_hang_up().await;
    let registers = opened(&simulated(format!("http://{address}").parse().unwrap())).await;
    assert_eq!(population(&registers, &testing::visit()).await, none(NoAnswer::Unreachable));
    assert_eq!(taken.load(Ordering::SeqCst), 2);
    let nobody = format!("http://{}", testing::nobody().await).parse().unwrap();
    let answer = population(&opened(&simulated(nobody)).await, &testing::visit()).await;
    assert_eq!(answer, none(NoAnswer::Unreachable));
}

#[tokio::test]
async fn one_silent_try_leaves_time_for_another_and_a_late_answer_is_none() {
    let late = |slow: usize| async move {
        let asked_so_far = Arc::new(AtomicUsize::new(0));
        let router = axum::Router::new().fallback(move |body: String| {
            let turn = asked_so_far.fetch_add(1, Ordering::SeqCst);
            async move {
                if turn < slow {
                    tokio::time::sleep(Duration::from_secs(20)).await;
                }
                let question: serde_json::Value = serde_json::from_str(&body).unwrap();
                axum::Json(json!({ "request_id": question["request_id"], "result": "MATCH" }))
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut config = simulated(format!("http://{address}").parse().unwrap());
        config.registers.try_ms = 500;
        population(&opened(&config).await, &testing::visit()).await
    };
    assert!(matches!(late(1).await, Answer::Match { .. }));
    assert_eq!(late(2).await, none(NoAnswer::Timeout));
}

#[tokio::test]
async fn a_register_that_keeps_failing_is_left_alone_and_tried_again_after_a_rest() {
    let server = failing(7, 500).await;
    let mut config = simulated(server.url(""));
    (config.registers.tries, config.registers.rest_after_failures) = (1, 3);
    let registers = opened(&config).await;
    for _ in 0..3 {
        assert!(!registers.rests(Register::Population));
        assert_eq!(population(&registers, &testing::visit()).await, none(NoAnswer::Refused(500)));
    }
    assert!(registers.rests(Register::Population) && !registers.rests(Register::Operators));
    assert_eq!(population(&registers, &later(29)).await, none(NoAnswer::Resting));
    assert_eq!(server.hits(), 3, "nothing was asked");
    // One tries, and fails.
    assert_eq!(population(&registers, &later(30)).await, none(NoAnswer::Refused(500)));
    assert_eq!(population(&registers, &later(30)).await, none(NoAnswer::Resting));
    for rest in 2..5 {
        population(&registers, &later(30 * rest)).await;
    }
    assert_eq!(server.hits(), 7);
    assert!(matches!(population(&registers, &later(150)).await, Answer::Match { .. }));
    assert!(!registers.rests(Register::Population));
}

#[tokio::test]
async fn a_refusal_is_no_failure_of_the_register() {
    for status in [401, 429] {
        let server = failing(9, status).await;
        let mut config = simulated(server.url(""));
        config.registers.rest_after_failures = 1;
        let registers = opened(&config).await;
        population(&registers, &testing::visit()).await;
        assert!(!registers.rests(Register::Population), "{status}");
    }
}

#[tokio::test]
async fn what_is_above_the_quota_is_not_asked() {
    let server = Server::start(|asked| matching(&asked)).await;
    for (per_second, per_day, why) in [(2, 9, NoAnswer::Busy), (9, 2, NoAnswer::Spent)] {
        let mut config = simulated(server.url(""));
        (config.registers.per_second, config.registers.per_day) = (per_second, per_day);
        let registers = opened(&config).await;
        let before = server.hits();
        for _ in 0..2 {
            assert!(matches!(population(&registers, &testing::visit()).await, Answer::Match { .. }));
        }
        assert_eq!(population(&registers, &testing::visit()).await, none(why));
        assert_eq!(server.hits(), before + 2);
        assert!(!registers.rests(Register::Population), "it is we who were busy");
    }
}

#[tokio::test]
async fn what_is_asked_aside_leaves_room_for_people() {
    let server = Server::start(|asked| matching(&asked)).await;
    let mut config = simulated(server.url(""));
    (config.registers.per_second, config.registers.per_day) = (9, 7);
    let registers = opened(&config).await;
    let aside = registers.aside();
    for _ in 0..3 {
        assert!(matches!(population(&aside, &testing::visit()).await, Answer::Match { .. }));
    }
    for _ in 0..2 {
        assert_eq!(population(&aside, &testing::visit()).await, none(NoAnswer::Spent));
    }
    // Half of the day is the people's, and looking has cost nothing of it.
    for _ in 0..4 {
        assert!(matches!(population(&registers, &testing::visit()).await, Answer::Match { .. }));
    }
    assert_eq!(population(&registers, &testing::visit()).await, none(NoAnswer::Spent));
}

/// The clock stands, so the second lasts until the test moves it.
#[tokio::test]
async fn what_is_asked_aside_waits_for_the_next_second() {
    let server = Server::start(|asked| matching(&asked)).await;
    let mut config = simulated(server.url(""));
    config.registers.per_second = 4;
    let clock = Clock::by_hand(testing::visit().now);
    let registers = testing::registers_by(&config, clock.clone()).await.unwrap();
    let asks = || {
        let aside = registers.aside();
        tokio::spawn(async move { population(&aside, &testing::visit()).await })
    };
    let three: Vec<_> = (0..3).map(|_| asks()).collect();
    while server.hits() < 2 {
        tokio::task::yield_now().await;
    }
    // People pass by the one that waits.
    assert!(matches!(population(&registers, &testing::visit()).await, Answer::Match { .. }));
    assert!(three.iter().any(|one| !one.is_finished()), "the third waits for its second");
    clock.advance(std::time::Duration::from_secs(1));
    for one in three {
        assert!(matches!(one.await.unwrap(), Answer::Match { .. }));
    }
}

#[tokio::test]
async fn a_match_is_kept_with_its_reference_and_found_only_by_all_that_was_asked() {
    let server = Server::start(|asked| match asked.json()["name"] == NAME {
        true => matching(&asked),
        false => {
            let id = testing::id_of(&asked);
            axum::Json(json!({ "request_id": id, "result": "MISMATCH" })).into_response()
        }
    })
    .await;
    let registers = opened(&simulated(server.url(""))).await;
    let visit = testing::visit();
    let first = person(&registers, &visit, NAME).await;
    assert!(matches!(first, Answer::Match { .. }));
    assert_eq!(person(&registers, &visit, NAME).await, first);
    assert_eq!(server.hits(), 2, "one question to each");
    for _ in 0..2 {
        assert!(!matches!(person(&registers, &visit, "艾力").await, Answer::Match { .. }));
    }
    assert_eq!(server.hits(), 6, "a mismatch is asked every time");
    let mut config = simulated(server.url(""));
    config.registers.keep_match_minutes = 0;
    let registers = opened(&config).await;
    assert_ne!(person(&registers, &visit, NAME).await, person(&registers, &visit, NAME).await);
}

#[tokio::test]
async fn both_must_say_yes() {
    for (population, operators, expected) in [
        ("MATCH", "1", None),
        ("MATCH", "4", Some(Answer::Mismatch)),
        ("DECEASED", "1", Some(Answer::Deceased)),
        ("MATCH", "10013", Some(none(NoAnswer::Timeout))),
        ("MISMATCH", "10009", Some(none(NoAnswer::Busy))),
    ] {
        let server = Server::start(move |asked| {
            let (name, word) = match asked.path.as_str() {
                "/population/match" => ("result", population),
                _ => ("code", operators),
            };
            axum::Json(json!({ "request_id": testing::id_of(&asked), name: word })).into_response()
        })
        .await;
        let answer = person(&opened(&simulated(server.url(""))).await, &testing::visit(), NAME).await;
        match expected {
            Some(expected) => assert_eq!(answer, expected),
            None => assert!(matches!(answer, Answer::Match { .. })),
        }
    }
}

#[tokio::test]
async fn from_old_data_nothing_follows() {
    // The visit is of 2023-11-15 in the province.
    for (as_of, result, fresh) in [
        ("2023-11-12", "MATCH", true),
        ("2023-10-17", "MATCH", true),
        ("2023-10-14", "MATCH", false),
        ("2023-10-14", "NO_RECORD", false),
        ("2023-10-14", "MISMATCH", false),
    ] {
        let server = Server::start(move |asked| {
            let said = json!({ "request_id": testing::id_of(&asked), "result": result, "as_of": as_of });
            axum::Json(said).into_response()
        })
        .await;
        let registers = opened(&simulated(server.url(""))).await;
        let answer = population(&registers, &testing::visit()).await;
        match fresh {
            true => assert!(matches!(answer, Answer::Match { .. }), "{as_of}"),
            false => assert_eq!(answer, none(NoAnswer::Stale), "{as_of}"),
        }
    }
}

#[tokio::test]
async fn text_is_read_in_the_encoding_that_it_declares() {
    let gbk = b"\xc6\xa5\xc5\xe4"; // 匹配
    for (content_type, readable) in [
        ("application/json;charset=GBK", true),
        ("application/json; Charset=\"gb18030\"", true),
        ("application/json", false),
        ("application/json;charset=utf-8", false),
        ("application/json;charset=ebcdic", false),
    ] {
        let server = Server::start(move |asked| {
            let begin = format!(r#"{{"request_id":"{}","result":"MATCH","note":""#, testing::id_of(&asked));
            let bytes = [begin.as_bytes(), gbk, b"\"}"].concat();
            ([("content-type", content_type)], bytes).into_response()
        })
        .await;
        let registers = opened(&simulated(server.url(""))).await;
        let answer = population(&registers, &testing::visit()).await;
        match readable {
            true => assert!(matches!(answer, Answer::Match { .. }), "{content_type}"),
            false => assert_eq!(answer, none(NoAnswer::Unreadable), "{content_type}"),
        }
    }
}

#[tokio::test]
async fn an_error_inside_a_success_and_an_answer_to_another_are_failures() {
    for (text, why) in [
        (r#"{"request_id":"ID","error":"50010","message":"系统繁忙"}"#, NoAnswer::Failed),
        (r#"{"request_id":"ID-other","result":"MATCH"}"#, NoAnswer::OtherQuestion),
    ] {
        let server = Server::start(move |asked| {
            text.replace("ID", &testing::id_of(&asked).to_string()).into_response()
        })
        .await;
        let mut config = simulated(server.url(""));
        config.registers.rest_after_failures = 1;
        let registers = opened(&config).await;
        assert_eq!(population(&registers, &testing::visit()).await, none(why));
        assert!(registers.rests(Register::Population));
    }
}
