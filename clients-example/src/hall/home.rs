//! The front page, and the page that says one thing.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use clients_example::claims::masked_phone;
use clients_example::page::page;

use crate::Hall;
use crate::session::Person;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    title: &'a str,
    department: &'a str,
    neighbour: &'a Option<(String, String)>,
    person: Option<Shown>,
}

/// What the page shows of a person.
struct Shown {
    name: String,
    sub: String,
    trust_level: String,
    trust_words: &'static str,
    acr: String,
    acr_words: &'static str,
    channel: String,
    channel_words: &'static str,
    number: Option<String>,
    /// As what somebody acts for the subject.
    acting_as: Option<&'static str>,
    phone: Option<String>,
}

/// `GET /`
pub async fn show(State(hall): State<Arc<Hall>>, headers: HeaderMap) -> Response {
    let person = hall.sessions.person(&headers).map(|person| shown(&person));
    let Hall { title, department, neighbour, .. } = &*hall;
    page(StatusCode::OK, &Home { title, department, neighbour, person })
}

/// The levels and the channel are in the ID token; name, number and phone came by userinfo.
fn shown(person: &Person) -> Shown {
    let claims = &person.signed_in.claims;
    let levels = claims.additional_claims();
    let acr = claims.auth_context_ref().map(|acr| acr.to_string()).unwrap_or_default();
    let channel = levels.channel.clone().unwrap_or_default();
    let userinfo = person.userinfo.as_ref();
    let name = userinfo.and_then(|u| u.name()?.get(None)).map(|name| name.to_string());
    let more = userinfo.map(|u| u.additional_claims());
    Shown {
        name: name.unwrap_or_else(|| "（未提供姓名）".into()),
        sub: claims.subject().to_string(),
        trust_level: levels.trust_level.map(|level| level.to_string()).unwrap_or_default(),
        trust_words: match levels.trust_level {
            Some(2) => "本人填报，未经核验",
            Some(3) => "姓名与号码已经核对",
            Some(4) => "人证合一，已远程核验",
            Some(5) => "已在窗口或以数字证书核验",
            _ => "未核验",
        },
        acr_words: match acr.rsplit(':').next() {
            Some("1") => "单一方式登录",
            Some("2") => "双重方式登录",
            Some("3") => "通行密钥或现场读证",
            _ => "未说明",
        },
        acr,
        channel_words: match channel.as_str() {
            "hall" => "网上大厅",
            "mobile" => "移动应用",
            "kiosk" => "自助终端",
            "counter" => "服务窗口",
            _ => "其他渠道",
        },
        channel,
        acting_as: levels.mandate.as_ref().map(|mandate| match mandate.role.as_str() {
            "legal-representative" => "法定代表人",
            "administrator" => "管理员",
            "handler" => "经办人",
            "guardian" => "监护人",
            _ => "代办人",
        }),
        number: more.and_then(|more| more.official_number.as_ref()).map(|number| number.masked()),
        phone: userinfo.and_then(|u| u.phone_number()).map(|phone| masked_phone(phone)),
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    title: &'a str,
    department: &'a str,
    heading: &'a str,
    words: &'a str,
    /// For whoever is asked for help; empty if nothing went wrong.
    code: &'a str,
}

/// A page with one heading, one sentence and the way on.
pub fn message(hall: &Hall, status: StatusCode, heading: &str, words: &str, code: &str) -> Response {
    page(status, &Message { title: &hall.title, department: &hall.department, heading, words, code })
}
