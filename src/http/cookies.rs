//! The cookies: the session's, the operator's and the browser's. All are tickets; none says anything by itself.

use axum::http::{HeaderMap, HeaderValue, header};
use uuid::Uuid;

use crate::app::App;
use crate::base::Channel;
use crate::crypto::{Ticket, TicketKind, Unopenable};

/// What a browser is recognised by: made on its first visit to a page, kept as long as browsers let us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser {
    pub id: Uuid,
    /// The browser does not have the cookie yet: set it with the answer.
    pub is_new: bool,
}

/// The cookie that remembers the large print.
pub const PRINT_COOKIE: &str = "yihao_print";

/// Chromium keeps no cookie longer than 400 days.
const BROWSER_LIFE: u32 = 400 * 24 * 3600;

/// The cookies of a request.
pub struct Cookies<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
}

impl<'a> Cookies<'a> {
    pub fn of(app: &'a App, headers: &'a HeaderMap) -> Self {
        Self { app, headers }
    }

    /// The session the browser says it has; whether it is alive, the session's row knows.
    pub fn session(&self) -> Option<Uuid> {
        self.ticket("session", TicketKind::Session).map(|ticket| ticket.id)
    }

    /// The operator's session the browser says it has.
    pub fn operator(&self) -> Option<Uuid> {
        self.ticket("operator", TicketKind::Operator).map(|ticket| ticket.id)
    }

    pub fn browser(&self) -> Browser {
        match self.ticket("browser", TicketKind::Browser) {
            Some(ticket) => Browser { id: ticket.id, is_new: false },
            None => Browser { id: self.app.chance.id(), is_new: true },
        }
    }

    /// The code that was read here and waits for an answer.
    pub fn scanned(&self) -> Option<Uuid> {
        self.plain(&full_name(self.app, "scanned"))?.parse().ok()
    }

    /// A plain cookie, such as a preference.
    pub fn plain(&self, name: &str) -> Option<&'a str> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    fn ticket(&self, name: &str, kind: TicketKind) -> Option<Ticket> {
        let text = self.plain(&full_name(self.app, name))?;
        Ticket::read(&self.app.keys.data(), kind, text).ok()
    }
}

/// `Set-Cookie` for a session that begins in a channel.
pub fn set_session(app: &App, session: Uuid, channel: Channel) -> Result<HeaderValue, Unopenable> {
    let ticket = Ticket::of(session).write(&app.keys.data(), TicketKind::Session)?;
    let life = u32::try_from(app.config.session_life(channel).as_secs()).unwrap_or(u32::MAX);
    Ok(set(app, "session", &ticket, app.config.channel.of(channel).keep_cookie.then_some(life)))
}

/// `Set-Cookie` for an operator's session that begins.
pub fn set_operator(app: &App, session: Uuid) -> Result<HeaderValue, Unopenable> {
    let ticket = Ticket::of(session).write(&app.keys.data(), TicketKind::Operator)?;
    Ok(set(app, "operator", &ticket, None))
}

/// `Set-Cookie` for an operator's session that has ended.
pub fn clear_operator(app: &App) -> HeaderValue {
    set(app, "operator", "", Some(0))
}

/// `Set-Cookie` for a session that has ended.
pub fn clear_session(app: &App) -> HeaderValue {
    set(app, "session", "", Some(0))
}

pub fn set_browser(app: &App, browser: Browser) -> Result<HeaderValue, Unopenable> {
    let ticket = Ticket::of(browser.id).write(&app.keys.data(), TicketKind::Browser)?;
    Ok(set(app, "browser", &ticket, Some(BROWSER_LIFE)))
}

/// `Set-Cookie` for a preference (language, large print): no secret, but nobody else's business either.
pub fn set_preference(app: &App, name: &str, value: &str) -> HeaderValue {
    set_named(app, name, value, Some(BROWSER_LIFE))
}

/// `Set-Cookie` for a code that the phone has read before anybody was signed in on it; `None`: it has been
/// answered.
pub fn set_scanned(app: &App, code: Option<Uuid>) -> HeaderValue {
    let (value, age) = match code {
        Some(code) => (code.to_string(), 180),
        None => (String::new(), 0),
    };
    set(app, "scanned", &value, Some(age))
}

fn set(app: &App, name: &str, value: &str, max_age: Option<u32>) -> HeaderValue {
    set_named(app, &full_name(app, name), value, max_age)
}

fn set_named(app: &App, name: &str, value: &str, max_age: Option<u32>) -> HeaderValue {
    let secure = if is_https(app) { "; Secure" } else { "" };
    let age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    // Lax: a relying system's link or redirect brings the cookie, a form on another site does not.
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `__Host-` where the browser honours it: no other host and no plain-http page can set it.
fn full_name(app: &App, name: &str) -> String {
    format!("{}yihao_{name}", if is_https(app) { "__Host-" } else { "" })
}

fn is_https(app: &App) -> bool {
    app.config.server.issuer.scheme() == "https"
}
