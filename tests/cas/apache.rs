//! Apache with `mod_auth_cas`, the client that many old systems stand behind: it signs a person in before a page of
//! its own, and lets go of them when Yihao says so.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::json;
use tempfile::TempDir;
use yihao::duties::Courier;

use super::service::Service;
use super::{sign_in, sign_out};
use crate::support::{Browser, House, http};

const MODULES: &str = "/usr/lib/apache2/modules";

struct Apache {
    process: Child,
    origin: String,
    _directory: TempDir,
}

impl Apache {
    async fn start(house: &House, port: u16) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let at = directory.path();
        for folder in ["htdocs", "cookies"] {
            std::fs::create_dir(at.join(folder)).expect("a folder");
        }
        std::fs::write(at.join("htdocs/index.html"), "the old system").expect("a page");
        std::fs::write(at.join("httpd.conf"), configuration(at, &house.base, port)).expect("a configuration");
        let mut process = Command::new("/usr/sbin/apache2")
            .args(["-DFOREGROUND", "-f"])
            .arg(at.join("httpd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Apache runs; the package libapache2-mod-auth-cas must be installed");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        for _ in 0..1000 {
            if std::net::TcpStream::connect(address).is_ok() {
                return Self { process, origin: format!("http://localhost:{port}"), _directory: directory };
            }
            if process.try_wait().expect("its state").is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let log = std::fs::read_to_string(at.join("error.log")).unwrap_or_default();
        let _ = process.kill();
        panic!("Apache does not serve: {log}");
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn configuration(at: &Path, yihao: &str, port: u16) -> String {
    let at = at.display();
    let module = |name: &str| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n");
    let modules: String =
        ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "dir", "auth_cas"]
            .map(module)
            .concat();
    format!(
        "ServerRoot {at}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {at}/pid\nErrorLog {at}/error.log\n\
         {modules}DocumentRoot {at}/htdocs\nDirectoryIndex index.html\n\
         CASVersion 2\nCASLoginURL {yihao}/cas/login\nCASValidateURL {yihao}/cas/p3/serviceValidate\n\
         CASCookiePath {at}/cookies/\nCASSSOEnabled On\nCASRootProxiedAs http://localhost:{port}\n\
         <Location />\nAuthType CAS\nRequire valid-user\nHeader always set X-User \"expr=%{{REMOTE_USER}}\"\n</Location>\n"
    )
}

#[tokio::test]
async fn an_old_system_behind_apache() {
    let free =
        TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
    let origin = format!("http://localhost:{free}");
    let house = House::open_with(|config| config.outbound.allow = vec![origin.clone()]).await;
    let person = house.person().await;
    Service::register_at(&house, &format!("{origin}/"), json!({ "client_name": "老系统" })).await;
    let apache = Apache::start(&house, free).await;
    let page = format!("{}/index.html", apache.origin);

    // Apache sends the person to Yihao, and takes the ticket that they bring back.
    let sent = http().get(&page).send().await.expect("an answer");
    let to = sent.headers()[LOCATION].to_str().expect("ASCII").to_owned();
    assert!(to.starts_with(&house.at("/cas/login")), "{to}");
    let mut browser = Browser::new(&house);
    browser.open(&to).await.is_at("/sign-in").sees("老系统");
    let back = sign_in(&mut browser, &person).await.left_for().clone();
    let entered = http().get(back).send().await.expect("an answer");
    let cookie = entered.headers()[SET_COOKIE].to_str().expect("ASCII").split(';').next().unwrap().to_owned();
    let look = || async { http().get(&page).header(COOKIE, &cookie).send().await.expect("an answer") };
    let inside = look().await;
    assert!(inside.status().is_success(), "{}", inside.status());
    assert_eq!(inside.headers()["x-user"].len(), 36, "the subject");
    assert_eq!(inside.text().await.expect("a page"), "the old system");

    sign_out(&mut browser).await;
    Courier::new(house.app.clone()).deliver_due().await.expect("storage answers");
    let outside = look().await;
    assert!(outside.status().is_redirection(), "Apache has let go of them: {}", outside.status());
}
