use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::*;
use crate::config::Config;
use crate::outbound::testing::{self, Asked, Server};

const TENCENT: &str = "9144030071526726XG";
const HUAWEI: &str = "914403001922038216";
const REPRESENTATIVE: &str = "11010119900307001X";

fn record(asked: &Asked) -> Value {
    json!({
        "request_id": testing::id_of(asked), "result": "FOUND", "credit_code": asked.json()["credit_code"],
        "name": "深圳市（腾讯）计算机系统有限公司", "status": "存续", "representative_name": "马　小明",
        "representative_number": REPRESENTATIVE, "as_of": "2023-11-10",
    })
}

fn no_record(asked: &Asked) -> Value {
    json!({ "request_id": testing::id_of(asked), "result": "NO_RECORD" })
}

async fn asked(server: &Server, code: &str) -> LegalPersonAnswer {
    let mut config = Config::default();
    config.registers.url = server.url("/exchange/");
    config.registers.timeout_ms = 10_000;
    config.danger.simulate_registers = true;
    let registers = testing::registers(&config).await.unwrap();
    registers.legal_person(&testing::visit(), &CreditCode::parse(code).unwrap()).await
}

async fn found(change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) -> LegalPersonAnswer {
    let server = Server::start(move |asked| {
        let mut record = record(&asked);
        change(&mut record);
        axum::Json(record).into_response()
    })
    .await;
    asked(&server, TENCENT).await
}

/// A server that answers what `answer` makes of the department, and keeps the order in which it was asked.
async fn departments(
    answer: impl Fn(&str, &Asked) -> Response + Clone + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<String>>>) {
    let order = Arc::new(Mutex::new(Vec::new()));
    let kept = order.clone();
    let server = Server::start(move |asked| {
        let path = asked.path.strip_prefix("/exchange/legal-persons/").unwrap();
        let department = path.strip_suffix("/query").unwrap();
        kept.lock().unwrap().push(department.to_owned());
        answer(department, &asked)
    })
    .await;
    (server, order)
}

#[tokio::test]
async fn a_record_tells_who_represents_the_organization_and_of_which_day_it_is() {
    let LegalPersonAnswer::Found(found) = found(|_| {}).await else { panic!("it is found") };
    assert_eq!(found.credit_code.as_str(), TENCENT);
    assert_eq!(found.name.folded(), "深圳市(腾讯)计算机系统有限公司");
    assert_eq!((found.standing, found.department), (Standing::Active, Department::Commerce));
    assert_eq!(found.representative_name.as_str(), "马 小明");
    assert_eq!(found.representative_number.as_ref().unwrap().reveal(), REPRESENTATIVE);
    assert!(found.successor.is_none());
    assert_eq!(found.as_of.day().to_string(), "2023-11-10");
    let shown = format!("{found:?}");
    for secret in [TENCENT, "腾讯", "小明", REPRESENTATIVE] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn each_standing_has_its_word_and_a_merged_one_its_successor() {
    for (word, meaning) in [
        ("在业", Standing::Active),
        ("设立中", Standing::Forming),
        ("停业", Standing::Suspended),
        ("清算中", Standing::Suspended),
        ("吊销", Standing::Revoked),
        ("撤销", Standing::Revoked),
        ("注销", Standing::Deregistered),
        ("迁出", Standing::MovedAway),
    ] {
        let LegalPersonAnswer::Found(found) = found(move |record| record["status"] = word.into()).await
        else {
            panic!("it is found")
        };
        assert_eq!(found.standing, meaning, "{word}");
    }
    let merged = found(|record| {
        record["status"] = "合并注销".into();
        record["successor"] = HUAWEI.into();
        record["representative_number"] = "".into();
    });
    let LegalPersonAnswer::Found(found) = merged.await else { panic!("it is found") };
    assert_eq!((found.standing, found.successor.unwrap().as_str()), (Standing::Deregistered, HUAWEI));
    assert!(found.representative_number.is_none());
}

#[tokio::test]
async fn no_record_in_one_register_is_sent_on_to_the_next() {
    let (server, order) = departments(|department, asked| match department {
        "civil-affairs" => axum::Json(record(asked)).into_response(),
        _ => axum::Json(no_record(asked)).into_response(),
    })
    .await;
    let LegalPersonAnswer::Found(found) = asked(&server, TENCENT).await else { panic!("it is found") };
    assert_eq!(found.department, Department::CivilAffairs);
    assert_eq!(*order.lock().unwrap(), ["commerce", "establishments", "civil-affairs"]);

    let (server, order) = departments(|_, asked| axum::Json(no_record(asked)).into_response()).await;
    assert!(matches!(asked(&server, TENCENT).await, LegalPersonAnswer::NoRecord));
    assert_eq!(order.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn the_first_to_be_asked_is_the_department_of_the_code() {
    for (digits, first) in [
        ("11", "establishments"),
        ("53", "civil-affairs"),
        ("91", "commerce"),
        ("N2", "agriculture"),
        ("31", "commerce"),
    ] {
        let body = format!("{digits}44030071526726X");
        let code = ('0'..='Y').find_map(|check| CreditCode::parse(&format!("{body}{check}")).ok()).unwrap();
        let order: Vec<_> = Department::in_order(&code).collect();
        assert_eq!((order[0].as_str(), order.len()), (first, 4), "{digits}");
    }
}

#[tokio::test]
async fn silence_of_one_register_is_not_no_record() {
    let down = |department: &str, asked: &Asked| match department {
        "commerce" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => axum::Json(no_record(asked)).into_response(),
    };
    let (server, order) = departments(down).await;
    let answer = asked(&server, TENCENT).await;
    assert!(matches!(answer, LegalPersonAnswer::NoAnswer(NoAnswer::Refused(503))), "{answer:?}");
    // But who is found elsewhere is found.
    let (server, _) = departments(|department, asked| match department {
        "commerce" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => axum::Json(record(asked)).into_response(),
    })
    .await;
    assert!(matches!(asked(&server, TENCENT).await, LegalPersonAnswer::Found(_)));
    assert!(order.lock().unwrap().len() >= 4);
}

#[tokio::test]
async fn a_record_in_doubt_is_no_answer() {
    type Change = fn(&mut Value);
    let unreadable: [Change; 7] = [
        |record| record["status"] = "新词".into(),
        |record| record["name"] = "".into(),
        |record| record["representative_name"] = Value::Null,
        |record| record["as_of"] = "yesterday".into(),
        |record| record["successor"] = "123".into(),
        |record| record["result"] = "MATCH".into(),
        |record| record["result"] = "NO_RECORD".into(),
    ];
    for (n, change) in unreadable.into_iter().enumerate() {
        let answer = found(change).await;
        assert!(matches!(answer, LegalPersonAnswer::NoAnswer(NoAnswer::Unreadable)), "{n} {answer:?}");
    }
    let doubtful: [(Change, NoAnswer); 2] = [
        (|record| record["error"] = "50010".into(), NoAnswer::Failed),
        (|record| record["as_of"] = "2023-10-14".into(), NoAnswer::Stale),
    ];
    for (change, why) in doubtful {
        let answer = found(change).await;
        assert!(matches!(answer, LegalPersonAnswer::NoAnswer(given) if given == why), "{answer:?}");
    }
    let others: [Change; 2] =
        [|record| record["request_id"] = "r-1".into(), |record| record["credit_code"] = HUAWEI.into()];
    for change in others {
        let answer = found(change).await;
        assert!(matches!(answer, LegalPersonAnswer::NoAnswer(NoAnswer::OtherQuestion)), "{answer:?}");
    }
}

#[tokio::test]
async fn a_department_may_have_an_address_of_its_own() {
    let platform = Server::start(|asked| axum::Json(no_record(&asked)).into_response()).await;
    let own = Server::start(|asked| axum::Json(record(&asked)).into_response()).await;
    let mut config = Config::default();
    config.registers.url = platform.url("");
    config.registers.agriculture_url = Some(own.url("/nync/"));
    config.danger.simulate_registers = true;
    let code = CreditCode::parse(TENCENT).unwrap();
    let answer = testing::registers(&config).await.unwrap().legal_person(&testing::visit(), &code).await;
    let LegalPersonAnswer::Found(found) = answer else { panic!("it is found") };
    assert_eq!((found.department, platform.hits(), own.hits()), (Department::Agriculture, 3, 1));
    config.registers.agriculture_url = Some("ftp://a/".parse().unwrap());
    assert_eq!(testing::registers(&config).await.err().unwrap().key, "registers.agriculture_url");
}
