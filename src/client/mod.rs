//! Rank 3: relying systems, as clients (RFC 6749 section 2, RFC 7591 section 2).

mod cas;
mod metadata;
mod policy;
pub mod registration;
mod store;
mod validate;

pub use cas::{CasClient, cas_clients, cas_day, note_cas_use, of_cas_service};
pub use metadata::{
    ApplicationType, AuthMethod, ClientState, DeliveryMode, GrantType, LegalBasis, Metadata, SubjectType,
};
pub use policy::{under_channel, within_channel};
pub use store::{Client, Error, find, insert, list, set_metadata, set_secret, set_state};
pub(crate) use validate::is_loopback;
pub use validate::{InvalidMetadata, validate};
