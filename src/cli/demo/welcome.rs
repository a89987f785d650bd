//! What the demo says when it runs: where to go, as whom.

use std::path::Path;

use super::super::print::padded;
use super::clients::APP;
use super::counter::CLERKS;
use super::kiosk;
use super::legacy;
use super::organizations;
use super::people::{self, PASSWORD, Someone};
use super::ports::Ports;
use super::programs::Programs;
use crate::base::PersonName;

pub fn text(issuer: &str, data: &Path, ports: &Ports, programs: &Programs) -> String {
    let mut lines = vec![String::new(), "Open in a browser".to_owned()];
    let mut place = |what: &str, address: String| lines.push(format!("  {address:<34}{what}"));
    if programs.is_running("hall") {
        place("网上办事大厅, a web system", format!("http://localhost:{}", ports.hall));
    }
    if programs.is_running("certificates") {
        place("电子证照, another: no second sign-in", format!("http://localhost:{}", ports.certificates));
    }
    if programs.is_running("phone") {
        place("a phone, with two apps", format!("http://127.0.0.1:{}", ports.phone));
    }
    if programs.is_running("counter") {
        place("办事窗口, a clerk's desk", format!("http://localhost:{}", ports.counter));
    }
    if programs.is_running("kiosk") {
        place("a kiosk, full-screen in a hall", format!("http://localhost:{}", ports.kiosk));
    }
    if programs.is_running("ukey") {
        let address = format!("http://localhost:{}/station", ports.ukey);
        place("U 盾插口, certificates and licences", address);
    }
    place("Yihao itself", issuer.to_owned());
    place("工作台, for operators", format!("{issuer}/console"));
    place("messages to phones", sms(ports, programs));
    place("metrics", format!("http://127.0.0.1:{}/metrics", ports.internal));
    lines.push(String::new());
    lines.push(format!("Sign in (password {PASSWORD})"));
    for (n, what) in [
        (0, "level 3: matched with the registers"),
        (5, "level 4: proven"),
        (9, "level 2: too low for licences"),
    ] {
        if let Some(someone) = people::someone(n) {
            lines.push(format!("  {}  {}  {what}", someone.number.as_str(), shown(&someone.name)));
        }
    }
    if let Some(Someone { phone, name, .. }) = people::someone(1) {
        lines.push(format!("  {:<18}  {}  by phone", phone.national(), shown(&name)));
    }
    if let Some(Someone { user_name: Some(user_name), name, .. }) = people::someone(2) {
        lines.push(format!("  {user_name:<18}  {}  by user name", shown(&name)));
    }
    for (n, what) in [
        (organizations::REPRESENTATIVE, "represents an enterprise: sign in for it"),
        (organizations::HANDLER, "its handler"),
    ] {
        if let Some(someone) = people::someone(n) {
            lines.push(format!("  {}  {}  {what}", someone.number.as_str(), shown(&someone.name)));
        }
    }
    if let (Some(someone), Some((code, name))) =
        (people::someone(organizations::NEWCOMER), organizations::waiting())
    {
        let number = someone.number.as_str();
        lines.push(format!("  {number}  {}  can add {name}, {}", shown(&someone.name), code.as_str()));
    }
    if let Some(Someone { number, name, .. }) = people::someone(kiosk::CARD_HOLDER) {
        let (number, shown) = (number.as_str(), shown(&name));
        lines.push(format!("  {number}  {shown}  has a card with PIN {} for the kiosk", kiosk::PIN));
    }
    lines.push(format!("  To prove more (level 4), by a simulated face check:  {issuer}/raise"));
    if let Some(Someone { number, name, phone, .. }) = people::newcomer() {
        lines.push(String::new());
        lines.push("Register (in the registers, no account yet)".to_owned());
        lines.push(format!("  {}  {}  phone {}", number.as_str(), shown(&name), phone.national()));
        lines.push(format!("  the code comes to {}", sms(ports, programs)));
    }
    lines.push(String::new());
    if let Some(Someone { name, .. }) = people::someone(legacy::UNCLAIMED) {
        let (user_name, password) = (legacy::user_name(legacy::UNCLAIMED), legacy::OLD_PASSWORD);
        lines.push("With the password of an earlier system (no account here yet)".to_owned());
        lines.push(format!("  {user_name:<18}  {}  password {password}", shown(&name)));
        lines.push(String::new());
    }
    lines.push(format!("Who decides cases (password {PASSWORD}): {}", legacy::DECIDERS.join(", ")));
    lines.push(format!("  at {issuer}/console: the earlier system, its cases, and what was merged"));
    lines.push(format!("Clerks (password {PASSWORD}): {}", CLERKS.map(|(name, _)| name).join(", ")));
    lines.push(format!("  first at {issuer}/console: add the app, then a passkey; it begins the shift"));
    lines.push(String::new());
    lines.push(format!("A native app:  app --issuer {issuer} --client-id {APP}"));
    lines.push(format!("Other commands:  yihao --config {}/yihao.toml …", data.display()));
    for (name, why) in &programs.absent {
        lines.push(format!("Without {name}: {why}"));
    }
    lines.push("End with Ctrl-C.".to_owned());
    lines.join("\n")
}

fn shown(name: &PersonName) -> String {
    padded(name.as_str(), 8)
}

/// The registers' simulator shows messages as a page; the internal port has them in any case.
fn sms(ports: &Ports, programs: &Programs) -> String {
    let port = if programs.is_running("registers") { ports.registers } else { ports.internal };
    format!("http://127.0.0.1:{port}/sms")
}
