//! Clients that let their question wait here until there is an answer (RFC 7240 section 4.3): a bell for each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;
use uuid::Uuid;

/// The bells of the requests that somebody waits for on this node.
#[derive(Default)]
pub struct Waiting(Arc<Mutex<Bells>>);

type Bells = HashMap<Uuid, (Arc<Notify>, u32)>;

/// A place at the bell of one request; given up when it is dropped.
pub struct Place {
    bells: Arc<Mutex<Bells>>,
    request: Uuid,
    bell: Arc<Notify>,
}

impl Waiting {
    pub fn for_request(&self, request: Uuid) -> Place {
        let mut bells = lock(&self.0);
        let (bell, many) = bells.entry(request).or_default();
        *many += 1;
        Place { bells: self.0.clone(), request, bell: bell.clone() }
    }

    /// The request has been answered, on this node.
    pub fn ring(&self, request: Uuid) {
        if let Some((bell, _)) = lock(&self.0).get(&request) {
            bell.notify_waiters();
        }
    }

    pub fn is_anybody_there(&self) -> bool {
        !lock(&self.0).is_empty()
    }
}

impl Place {
    /// Until it rings. Take the future before looking whether there is an answer: then none is missed.
    pub fn rings(&self) -> tokio::sync::futures::Notified<'_> {
        self.bell.notified()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut bells = lock(&self.bells);
        if let Some((_, many)) = bells.get_mut(&self.request) {
            *many -= 1;
            if *many == 0 {
                bells.remove(&self.request);
            }
        }
    }
}

/// A panic elsewhere leaves the bells as they are.
fn lock(bells: &Mutex<Bells>) -> MutexGuard<'_, Bells> {
    bells.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
