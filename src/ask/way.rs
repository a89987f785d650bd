//! How the answer to an Ask gets to the client: by the browser that asked, or by another screen.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Ask;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The browser that asked carries a code (RFC 6749 section 4.1.2).
    Redirect(Redirect),
    /// The client waits for it at a screen that is not the person's own (RFC 8628, OpenID CIBA).
    Elsewhere(Elsewhere),
    /// The browser that asked carries a ticket (CAS Protocol 3.0 section 2.2.4).
    Cas(Cas),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cas {
    /// As it was named; the ticket is good for exactly this.
    pub service: String,
    /// The browser that asked: nobody else's may answer.
    pub browser: Uuid,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Redirect {
    /// Registered by the client.
    pub redirect_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// PKCE, S256 (RFC 7636 section 4.2).
    pub code_challenge: String,
    /// The key that the tokens will be bound to, if it was named beforehand (RFC 9449 section 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// The browser that asked: nobody else's may answer.
    pub browser: Uuid,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// What waits for the answer: [`super::elsewhere::Request`].
    pub request: Uuid,
    /// The person has seen who asks, from where and for what, and has allowed it.
    #[serde(default)]
    pub confirmed: bool,
    /// Allowing it wants a fresh proof by the best the person has: whoever holds an open phone is not enough.
    #[serde(default)]
    pub prove_again: bool,
    /// The browser in which the person looks at it; none while it waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Uuid>,
}

impl Ask {
    /// The browser that may answer it; none while a request of another screen waits for one.
    pub const fn browser(&self) -> Option<Uuid> {
        match &self.way {
            Way::Redirect(way) => Some(way.browser),
            Way::Elsewhere(way) => way.browser,
            Way::Cas(way) => Some(way.browser),
        }
    }

    pub fn is_for(&self, browser: Uuid) -> bool {
        self.browser() == Some(browser)
    }

    /// The address of the relying system that the browser goes on to in the end.
    pub fn leads_to(&self) -> Option<&str> {
        match &self.way {
            Way::Redirect(way) => Some(&way.redirect_uri),
            Way::Elsewhere(_) => None,
            Way::Cas(way) => Some(&way.service),
        }
    }

    pub const fn redirect(&self) -> Option<&Redirect> {
        match &self.way {
            Way::Redirect(way) => Some(way),
            Way::Elsewhere(_) | Way::Cas(_) => None,
        }
    }

    pub const fn elsewhere(&self) -> Option<&Elsewhere> {
        match &self.way {
            Way::Redirect(_) | Way::Cas(_) => None,
            Way::Elsewhere(way) => Some(way),
        }
    }

    pub const fn elsewhere_mut(&mut self) -> Option<&mut Elsewhere> {
        match &mut self.way {
            Way::Redirect(_) | Way::Cas(_) => None,
            Way::Elsewhere(way) => Some(way),
        }
    }
}
