//! The desk's one page, and its buttons. What it knows of a person it forgets with the matter.

use std::sync::Arc;

use anyhow::Result;
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use clients_example::licence::LicenceList;
use clients_example::page::page;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};
use url::Url;

use crate::phone::Asked;
use crate::reader::Reader;
use crate::window::{Refused, Window, random};

/// Matters that people come to this window for: code, name, and what the window needs to know for it.
pub const MATTERS: [(&str, &str, &str); 4] = [
    ("licence.copy", "电子证照查询打印", "openid profile official_number"),
    ("licence.enterprise", "企业证照查询打印", "openid profile official_number organization"),
    ("account.open", "开立账号", "openid profile official_number"),
    ("account.change", "账号信息变更", "openid profile official_number"),
];

pub struct Desk {
    pub title: String,
    pub back: Url,
    pub licences: Url,
    pub window: Window,
    pub reader: Reader,
    pub state: Mutex<Work>,
}

/// What the desk is at. One window has one clerk, and one clerk one person at a time.
#[derive(Default)]
pub struct Work {
    /// What the browser must bring back, and from where it comes with it.
    expects: Option<(String, Away)>,
    shift: Option<Shift>,
    /// Said once.
    pub said: Option<String>,
}

pub struct Shift {
    pub id: String,
    clerk: String,
    place: String,
    pub matter: Option<Matter>,
}

pub struct Matter {
    pub id: String,
    label: String,
    pub scope: &'static str,
    /// The person was asked on their phone, and has not answered.
    pub asked: Option<Asked>,
    pub person: Option<Person>,
    deed: Option<Deed>,
}

/// As the provider shows them to a window: masked.
#[derive(Deserialize)]
pub struct Person {
    account: bool,
    name: String,
    number: String,
    phone: Option<String>,
    trust_level: Option<u8>,
    #[serde(skip)]
    holdings: Option<Holdings>,
    /// The person's, for this matter. It is no longer than that, and shorter if they end it.
    #[serde(skip)]
    token: String,
}

/// What the library has answered, and by which way it says that the token came.
struct Holdings {
    licences: Vec<String>,
    channel: String,
    how: &'static str,
}

impl Person {
    /// Who has approved on their phone, as far as they let the window know.
    pub fn of_library(list: LicenceList, token: String) -> Self {
        Self {
            account: true,
            name: list.holder.name.clone().unwrap_or_default(),
            number: list.holder.number.clone(),
            phone: None,
            trust_level: Some(list.token.trust_level),
            holdings: Some(Holdings::of(list)),
            token,
        }
    }

    /// Whether the clerk has the person before them: only then something is done to the account.
    fn is_present(&self) -> bool {
        self.holdings.as_ref().is_none_or(|holdings| holdings.how != BY_PHONE)
    }
}

const BY_PHONE: &str = "本人在手机上确认";

impl Holdings {
    fn of(list: LicenceList) -> Self {
        let how = match list.token.assisted.as_ref().map(|assisted| assisted.how.as_str()) {
            Some("chip") => "窗口读卡并核对本人",
            Some("phone") => BY_PHONE,
            _ => "未说明",
        };
        let licences = list.licences.into_iter().map(|one| format!("{}（{}）", one.title, one.issued_by));
        Self { licences: licences.collect(), channel: list.token.channel.unwrap_or_default(), how }
    }
}

pub struct Deed {
    id: String,
    kind: String,
    /// The person chooses a PIN first.
    lacks_pin: bool,
    /// What is printed for the person, once it is done.
    pub given: Option<Given>,
}

#[derive(Deserialize)]
pub struct Given {
    pub state: String,
    /// The person's, after it was done.
    #[serde(default)]
    trust_level: Option<u8>,
    #[serde(default)]
    pub ticket: Option<String>,
    #[serde(default)]
    pub recovery_codes: Vec<String>,
}

/// Where the browser has gone, at the provider.
enum Away {
    /// A clerk begins a shift.
    Shift,
    /// The person chooses their PIN.
    Pin,
    /// A second clerk looks too.
    Second,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage<'a> {
    title: &'a str,
    department: &'a str,
    work: &'a Work,
    said: Option<String>,
    matters: &'a [(&'static str, &'static str, &'static str)],
    cards: Vec<(usize, &'a str)>,
}

type Shared = State<Arc<Desk>>;

pub async fn show(State(desk): Shared) -> Response {
    let mut work = desk.state.lock().await;
    let said = work.said.take();
    let cards = desk.reader.drawer().map(|(place, card)| (place, card.name.as_str())).collect();
    let (title, department) = (desk.title.as_str(), "政务服务中心");
    let waits = work.matter().is_some_and(|matter| matter.asked.is_some());
    let shown = DeskPage { title, department, work: &work, said, matters: &MATTERS, cards };
    let mut response = page(StatusCode::OK, &shown);
    if waits {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    response
}

impl Work {
    fn matter(&self) -> Option<&Matter> {
        self.shift.as_ref()?.matter.as_ref()
    }

    /// What lies ready to be printed, and the place that stands on it.
    pub fn given(&self) -> Option<(&Given, &str)> {
        let given = self.matter()?.deed.as_ref()?.given.as_ref()?;
        Some((given, &self.shift.as_ref()?.place))
    }
}

/// Off to the provider, where the clerk's passkey begins the shift.
pub async fn begin_shift(State(desk): Shared) -> Response {
    let mut work = desk.state.lock().await;
    let asked = async {
        let state = random()?;
        let params = [("redirect_uri", desk.back.as_str()), ("state", &state)];
        let asked = desk.window.post("/counter/shift", &params).await?;
        work.expects = Some((state, Away::Shift));
        Ok(text(&asked, "sign_in_uri"))
    };
    match asked.await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(error) => told(&mut work, &error),
    }
}

#[derive(Deserialize)]
pub struct Back {
    state: String,
    /// By which a shift is taken up.
    code: Option<String>,
}

/// Back from the provider.
pub async fn back(State(desk): Shared, Query(back): Query<Back>) -> Response {
    let mut work = desk.state.lock().await;
    let away = work.expects.take().filter(|(state, _)| *state == back.state).map(|(_, away)| away);
    let done = match (away, &back.code) {
        (Some(Away::Shift), Some(code)) => take_up(&desk, &mut work, code).await,
        (Some(Away::Pin), _) => deed(&mut work).map(|(_, deed)| deed.lacks_pin = false),
        (Some(Away::Second), _) => finish(&desk, &mut work).await,
        _ => Err(anyhow::anyhow!("这一步已经失效，请重新开始")),
    };
    home(&mut work, done)
}

async fn take_up(desk: &Desk, work: &mut Work, code: &str) -> Result<()> {
    let begun = desk.window.post("/counter/shift/begin", &[("code", code)]).await?;
    let (id, clerk, place) = (text(&begun, "shift"), text(&begun, "name"), text(&begun, "place"));
    work.shift = Some(Shift { id, clerk, place, matter: None });
    Ok(())
}

pub async fn end_shift(State(desk): Shared) -> Response {
    let mut work = desk.state.lock().await;
    if let Some(shift) = work.shift.take() {
        // It may be over already.
        let _ = desk.window.post("/counter/shift/end", &[("shift", &shift.id)]).await;
    }
    home(&mut work, Ok(()))
}

#[derive(Deserialize)]
pub struct Opened {
    matter: String,
}

pub async fn open_matter(State(desk): Shared, Form(sent): Form<Opened>) -> Response {
    let mut work = desk.state.lock().await;
    let opened = async {
        let shift = shift(&mut work)?;
        let found = MATTERS.iter().find(|(code, ..)| *code == sent.matter);
        let (code, label, scope) = *found.unwrap_or(&MATTERS[0]);
        let params = [("shift", shift.id.as_str()), ("code", code), ("label", label)];
        let id = text(&desk.window.post("/counter/matter", &params).await?, "matter");
        let label = label.to_owned();
        shift.matter = Some(Matter { id, label, scope, asked: None, person: None, deed: None });
        Ok(())
    };
    let done = opened.await;
    home(&mut work, done)
}

#[derive(Deserialize)]
pub struct OnReader {
    card: usize,
    #[serde(default)]
    looked: String,
}

pub async fn read_card(State(desk): Shared, Form(sent): Form<OnReader>) -> Response {
    let mut work = desk.state.lock().await;
    let done = identify(&desk, &mut work, sent).await;
    home(&mut work, done)
}

async fn identify(desk: &Desk, work: &mut Work, sent: OnReader) -> Result<()> {
    let shift = shift(work)?;
    let id = shift.id.clone();
    let matter = matter(shift)?;
    let chip = desk.reader.read(sent.card)?.ok_or_else(|| anyhow::anyhow!("读卡器上没有卡"))?;
    let looked = sent.looked.as_str();
    let params = [("shift", id.as_str()), ("matter", &matter.id), ("chip", &chip), ("looked", looked)];
    let seen = desk.window.post("/counter/matter/identify", &params).await?;
    let mut person: Person = serde_json::from_value(seen)?;
    if person.account {
        let (list, token) = holdings(desk, &id, &matter.id).await?;
        (person.holdings, person.token) = (list.map(Holdings::of), token);
    }
    matter.asked = None;
    matter.person = Some(person);
    Ok(())
}

/// The person's licences, by a token of this matter.
async fn holdings(desk: &Desk, shift: &str, matter: &str) -> Result<(Option<LicenceList>, String)> {
    let params = [
        ("grant_type", "urn:yihao:params:oauth:grant-type:counter"),
        ("shift", shift),
        ("matter", matter),
        ("scope", "openid profile official_number"),
    ];
    let token = text(&desk.window.post("/token", &params).await?, "access_token");
    Ok((library(desk, &token).await?, token))
}

/// Looks once more: the person may have ended it on their phone. Then the window knows nobody any more.
pub async fn look_again(State(desk): Shared) -> Response {
    let mut work = desk.state.lock().await;
    let looked = async {
        let Some(person) = &mut matter(shift(&mut work)?)?.person else { return Ok(true) };
        let list = library(&desk, &person.token).await?;
        let goes_on = list.is_some();
        person.holdings = list.map(Holdings::of);
        Ok(goes_on)
    };
    match looked.await {
        Ok(true) => home(&mut work, Ok(())),
        Ok(false) => {
            let ended = close_matter(&desk, &mut work).await;
            work.said = Some("本人已经结束这次登录，这个事项随之办结。".to_owned());
            home(&mut work, ended)
        }
        Err(error) => told(&mut work, &error),
    }
}

/// What the library answers to a token of the person's.
///
/// # Errors
/// It does not answer.
pub async fn library(desk: &Desk, token: &str) -> Result<Option<LicenceList>> {
    let answer = desk.window.fetch(&desk.licences.join("/licences")?, token).await?;
    if !answer.status().is_success() {
        return Ok(None);
    }
    Ok(Some(answer.json().await?))
}

pub async fn end_matter(State(desk): Shared) -> Response {
    let mut work = desk.state.lock().await;
    let ended = close_matter(&desk, &mut work).await;
    home(&mut work, ended)
}

/// What the desk knew of the person is gone, whatever the provider says.
async fn close_matter(desk: &Desk, work: &mut Work) -> Result<()> {
    let shift = shift(work)?;
    if let Some(matter) = shift.matter.take() {
        let params = [("shift", shift.id.as_str()), ("matter", &matter.id)];
        desk.window.post("/counter/matter/end", &params).await?;
    }
    Ok(())
}

#[derive(Deserialize)]
pub struct ToDo {
    kind: String,
    #[serde(default)]
    phone: String,
}

pub async fn ask_deed(State(desk): Shared, Form(sent): Form<ToDo>) -> Response {
    let mut work = desk.state.lock().await;
    let asked = async {
        let shift = shift(&mut work)?;
        let id = shift.id.clone();
        let matter = matter(shift)?;
        let mut params = vec![("shift", id.as_str()), ("matter", &matter.id), ("kind", &sent.kind)];
        if sent.kind == "phone" {
            params.push(("phone", &sent.phone));
        }
        let id = text(&desk.window.post("/counter/deed", &params).await?, "deed");
        let lacks_pin = matches!(sent.kind.as_str(), "open" | "pin");
        matter.deed = Some(Deed { id, kind: sent.kind, lacks_pin, given: None });
        Ok(())
    };
    let done = asked.await;
    home(&mut work, done)
}

/// Off to the provider, where the person chooses their PIN: it does not come here.
pub async fn choose_pin(State(desk): Shared) -> Response {
    away_for(desk, "/counter/deed/pin", "pin_uri", Away::Pin).await
}

/// Off to the provider, where a second clerk's passkey vouches.
pub async fn second_clerk(State(desk): Shared) -> Response {
    away_for(desk, "/counter/deed/second", "confirm_uri", Away::Second).await
}

async fn away_for(desk: Arc<Desk>, path: &str, address: &str, away: Away) -> Response {
    let mut work = desk.state.lock().await;
    let asked = async {
        let state = random()?;
        let (shift, deed) = deed(&mut work)?;
        let params = [
            ("shift", shift.as_str()),
            ("deed", &deed.id),
            ("redirect_uri", desk.back.as_str()),
            ("state", &state),
        ];
        let asked = desk.window.post(path, &params).await?;
        work.expects = Some((state, away));
        Ok(text(&asked, address))
    };
    match asked.await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(error) => told(&mut work, &error),
    }
}

#[derive(Deserialize)]
pub struct Code {
    code: String,
}

/// Or the person shows a factor of theirs.
pub async fn prove(State(desk): Shared, Form(sent): Form<Code>) -> Response {
    let mut work = desk.state.lock().await;
    let proven = async {
        let (shift, deed) = deed(&mut work)?;
        let params = [("shift", shift.as_str()), ("deed", &deed.id), ("code", sent.code.as_str())];
        desk.window.post("/counter/deed/prove", &params).await?;
        finish(&desk, &mut work).await
    };
    let done = proven.await;
    home(&mut work, done)
}

async fn finish(desk: &Desk, work: &mut Work) -> Result<()> {
    let (shift, deed) = deed(work)?;
    let params = [("shift", shift.as_str()), ("deed", &deed.id)];
    let given = desk.window.post("/counter/deed/finish", &params).await?;
    let given: Given = serde_json::from_value(given)?;
    let level = given.trust_level;
    deed.given = Some(given);
    if let Some(person) = &mut matter(self::shift(work)?)?.person
        && level.is_some()
    {
        person.trust_level = level;
    }
    Ok(())
}

pub fn shift(work: &mut Work) -> Result<&mut Shift> {
    work.shift.as_mut().ok_or_else(|| anyhow::anyhow!("请先上岗"))
}

pub fn matter(shift: &mut Shift) -> Result<&mut Matter> {
    shift.matter.as_mut().ok_or_else(|| anyhow::anyhow!("请先选择事项"))
}

fn deed(work: &mut Work) -> Result<(String, &mut Deed)> {
    let shift = shift(work)?;
    let id = shift.id.clone();
    let deed = matter(shift)?.deed.as_mut().ok_or_else(|| anyhow::anyhow!("没有待办的内容"))?;
    Ok((id, deed))
}

pub fn home(work: &mut MutexGuard<'_, Work>, done: Result<()>) -> Response {
    match done {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => told(work, &error),
    }
}

/// The clerk reads why; a shift that is over is over here too.
fn told(work: &mut MutexGuard<'_, Work>, error: &anyhow::Error) -> Response {
    tracing::warn!(error = format!("{error:#}"), "refused");
    match error.downcast_ref::<Refused>() {
        Some(refused) if refused.code == "login_required" => {
            work.shift = None;
            work.said = Some("已离岗，请重新上岗。".to_owned());
        }
        Some(refused) => work.said = Some(refused.for_the_clerk()),
        None => work.said = Some(format!("{error:#}")),
    }
    Redirect::to("/").into_response()
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
