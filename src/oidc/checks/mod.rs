//! The rules of an authorization request. THE TABLE below says which door runs which rule, in order; each
//! rule is one file whose comment lists exactly what it checks.

mod acr;
mod binding_message;
mod claims;
mod dpop_jkt;
mod client_notification_token;
mod hint;
mod id_token_hint;
mod login_hint;
mod matter;
mod max_age;
mod nonce;
mod pkce;
mod prompt;
mod redirect_uri;
mod request_object;
mod requested_expiry;
mod response_mode;
mod response_type;
mod scope;
mod size;
mod user_code;

pub use redirect_uri::registered as registered_redirect_uri;
pub(in crate::oidc) use scope::allowed_to;

use super::OAuthError;
use super::id_token::Hint;
use crate::app::App;
use crate::ask::{Ask, Hinted, Prompts, Way};
use crate::base::{AuthenticationLevel, Moment, Scopes, Secret, TrustLevel};
use crate::client::Client;
use crate::grant::ClaimsRequest;
use crate::http::Params;

/// The doors by which an authorization request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The front channel (RFC 6749 section 3.1).
    Authorize,
    /// A device that shows a code (RFC 8628 section 3.1).
    Device,
    /// A client that names the person (OpenID CIBA section 7.1).
    BackChannel,
}

/// What a rule looks at.
pub struct Request<'a> {
    pub app: &'a App,
    pub params: &'a Params,
    pub client: &'a Client,
}

/// What the rules make of it, bit by bit.
#[derive(Default)]
pub struct Draft {
    pub code_challenge: String,
    pub dpop_jkt: Option<String>,
    pub nonce: Option<String>,
    pub scopes: Scopes,
    pub claims: ClaimsRequest,
    pub prompts: Prompts,
    pub max_age: Option<u64>,
    pub min_aal: Option<AuthenticationLevel>,
    pub min_trust: Option<TrustLevel>,
    pub login_hint: Option<String>,
    /// The `id_token_hint`; whose accounts it names, the caller looks up.
    pub hint: Option<Hint>,
    pub binding_message: Option<String>,
    pub matter: Option<String>,
    /// Seconds.
    pub requested_expiry: Option<u64>,
    pub notification_token: Option<Secret>,
}

impl Draft {
    /// The Ask that has passed. Whom a hint names the caller has looked up.
    pub fn ask(self, client: &Client, way: Way, hinted: Option<Hinted>, now: Moment) -> Ask {
        Ask {
            claims: self.claims,
            prompts: self.prompts,
            max_age: self.max_age,
            min_aal: self.min_aal,
            min_trust: self.min_trust,
            hinted,
            login_hint: self.login_hint,
            ..Ask::plain(client, way, self.scopes, now)
        }
    }
}

type Check = fn(&Request<'_>, &mut Draft) -> Result<(), OAuthError>;

struct Rule {
    check: Check,
    doors: &'static [Door],
}

const fn rule(check: Check, doors: &'static [Door]) -> Rule {
    Rule { check, doors }
}

const FRONT: &[Door] = &[Door::Authorize];
const DEVICE: &[Door] = &[Door::Device];
const BACK: &[Door] = &[Door::BackChannel];
const ALL: &[Door] = &[Door::Authorize, Door::Device, Door::BackChannel];

/// THE TABLE. Client and redirect URI come before it: they decide where a refusal goes.
const TABLE: &[Rule] = &[
    rule(size::check, ALL),
    rule(request_object::check, ALL),
    rule(response_type::check, FRONT),
    rule(response_mode::check, FRONT),
    rule(scope::check, &[Door::Authorize, Door::BackChannel]),
    rule(scope::check_plain, DEVICE),
    rule(pkce::check, FRONT),
    rule(dpop_jkt::check, FRONT),
    rule(nonce::check, FRONT),
    rule(prompt::check, FRONT),
    rule(max_age::check, ALL),
    rule(claims::check, ALL),
    rule(acr::check, ALL),
    rule(login_hint::check, FRONT),
    rule(hint::check, BACK),
    rule(id_token_hint::check, &[Door::Authorize, Door::BackChannel]),
    rule(user_code::check, BACK),
    rule(binding_message::check, BACK),
    rule(matter::check, &[Door::Device, Door::BackChannel]),
    rule(requested_expiry::check, BACK),
    rule(client_notification_token::check, BACK),
];

pub fn run(door: Door, request: &Request<'_>) -> Result<Draft, OAuthError> {
    let mut draft = Draft::default();
    for rule in TABLE.iter().filter(|rule| rule.doors.contains(&door)) {
        (rule.check)(request, &mut draft)?;
    }
    Ok(draft)
}

/// What a person reads as it is: one line, without signs that change what stands beside it. `None` if it is
/// more than that.
fn line(text: &str, longest: usize) -> Option<String> {
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= longest && text.chars().all(plain)).then(|| text.to_owned())
}
