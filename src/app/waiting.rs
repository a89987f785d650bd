//! Clients that let their question wait here until there is an answer (RFC 7240 section 4.3): a bell for each request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use uuid::Uuid;

/// The bells of the requests that somebody waits for on this node.
#[derive(Default)]
pub struct Waiting(Arc<Room>);

#[derive(Default)]
struct Room {
    bells: Mutex<HashMap<Uuid, Arc<Notify>>>,
    is_closed: AtomicBool,
}

/// The place at the bell of one request; given up when it is dropped.
pub struct Place {
    room: Arc<Room>,
    request: Uuid,
    bell: Arc<Notify>,
}

impl Waiting {
    /// Takes the place for a request. Whoever had it loses it: a client asks one question at a time, so the
    /// connection of the one before is broken, and an answer would be lost on it.
    pub fn for_request(&self, request: Uuid) -> Place {
        let bell = Arc::new(Notify::new());
        if let Some(before) = self.0.bells().insert(request, bell.clone()) {
            before.notify_waiters();
        }
        Place { room: self.0.clone(), request, bell }
    }

    /// The request has been answered.
    pub fn ring(&self, request: Uuid) {
        if let Some(bell) = self.0.bells().get(&request) {
            bell.notify_waiters();
        }
    }

    /// The requests that somebody waits for.
    pub fn requests(&self) -> Vec<Uuid> {
        self.0.bells().keys().copied().collect()
    }

    /// The node stops: whoever waits is answered now, and asks another node for the next.
    pub fn close(&self) {
        self.0.is_closed.store(true, Ordering::Release);
        self.0.bells().values().for_each(|bell| bell.notify_waiters());
    }
}

impl Place {
    /// Until it rings. Take the future before looking whether there is an answer: then none is missed.
    pub fn rings(&self) -> tokio::sync::futures::Notified<'_> {
        self.bell.notified()
    }

    /// Whether it is lost: to a later question about the same request, or because the node stops.
    pub fn is_lost(&self) -> bool {
        self.room.is_closed.load(Ordering::Acquire) || !self.is_held(&self.room.bells())
    }

    fn is_held(&self, bells: &HashMap<Uuid, Arc<Notify>>) -> bool {
        bells.get(&self.request).is_some_and(|bell| Arc::ptr_eq(bell, &self.bell))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut bells = self.room.bells();
        if self.is_held(&bells) {
            bells.remove(&self.request);
        }
    }
}

impl Room {
    /// A panic elsewhere leaves the bells as they are.
    fn bells(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Notify>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
