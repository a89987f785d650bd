//! The stage of the journeys: a whole Yihao behind a listening socket, with stores of its own, a clock moved
//! by hand, registers that are told who is who, and actors that read as stories.

pub mod answer;
pub mod browser;
pub mod certificate;
pub mod chip;
pub mod dpop;
pub mod counter;
pub mod device;
pub mod face;
pub mod home;
pub mod listener;
pub mod machine;
pub mod mariadb;
pub mod network;
pub mod open_id;
pub mod notified;
pub mod operator;
pub mod phone;
pub mod phone_app;
pub mod program;
pub mod redis;
pub mod registers;
pub mod relay;
pub mod relying_party;
pub mod slapd;
pub mod staff;
pub mod valve;
pub mod webdriver;
pub mod window;

use std::net::SocketAddr;
use std::ops::Deref;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use yihao::app::App;
use yihao::base::{Actor, Chance, Clock, Visit};
use yihao::config::Config;

pub use answer::{Answer, claims_of, verified, verified_event};
pub use browser::{Browser, Page};
pub use dpop::ProofKey;
pub use home::Home;
pub use operator::{Person, client_metadata};
pub use phone_app::PhoneApp;
pub use relying_party::{Attempt, Auth, RelyingParty};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);

/// One running Yihao on stores of its own. Everything ends with it.
pub struct House {
    node: Node,
    pub clock: Clock,
    pub registers: registers::Registers,
    pub reader: chip::Reader,
    config: Config,
    pub home: Home,
}

/// One of the nodes on the stores of a house.
pub struct Node {
    pub app: App,
    /// Where this node listens, without a slash at the end; the issuer, for the first one.
    pub base: String,
    server: JoinHandle<()>,
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// `change` has the last word on the configuration.
    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let home = Home::open().await;
        let registers = registers::Registers::start().await;
        let listener = listener().await;
        let mut config = config(&home, &registers);
        config.server.issuer = base(&listener).parse().expect("a URL");
        let readers = home.master_file.with_file_name("readers.json");
        config.chip.readers_file = Some(readers.clone());
        change(&mut config);
        // From the machine's now on: independent readers of our tokens go by the machine's clock.
        let clock = Clock::by_hand(Clock::Machine.now());
        let issuer = base(&listener);
        let reader = chip::Reader::trusted_in(&readers, issuer, clock.clone());
        let node = Node::start(config.clone(), clock.clone(), listener).await;
        Self { node, clock, registers, reader, config, home }
    }

    /// Another node on the same stores, under the same issuer, at an address of its own.
    pub async fn second_node(&self) -> Node {
        Node::start(self.config.clone(), self.clock.clone(), listener().await).await
    }

    pub fn pass(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// A visit of nobody's, for calls past the doors.
    pub fn visit(&self) -> Visit {
        self.app.visit_of(Actor::Cli("test".to_owned()))
    }
}

impl Deref for House {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Node {
    async fn start(config: Config, clock: Clock, listener: TcpListener) -> Self {
        let base = base(&listener);
        let app = App::open(config, clock, Chance::Machine).await.expect("the app opens");
        let router = yihao::server::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { app, base, server }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn config(home: &Home, registers: &registers::Registers) -> Config {
    let mut config = Config::default();
    config.storage.url = home.storage.clone();
    config.transient.url = home.transient.clone();
    config.keys.master_file = home.master_file.clone();
    config.server.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    config.password.memory_kib = 8;
    config.password.passes = 1;
    config.password.workers = 1;
    config.password.answer_after_ms = 20;
    config.registers.url = registers.url();
    // The clock stands: all questions fall into one second.
    config.registers.per_second = u64::MAX;
    config.danger.simulate_registers = true;
    config.danger.simulate_sms = true;
    config
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

/// `localhost`, so that passkeys are offered; [`http`] knows where that is.
fn base(listener: &TcpListener) -> String {
    format!("http://localhost:{}", listener.local_addr().expect("an address").port())
}

/// A client of the kind all actors use: it follows no redirect and keeps no cookie by itself.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve("localhost", SocketAddr::from(([127, 0, 0, 1], 0)))
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client")
}

/// Waits until what is done aside has been done; fails after ten seconds.
pub async fn soon(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited for {what} in vain");
}

/// Says aloud that something cannot be tried on this machine: it stands in the summary of `make test`.
pub fn not_run_here(what: &str) {
    use std::io::Write as _;
    // Not by `eprintln`: what a test prints by that is seen only when it fails.
    let said = writeln!(std::io::stderr(), "not run here: {what}");
    said.expect("standard error is open");
}
