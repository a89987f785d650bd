//! Rank 0: the values everything else is made of. No input or output here, and no state.

pub mod act;
pub mod chance;
pub mod channel;
pub mod clock;
pub mod device;
pub mod language;
pub mod level;
pub mod name;
pub mod number;
pub mod phone;
pub mod scope;
pub mod secret;
pub mod visit;
mod words;

pub use act::{Act, Method};
pub use chance::Chance;
pub use channel::Channel;
pub use clock::{Clock, Moment};
pub use device::Device;
pub use language::Language;
pub use level::{AuthenticationLevel, TrustLevel};
pub use name::{OrganizationName, PersonName};
pub use phone::Phone;
pub use scope::{Scope, Scopes};
pub use secret::Secret;
pub use visit::{Actor, Visit};
pub(crate) use words::words;
