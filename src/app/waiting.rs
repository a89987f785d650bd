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
    bells: Mutex<Bells>,
    is_closed: AtomicBool,
}

type Bells = HashMap<Uuid, (Arc<Notify>, u32)>;

/// A place at the bell of one request; given up when it is dropped.
pub struct Place {
    room: Arc<Room>,
    request: Uuid,
    bell: Arc<Notify>,
}

impl Waiting {
    pub fn for_request(&self, request: Uuid) -> Place {
        let mut bells = self.0.bells();
        let (bell, many) = bells.entry(request).or_default();
        *many += 1;
        Place { room: self.0.clone(), request, bell: bell.clone() }
    }

    /// The request has been answered.
    pub fn ring(&self, request: Uuid) {
        if let Some((bell, _)) = self.0.bells().get(&request) {
            bell.notify_waiters();
        }
    }

    /// The requests that somebody waits for.
    pub fn requests(&self) -> Vec<Uuid> {
        self.0.bells().keys().copied().collect()
    }

    /// The node stops: whoever waits has their answer now, and asks another node for the next.
    pub fn close(&self) {
        self.0.is_closed.store(true, Ordering::Release);
        self.0.bells().values().for_each(|(bell, _)| bell.notify_waiters());
    }
}

impl Place {
    /// Until it rings. Take the future before looking whether there is an answer: then none is missed.
    pub fn rings(&self) -> tokio::sync::futures::Notified<'_> {
        self.bell.notified()
    }

    /// Whether nobody waits any longer.
    pub fn is_closed(&self) -> bool {
        self.room.is_closed.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut bells = self.room.bells();
        if let Some((_, many)) = bells.get_mut(&self.request) {
            *many -= 1;
            if *many == 0 {
                bells.remove(&self.request);
            }
        }
    }
}

impl Room {
    /// A panic elsewhere leaves the bells as they are.
    fn bells(&self) -> MutexGuard<'_, Bells> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
