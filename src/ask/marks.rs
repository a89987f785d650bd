//! What two screens share is opened by one person and decided once. Nothing of it is read and then written: who opens
//! it and who decides it leaves a mark first, and only whoever was first goes on. If that one dies on the way, it
//! stays as it is until it expires.

use std::time::Duration;

use uuid::Uuid;

use crate::transient::{Key, Transient, Unavailable};

/// The names of the marks on one kind of thing.
pub(super) struct Marks {
    pub opened: &'static str,
    pub opener: &'static str,
    pub decided: &'static str,
}

/// What somebody finds who opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is theirs to decide.
    Theirs,
    /// Somebody else has opened it before.
    ByAnother,
}

impl Marks {
    /// Opens it for `person`: from then on nobody else can. Tells also whether this was the first time.
    pub async fn open(
        &self,
        transient: &Transient,
        id: Uuid,
        person: Uuid,
        life: Duration,
    ) -> Result<(Opened, bool), Unavailable> {
        let (opener, first) = match self.opener(transient, id).await? {
            Some(opener) => (Some(opener), false),
            None if transient.claim(&Key::new(self.opened, id), life).await? => {
                transient.put(&Key::new(self.opener, id), person.as_bytes(), life).await?;
                (Some(person), true)
            }
            // Somebody is doing so at this moment.
            None => (self.opener(transient, id).await?, false),
        };
        Ok((if opener == Some(person) { Opened::Theirs } else { Opened::ByAnother }, first))
    }

    /// Who has opened it.
    pub async fn opener(&self, transient: &Transient, id: Uuid) -> Result<Option<Uuid>, Unavailable> {
        let found = transient.get(&Key::new(self.opener, id)).await?;
        Ok(found.and_then(|id| Uuid::from_slice(&id).ok()))
    }

    /// Takes the right to decide: true for one, once, while it lives.
    pub async fn decide(&self, transient: &Transient, id: Uuid, life: Duration) -> Result<bool, Unavailable> {
        Ok(!life.is_zero() && transient.claim(&Key::new(self.decided, id), life).await?)
    }

    pub async fn is_decided(&self, transient: &Transient, id: Uuid) -> Result<bool, Unavailable> {
        Ok(transient.get(&Key::new(self.decided, id)).await?.is_some())
    }
}
