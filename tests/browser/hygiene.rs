//! What a kiosk leaves for the next person: nothing, however the turn ends. The lines of the list in `docs/KIOSK.md`
//! that a browser can prove.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::demo::{Demo, Someone};
use super::kiosk::{CARD_HOLDER, PIN, SCREEN, part, types};
use crate::support::webdriver::{Chromium, Settings};

/// A machine with an idle time of its own, beside the demo's, by the same terminal's key.
struct Machine {
    program: Child,
    url: String,
}

impl Machine {
    fn start(demo: &Demo, idle: u64) -> Self {
        let terminals = demo.command(&["terminal", "list"]);
        let terminals = terminals.as_array().expect("a list").iter();
        let kiosk = terminals.clone().find(|one| one["kind"] == "kiosk").expect("the demo's kiosk");
        let program = Path::new(env!("CARGO_BIN_EXE_yihao")).with_file_name("kiosk");
        let mut program = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--client-id", "demo-kiosk", "--issuer", &demo.issuer()])
            .args(["--terminal-id", kiosk["terminal_id"].as_str().expect("an id")])
            .args(["--idle", &idle.to_string(), "--licences", &demo.licences()])
            .arg("--key")
            .arg(demo.file("kiosk.key"))
            .arg("--reader-key")
            .arg(demo.file("reader.key"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the kiosk's program starts");
        let mut line = String::new();
        BufReader::new(program.stdout.take().expect("its output")).read_line(&mut line).expect("text");
        let url = line.trim_end().strip_prefix("ready ").expect("it serves").to_owned();
        Self { program, url }
    }

    async fn card(&self, who: Option<&Someone>) {
        let reader = format!("{}/simulator/card", self.url);
        let http = reqwest::Client::new();
        let request = match who {
            Some(who) => http.post(reader).json(&json!({ "number": who.number, "name": who.name })),
            None => http.delete(reader),
        };
        assert_eq!(request.header("x-kiosk", "1").send().await.expect("an answer").status(), 204);
    }

    /// Somebody signs in with their card and takes it.
    async fn is_used_by(&self, kiosk: &Chromium, who: &Someone) {
        kiosk.go(&self.url).await;
        kiosk.see(&part("free")).await;
        self.card(Some(who)).await;
        kiosk.click("#by-card").await;
        kiosk.see(&part("pin")).await;
        types(kiosk, PIN).await;
        kiosk.see(&part("signed_in")).await;
        self.card(None).await;
    }

    fn ends(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.ends();
    }
}

async fn shows_nobody(kiosk: &Chromium, who: &Someone) {
    kiosk.see(&part("free")).await;
    let page = kiosk.run("return document.documentElement.outerHTML").await.to_string();
    assert!(!page.contains(&who.name) && !page.contains("licence-"), "{page}");
    assert_eq!(kiosk.run("return document.querySelectorAll('#licences li').length").await, 0);
}

#[tokio::test]
async fn who_walks_away_and_what_breaks_leave_nothing_on_the_screen() {
    let demo = Demo::start().await;
    let who = demo.person(CARD_HOLDER);
    let mut machine = Machine::start(&demo, 10);
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;

    // Nobody touches it: the time that is left is counted down, then all is gone.
    machine.is_used_by(&kiosk, &who).await;
    assert!(kiosk.text("#left").await.contains("剩余"));
    shows_nobody(&kiosk, &who).await;
    assert!(kiosk.text("#notice").await.contains("久未操作"));
    kiosk.picture("kiosk-idle").await;

    // The provider neither answers nor refuses: the machine does not wait for it.
    machine.is_used_by(&kiosk, &who).await;
    let silence = demo.falls_silent();
    shows_nobody(&kiosk, &who).await;
    drop(silence);

    // The back end is gone: the page wipes itself.
    machine.is_used_by(&kiosk, &who).await;
    machine.ends();
    shows_nobody(&kiosk, &who).await;
    assert!(kiosk.text("#notice").await.contains("暂时无法连接"));
    assert_eq!(kiosk.text("#left").await, "");
    kiosk.picture("kiosk-no-contact").await;
}

#[tokio::test]
async fn what_the_browser_never_has_cannot_be_left_in_it() {
    let demo = Demo::start().await;
    let who = demo.person(CARD_HOLDER);
    let machine = Machine::start(&demo, 60);
    let kiosk = Chromium::open(Settings { window: SCREEN, ..Settings::default() }).await;
    let allowed =
        json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": machine.url });
    kiosk.devtools("Browser.grantPermissions", allowed).await;
    kiosk.devtools("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
    kiosk.go(&machine.url).await;
    let history = kiosk.run("return history.length").await;
    machine.is_used_by(&kiosk, &who).await;

    // Neither token nor number is in what the page is told, and nothing of it may be kept.
    for path in ["/", "/state", "/kiosk.js", "/kiosk.css"] {
        let answer = reqwest::get(format!("{}{path}", machine.url)).await.expect("an answer");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        if path == "/" {
            assert_eq!(answer.headers()["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
        }
        let text = answer.text().await.expect("text");
        assert!(!text.contains("eyJ") && !text.contains(&who.number), "{path}: {text}");
    }
    assert_eq!(kiosk.run("return caches.keys().then(keys => keys.length)").await, 0);
    // Nothing leads away, nothing is handed over as a file.
    assert_eq!(
        kiosk.run("return document.querySelectorAll('a, form, iframe, object, embed').length").await,
        0
    );
    // Nothing can be selected, copied or dragged out, and a print is empty.
    let select = "getSelection().selectAllChildren(document.body); return getSelection().toString()";
    assert_eq!(kiosk.run(select).await, "");
    for event in ["copy", "cut", "contextmenu", "dragstart"] {
        let kept = format!(
            "return document.body.dispatchEvent(new Event('{event}', {{ bubbles: true, cancelable: true }}))"
        );
        assert_eq!(kiosk.run(&kept).await, false, "{event}");
    }
    kiosk.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    assert_eq!(kiosk.run("return getComputedStyle(document.body).display").await, "none");
    kiosk.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    // What a service put into the clipboard is not there for the next.
    kiosk.run("return navigator.clipboard.writeText('4711')").await;
    kiosk.click(&format!("{} .end", part("signed_in"))).await;
    shows_nobody(&kiosk, &who).await;
    assert_eq!(kiosk.run("return navigator.clipboard.readText()").await, "");

    // The way back was never lengthened, and leads to nobody.
    assert_eq!(kiosk.run("return history.length").await, history);
    kiosk.go("about:blank").await;
    kiosk.back().await;
    shows_nobody(&kiosk, &who).await;

    // A card that is taken while the PIN is typed takes the digits along.
    machine.card(Some(&who)).await;
    kiosk.click("#by-card").await;
    kiosk.see(&part("pin")).await;
    types(&kiosk, &PIN[..3]).await;
    machine.card(None).await;
    kiosk.see(&part("free")).await;
    assert!(kiosk.text("#notice").await.contains("身份证已取走"));
    machine.card(Some(&who)).await;
    kiosk.click("#by-card").await;
    kiosk.see(&part("pin")).await;
    assert_eq!(kiosk.attribute("#dots", "aria-label").await.as_deref(), Some("已输入0位"));
}
