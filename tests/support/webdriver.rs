//! A real browser: headless Chromium behind `chromedriver`, as much of W3C WebDriver as the stories need.
//! Each browser has a driver, a profile and an authenticator of its own; they end when it is dropped. A
//! machine without Chromium fails the test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a page may take to show what a story waits for.
const PATIENCE: Duration = Duration::from_secs(20);
/// WebDriver's name for the reference of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Chromium {
    http: reqwest::Client,
    /// The session's address.
    session: String,
    driver: Child,
    _profile: TempDir,
}

/// What differs from one person's browser to another's.
#[derive(Clone, Copy)]
pub struct Settings {
    pub script: bool,
    /// Width and height of the window, in CSS pixels.
    pub window: (u32, u32),
}

/// A device that holds passkeys.
pub struct Authenticator(String);

impl Default for Settings {
    fn default() -> Self {
        Self { script: true, window: (1280, 900) }
    }
}

impl Chromium {
    pub async fn open(settings: Settings) -> Self {
        let profile = TempDir::new().expect("a temporary directory");
        let (driver, port) = start_driver();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        let session = format!("http://127.0.0.1:{port}/session");
        // From here on a failure ends the driver, too.
        let mut chromium = Self { http: http.expect("a client"), session, driver, _profile: profile };
        let profile = chromium._profile.path().display().to_string();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options(settings, &profile),
        }}});
        let answer = chromium.call(Method::POST, "", Some(wanted)).await;
        let answer = answer.unwrap_or_else(|e| panic!("Chromium did not start: is it installed? {e}"));
        chromium.session = format!("{}/{}", chromium.session, answer["sessionId"].as_str().expect("an id"));
        let (width, height) = settings.window;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        chromium.devtools("Emulation.setDeviceMetricsOverride", size).await;
        chromium
    }

    pub async fn go(&self, url: &str) {
        self.must(Method::POST, "/url", Some(json!({ "url": url }))).await;
    }

    /// The browser's own way back.
    pub async fn back(&self) {
        self.must(Method::POST, "/back", Some(json!({}))).await;
    }

    pub async fn url(&self) -> String {
        self.must(Method::GET, "/url", None).await.as_str().expect("an address").to_owned()
    }

    /// What a person reads in the first element of this selector, once it is there.
    pub async fn text(&self, css: &str) -> String {
        let told = self.on(css, Method::GET, "/text", None).await;
        told.as_str().expect("text").to_owned()
    }

    pub async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let value = self.on(css, Method::GET, &format!("/attribute/{name}"), None).await;
        value.as_str().map(str::to_owned)
    }

    /// Presses it as a person would: it must be there, in sight and not covered.
    pub async fn click(&self, css: &str) {
        self.on(css, Method::POST, "/click", Some(json!({}))).await;
    }

    /// Types into a field, in place of what stood there.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.on(css, Method::POST, "/clear", Some(json!({}))).await;
        self.on(css, Method::POST, "/value", Some(json!({ "text": text }))).await;
    }

    /// Runs it as a script of the page; the answer, once it is there.
    pub async fn run(&self, script: &str) -> Value {
        self.must(Method::POST, "/execute/sync", Some(json!({"script": script, "args": []}))).await
    }

    /// Waits until it is there.
    pub async fn see(&self, css: &str) {
        self.on(css, Method::GET, "/name", None).await;
    }

    /// Waits until the address begins with this.
    pub async fn arrive(&self, url: &str) {
        let begun = Instant::now();
        while !self.url().await.starts_with(url) {
            assert!(begun.elapsed() < PATIENCE, "never came to {url}: {}", self.whereabouts().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// This tab's handle.
    pub async fn tab(&self) -> String {
        self.must(Method::GET, "/window", None).await.as_str().expect("a handle").to_owned()
    }

    /// Opens another tab and looks at it.
    pub async fn open_tab(&self) -> String {
        let tab = self.must(Method::POST, "/window/new", Some(json!({"type": "tab"}))).await;
        let handle = tab["handle"].as_str().expect("a handle").to_owned();
        self.look_at(&handle).await;
        handle
    }

    pub async fn look_at(&self, tab: &str) {
        self.must(Method::POST, "/window", Some(json!({ "handle": tab }))).await;
    }

    /// A device that makes passkeys and answers by itself, as with a finger laid on at once.
    pub async fn add_authenticator(&self) -> Authenticator {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
        });
        let id = self.must(Method::POST, "/webauthn/authenticator", Some(device)).await;
        Authenticator(id.as_str().expect("an id").to_owned())
    }

    /// Whether the device knows its owner: while it does not, nobody signs in with it.
    pub async fn let_recognise(&self, Authenticator(id): &Authenticator, owner: bool) {
        let path = format!("/webauthn/authenticator/{id}/uv");
        self.must(Method::POST, &path, Some(json!({ "isUserVerified": owner }))).await;
    }

    /// Takes the device away, with what it held.
    pub async fn take_away(&self, Authenticator(id): Authenticator) -> Vec<Value> {
        let held = self.must(Method::GET, &format!("/webauthn/authenticator/{id}/credentials"), None).await;
        self.must(Method::DELETE, &format!("/webauthn/authenticator/{id}"), None).await;
        held.as_array().cloned().unwrap_or_default()
    }

    /// Another's device, with what it holds, at this browser.
    pub async fn lend(&self, held: &[Value]) -> Authenticator {
        let Authenticator(id) = self.add_authenticator().await;
        for credential in held {
            let path = format!("/webauthn/authenticator/{id}/credential");
            self.must(Method::POST, &path, Some(credential.clone())).await;
        }
        Authenticator(id)
    }

    /// Stores the whole page as `target/pictures/NAME.png`. Nothing may stick out at its side.
    pub async fn picture(&self, name: &str) {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let size = &metrics["cssContentSize"];
        let width = &metrics["cssLayoutViewport"]["clientWidth"];
        assert!(size["width"].as_f64() <= width.as_f64(), "{name} is wider than the window");
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.devtools("Page.captureScreenshot", wanted).await;
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64");
        let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&directory).expect("a directory for pictures");
        std::fs::write(directory.join(format!("{name}.png")), bytes).expect("the picture can be kept");
    }

    /// The same as it comes out of a printer.
    pub async fn picture_on_paper(&self, name: &str) {
        self.devtools("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
        self.picture(name).await;
        self.devtools("Emulation.setEmulatedMedia", json!({"media": ""})).await;
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, params: Value) -> Value {
        self.must(Method::POST, "/goog/cdp/execute", Some(json!({"cmd": method, "params": params}))).await
    }

    /// Does it to the element, as soon as that works: pages take their time to come.
    async fn on(&self, css: &str, method: Method, action: &str, body: Option<Value>) -> Value {
        let begun = Instant::now();
        loop {
            let done = match self.find(css).await {
                Ok(element) => {
                    let path = format!("/element/{element}{action}");
                    self.call(method.clone(), &path, body.clone()).await
                }
                Err(missing) => Err(missing),
            };
            match done {
                Ok(value) => return value,
                Err(why) if begun.elapsed() > PATIENCE => {
                    panic!("{action} on `{css}`: {why}\n{}", self.whereabouts().await)
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Clicks, unless the page has gone on by itself: the identifier's field offers the passkey too, and may be
    /// quicker than the button.
    pub async fn click_unless_gone(&self, css: &str) {
        let begun = Instant::now();
        while let Ok(element) = self.find(css).await {
            if self.call(Method::POST, &format!("/element/{element}/click"), Some(json!({}))).await.is_ok() {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{css} stays and cannot be clicked: {}",
                self.whereabouts().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn find(&self, css: &str) -> Result<String, String> {
        let wanted = json!({"using": "css selector", "value": css});
        let found = self.call(Method::POST, "/element", Some(wanted)).await?;
        found[ELEMENT].as_str().map(str::to_owned).ok_or_else(|| found.to_string())
    }

    /// Where the browser stands and what it shows, for whoever reads of a failure.
    async fn whereabouts(&self) -> String {
        let url = self.call(Method::GET, "/url", None).await.unwrap_or_default();
        let source = self.call(Method::GET, "/source", None).await.unwrap_or_default();
        format!("at {url}: {}", source.as_str().unwrap_or_default())
    }

    async fn must(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let done = self.call(method, path, body).await;
        done.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|e| e.to_string())?;
        let good = answer.status().is_success();
        let mut answer: Value = answer.json().await.map_err(|e| e.to_string())?;
        let value = answer["value"].take();
        if good { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to end, the driver ends its browser; killed, it would leave it behind.
        let id = self.driver.id().to_string();
        let _ = Command::new("kill").arg(id).status();
        let _ = self.driver.wait();
        // A driver that was too busy to do so has left it: nothing else on the machine has this profile.
        let profile = format!("user-data-dir={}", self._profile.path().display());
        let _ = Command::new("pkill").args(["-KILL", "-f", &profile]).status();
    }
}

/// A `chromedriver` on a free port of its own choice. It wants the same port on IPv4 and IPv6, chooses by
/// one of them, and ends where another test has just taken the other: then it may choose again.
fn start_driver() -> (Child, u16) {
    (0..5).find_map(|_| try_driver()).expect("chromedriver says its port")
}

fn try_driver() -> Option<(Child, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().unwrap_or_else(|e| {
        panic!("chromedriver did not start ({e}): install the packages chromium and chromium-driver")
    });
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let port = lines.by_ref().find_map(|line| {
        let line = line.ok()?;
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    let Some(port) = port else {
        // Its output has ended, and so has it, or does now.
        let _ = driver.wait();
        return None;
    };
    // What it says later is read, too: a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

fn options(settings: Settings, profile: &str) -> Value {
    let (width, height) = settings.window;
    let mut flags = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--no-first-run".to_owned(),
        "--lang=zh-CN".to_owned(),
        format!("--user-data-dir={profile}"),
        format!("--window-size={width},{height}"),
    ];
    if is_root() {
        // Chromium refuses its own sandbox to root, as whom containers run tests.
        flags.push("--no-sandbox".to_owned());
    }
    let mut preferences = json!({"intl.accept_languages": "zh-CN"});
    if !settings.script {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    json!({"args": flags, "prefs": preferences})
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` is on every machine");
    id.stdout.trim_ascii() == b"0"
}
