//! A person's browser without script: it keeps cookies, follows redirects inside the issuer, fills forms by
//! their id and stops where a redirect leads elsewhere.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use url::Url;
use uuid::Uuid;
use yihao::base::{AuthenticationLevel, Channel, Device};
use yihao::credential::Proof;
use yihao::http::{Browser as BrowserCookie, cookies};
use yihao::session::{self, SignIn};

use super::{House, Node, Person, http};

#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    base: String,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request: where it comes from, which language it prefers.
    pub headers: HeaderMap,
    last: Option<Page>,
}

/// What the browser shows, or the address elsewhere that it was sent to.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    pub url: Url,
    pub headers: HeaderMap,
    pub html: String,
    left_for: Option<Url>,
}

impl Browser {
    pub fn new(node: &Node) -> Self {
        let (cookies, headers) = (BTreeMap::new(), HeaderMap::new());
        Self { http: http(), base: node.base.clone(), cookies, headers, last: None }
    }

    /// A browser in which `person` signed in a moment ago, by password: without the pages, for journeys that
    /// are not about them.
    pub async fn signed_in(house: &House, person: &Person) -> Self {
        Self::signed_in_at(house, person, AuthenticationLevel::OneFactor).await
    }

    pub async fn signed_in_at(house: &House, person: &Person, aal: AuthenticationLevel) -> Self {
        let mut browser = Self::new(house);
        let id = house.app.chance.id();
        let cookie = cookies::set_browser(&house.app, BrowserCookie { id, is_new: true }).expect("a cookie");
        browser.keep(&cookie);
        browser.session_of(house, person, aal, id).await;
        browser
    }

    /// A browser that has a session begun elsewhere.
    pub fn with_session(house: &House, session: Uuid) -> Self {
        let mut browser = Self::new(house);
        browser.keep(&cookies::set_session(&house.app, session, Channel::Hall).expect("a cookie"));
        browser
    }

    /// `person` signs in here, in place of whoever was.
    pub async fn change_to(&mut self, house: &House, person: &Person) {
        self.session_of(house, person, AuthenticationLevel::OneFactor, Uuid::nil()).await;
    }

    async fn session_of(&mut self, house: &House, person: &Person, aal: AuthenticationLevel, browser: Uuid) {
        let mut visit = house.visit();
        visit.channel = Channel::Hall;
        let (keys, config) = (house.app.keys.data(), &house.app.config);
        let mut tx = house.app.db.begin().await.expect("a transaction");
        let proofs: &[Proof] = match aal {
            AuthenticationLevel::OneFactor => &[Proof::Password],
            AuthenticationLevel::TwoFactors => &[Proof::Password, Proof::Totp],
            AuthenticationLevel::PhishingResistant => &[Proof::Passkey { user_verified: true }],
        };
        let (browser, device) = (Some(browser), Device::default());
        let sign_in = SignIn { person: person.id, browser, proofs, device, lent_by: None };
        let id = session::start(&mut tx, &keys, &visit, sign_in, config).await.expect("a session");
        tx.commit().await.expect("it is kept");
        self.keep(&cookies::set_session(&house.app, id, Channel::Hall).expect("a cookie"));
    }

    /// The same browser, sent to another node by the load balancer.
    pub fn moves_to(&mut self, node: &Node) {
        self.base = node.base.clone();
    }

    /// The page that it shows.
    pub fn last_page(&self) -> &Page {
        self.last.as_ref().expect("a page was opened")
    }

    pub fn header(&mut self, name: &'static str, value: &str) {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.insert(HeaderName::from_static(name), value);
    }

    /// Opens an address, or a path of this server.
    pub async fn open(&mut self, address: &str) -> Page {
        self.go(Method::GET, address, None).await
    }

    /// The address of the page that is shown.
    pub fn last_url(&self) -> String {
        self.last.as_ref().expect("a page was opened").url.to_string()
    }

    /// Fills the form and presses its button; hidden fields go along. `fields` has the button's value too.
    #[track_caller]
    pub fn submit<'a>(&'a mut self, form: &str, fields: &[(&str, &str)]) -> impl Future<Output = Page> + 'a {
        let page = self.last.as_ref().expect("a page was opened");
        let (action, mut all) = page.form(form);
        all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        async move { self.post(&action, &all).await }
    }

    /// Posts fields past any form.
    pub async fn post(&mut self, address: &str, fields: &[(String, String)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.go(Method::POST, address, Some(body)).await
    }

    /// Submits the form of the page as it was opened, as often as one likes: the answer is not shown.
    pub async fn submit_again(&mut self, form: &str, fields: &[(&str, &str)]) -> Page {
        let opened = self.last.clone();
        let answer = self.submit(form, fields).await;
        self.last = opened;
        answer
    }

    /// Follows the page's first link to an address that begins like this.
    pub async fn open_link_to(&mut self, beginning: &str) -> Page {
        let page = self.last.as_ref().expect("a page was opened");
        let link = page.link_to(beginning).unwrap_or_else(|| panic!("no link to {beginning}"));
        self.open(&link).await
    }

    /// What the page's script does: JSON to one of our addresses, with the page's ticket.
    pub async fn script(&mut self, path: &str, body: serde_json::Value) -> serde_json::Value {
        let ticket = self.last.as_ref().and_then(Page::ticket).expect("a page with a script");
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.post(format!("{}{path}", self.base)).headers(self.headers.clone());
        let request = request.header("cookie", cookies.join("; ")).header("x-csrf", ticket).json(&body);
        let response = request.send().await.expect("an answer");
        for cookie in response.headers().clone().get_all(SET_COOKIE) {
            self.keep(cookie);
        }
        response.json().await.expect("JSON")
    }

    async fn go(&mut self, method: Method, address: &str, body: Option<String>) -> Page {
        let base = Url::parse(&self.base).expect("a URL");
        let mut url = base.join(address).expect("an address");
        let (mut method, mut body) = (method, body);
        for _ in 0..10 {
            let page = self.once(&method, &url, body.take()).await;
            let to = page.headers.get(LOCATION).filter(|_| page.status.is_redirection());
            let Some(to) = to else { return self.show(page) };
            let to = url.join(to.to_str().expect("ASCII")).expect("an address");
            if to.origin() != base.origin() {
                return self.show(Page { left_for: Some(to), ..page });
            }
            (url, method) = (to, Method::GET);
        }
        panic!("redirects without end at {}", url.path());
    }

    async fn once(&mut self, method: &Method, url: &Url, body: Option<String>) -> Page {
        let mut request = self.http.request(method.clone(), url.clone()).headers(self.headers.clone());
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie);
        }
        // Where a name may be broken is nothing that a reader sees.
        let html = response.text().await.expect("a whole answer").replace("<wbr>", "");
        Page { status, url: url.clone(), headers, html, left_for: None }
    }

    fn keep(&mut self, cookie: &HeaderValue) {
        let text = cookie.to_str().expect("ASCII");
        let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        if text.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn show(&mut self, page: Page) -> Page {
        self.last = Some(page.clone());
        page
    }
}

impl Page {
    fn link_to(&self, beginning: &str) -> Option<String> {
        let html = Html::parse_document(&self.html);
        let links = select("a[href]");
        let mut links = html.select(&links).filter_map(|link| link.attr("href"));
        links.find(|href| href.starts_with(beginning)).map(str::to_owned)
    }

    /// All addresses of the page's links that begin like this.
    pub fn links_to(&self, beginning: &str) -> Vec<String> {
        let html = Html::parse_document(&self.html);
        let links = select("a[href]");
        let links = html.select(&links).filter_map(|link| link.attr("href"));
        links.filter(|href| href.starts_with(beginning)).map(str::to_owned).collect()
    }

    fn ticket(&self) -> Option<String> {
        let html = Html::parse_document(&self.html);
        let meta = html.select(&select("meta[name=csrf]")).next()?;
        meta.attr("content").map(str::to_owned)
    }

    /// The stable code of an error page or of a form's summary.
    pub fn code(&self) -> Option<String> {
        let html = Html::parse_document(&self.html);
        let marked = html.select(&select("[data-error]")).next()?;
        marked.attr("data-error").map(str::to_owned)
    }

    #[track_caller]
    pub fn sees(&self, text: &str) -> &Self {
        assert!(
            self.html.contains(text),
            "{text:?} is not on {} ({}):\n{}",
            self.url,
            self.status,
            self.html
        );
        self
    }

    #[track_caller]
    pub fn sees_not(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "{text:?} is on {}", self.url);
        self
    }

    /// What can be read in the first element of this selector.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        self.texts(css)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {css} at {}:\n{}", self.url, self.html))
    }

    pub fn texts(&self, css: &str) -> Vec<String> {
        let html = Html::parse_document(&self.html);
        html.select(&select(css)).map(|element| element.text().collect()).collect()
    }

    pub fn has(&self, css: &str) -> bool {
        Html::parse_document(&self.html).select(&select(css)).next().is_some()
    }

    /// An attribute of the first element.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.html);
        html.select(&select(css)).next()?.attr(name).map(str::to_owned)
    }

    /// The ids of all such elements, in the order of the page.
    pub fn ids(&self, css: &str) -> Vec<String> {
        let html = Html::parse_document(&self.html);
        html.select(&select(css)).filter_map(|element| element.attr("id")).map(str::to_owned).collect()
    }

    pub fn first_id(&self, css: &str) -> Option<String> {
        self.attribute(css, "id")
    }

    /// The page is one of ours, at `path`.
    #[track_caller]
    pub fn is_at(&self, path: &str) -> &Self {
        assert!(self.left_for.is_none(), "sent away to {:?}", self.left_for);
        assert_eq!(self.url.path(), path, "{} {}", self.status, self.html);
        self
    }

    /// Nothing was sent anywhere: the refusal is a page of ours.
    #[track_caller]
    pub fn stays(&self) -> &Self {
        assert!(self.left_for.is_none(), "sent away to {:?}", self.left_for);
        self
    }

    /// Where the browser was sent, elsewhere.
    #[track_caller]
    pub fn left_for(&self) -> &Url {
        self.left_for
            .as_ref()
            .unwrap_or_else(|| panic!("still at {} ({}):\n{}", self.url, self.status, self.html))
    }

    /// A parameter of the answer that the browser carries to a relying system.
    #[track_caller]
    pub fn answer(&self, name: &str) -> Option<String> {
        self.left_for().query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    #[track_caller]
    pub fn error(&self) -> String {
        self.answer("error").unwrap_or_else(|| panic!("no error in {}", self.left_for()))
    }

    #[track_caller]
    pub fn authorization_code(&self) -> String {
        self.answer("code").unwrap_or_else(|| panic!("no code in {}", self.left_for()))
    }

    /// Where a form posts to, and what it holds before anybody types.
    #[track_caller]
    fn form(&self, css: &str) -> (String, Vec<(String, String)>) {
        let html = Html::parse_document(&self.html);
        let Some(form) = html.select(&select(css)).next() else {
            panic!("no form {css} at {} ({}):\n{}", self.url, self.status, self.html)
        };
        let action = form.attr("action").unwrap_or(self.url.as_str()).to_owned();
        let fields = form
            .select(&select("input[name]"))
            .filter(|input| match input.attr("type") {
                Some("checkbox" | "radio") => input.attr("checked").is_some(),
                _ => true,
            })
            .map(|input| {
                let text = |name| input.attr(name).unwrap_or_default().to_owned();
                (text("name"), text("value"))
            })
            .collect();
        (action, fields)
    }
}

fn select(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}
