//! The hall's own sessions: in memory, found by a random cookie. The provider's tokens stay on this side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use clients_example::logout_token::LoggedOut;
use clients_example::relying_party::{Attempt, SignedIn, UserInfo};
use openidconnect::CsrfToken;

const IDLE: Duration = Duration::from_secs(30 * 60);
const MOST_VISITORS: usize = 10_000;
/// A person may open a few tabs; who opens more loses the oldest attempt.
const MOST_ATTEMPTS: usize = 8;

pub struct Sessions {
    cookie: String,
    visitors: Mutex<HashMap<String, Visitor>>,
}

struct Visitor {
    seen: Instant,
    attempts: Vec<Attempt>,
    person: Option<Arc<Person>>,
    /// The `state` of a sign-out that is under way at the provider.
    leaving: Option<CsrfToken>,
}

/// Who has signed in. Userinfo is asked for once: the access token that opens it is gone in minutes.
pub struct Person {
    pub signed_in: SignedIn,
    /// None if the provider gave none.
    pub userinfo: Option<UserInfo>,
}

impl Person {
    /// A session id names one sign-in. Without one the subject names all of a person's.
    fn is_of(&self, ended: &LoggedOut) -> bool {
        let claims = &self.signed_in.claims;
        match (&ended.sid, &ended.sub) {
            (Some(sid), _) => claims.additional_claims().sid.as_ref() == Some(sid),
            (None, Some(sub)) => claims.subject().as_str() == sub,
            (None, None) => false,
        }
    }
}

/// The `Set-Cookie` header to answer with.
pub type SetCookie = [(header::HeaderName, String); 1];

impl Sessions {
    pub fn new(client_id: &str) -> Self {
        // Cookies ignore the port: two systems on one host need two names.
        let name: String = client_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        Self { cookie: format!("session-{name}"), visitors: Mutex::default() }
    }

    /// Keeps an attempt for this browser, which gets a session if it has none.
    pub fn keep_attempt(&self, headers: &HeaderMap, attempt: Attempt) -> SetCookie {
        let mut visitors = self.awake();
        let id = self.id(headers).filter(|id| visitors.contains_key(*id)).map(str::to_owned);
        let id = id.unwrap_or_else(|| insert(&mut visitors, None));
        if let Some(visitor) = visitors.get_mut(&id) {
            if visitor.attempts.len() == MOST_ATTEMPTS {
                visitor.attempts.remove(0);
            }
            visitor.attempts.push(attempt);
        }
        self.set_cookie(&id)
    }

    /// The attempt with this `state`, once, and only for the browser that made it.
    pub fn take_attempt(&self, headers: &HeaderMap, state: &str) -> Option<Attempt> {
        let mut visitors = self.awake();
        let attempts = &mut visitors.get_mut(self.id(headers)?)?.attempts;
        let place = attempts.iter().position(|attempt| attempt.state.secret() == state)?;
        Some(attempts.remove(place))
    }

    /// A new session under a new id: one that somebody planted before the sign-in is worth nothing after.
    /// What was begun in other tabs goes along: it ends well there, too.
    pub fn sign_in(&self, headers: &HeaderMap, person: Person) -> SetCookie {
        let mut visitors = self.awake();
        let old = self.id(headers).and_then(|id| visitors.remove(id));
        let id = insert(&mut visitors, Some(Arc::new(person)));
        if let Some((new, old)) = visitors.get_mut(&id).zip(old) {
            new.attempts = old.attempts;
        }
        self.set_cookie(&id)
    }

    /// Who this browser belongs to.
    pub fn person(&self, headers: &HeaderMap) -> Option<Arc<Person>> {
        let mut visitors = self.awake();
        let visitor = visitors.get_mut(self.id(headers)?)?;
        visitor.seen = Instant::now();
        visitor.person.clone()
    }

    /// Ends the sign-in here at once, and remembers that the browser went to end it at the provider.
    pub fn sign_out(&self, headers: &HeaderMap, state: CsrfToken) -> Option<Arc<Person>> {
        let mut visitors = self.awake();
        let visitor = visitors.get_mut(self.id(headers)?)?;
        visitor.leaving = Some(state);
        visitor.person.take()
    }

    /// Ends the sign-ins that the provider says are over; how many there were.
    pub fn end(&self, ended: &LoggedOut) -> usize {
        let mut count = 0;
        for visitor in self.awake().values_mut() {
            let is_it = visitor.person.as_ref().is_some_and(|person| person.is_of(ended));
            if is_it {
                visitor.person = None;
                count += 1;
            }
        }
        count
    }

    /// Whether this browser's sign-out is the one that came back.
    pub fn has_left(&self, headers: &HeaderMap, state: &str) -> bool {
        let mut visitors = self.awake();
        let visitor = self.id(headers).and_then(|id| visitors.get_mut(id));
        visitor.and_then(|visitor| visitor.leaving.take()).is_some_and(|leaving| leaving.secret() == state)
    }

    fn id<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.cookie).map(|(_, id)| id)
    }

    fn set_cookie(&self, id: &str) -> SetCookie {
        // Lax: the way back from the provider is a cross-site GET and needs the cookie. Behind TLS add
        // Secure and the prefix `__Host-`.
        [(header::SET_COOKIE, format!("{}={id}; Path=/; HttpOnly; SameSite=Lax", self.cookie))]
    }

    fn awake(&self) -> MutexGuard<'_, HashMap<String, Visitor>> {
        let mut visitors = self.visitors.lock().unwrap_or_else(|broken| broken.into_inner());
        visitors.retain(|_, visitor| visitor.seen.elapsed() < IDLE);
        visitors
    }
}

fn insert(visitors: &mut HashMap<String, Visitor>, person: Option<Arc<Person>>) -> String {
    if visitors.len() >= MOST_VISITORS {
        let longest_idle = visitors.iter().min_by_key(|(_, visitor)| visitor.seen).map(|(id, _)| id.clone());
        longest_idle.and_then(|id| visitors.remove(&id));
    }
    let id = CsrfToken::new_random_len(32).secret().clone();
    let visitor = Visitor { seen: Instant::now(), attempts: Vec::new(), person, leaving: None };
    visitors.insert(id.clone(), visitor);
    id
}
