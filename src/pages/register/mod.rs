//! Registration, one question a page: the phone, its code, name and number, a password, a passkey.
//!
//! The phone is proven first; then the register is asked for name, number and phone together. Mismatch, no
//! record, no answer and already registered get one page at one time after the request; what differs goes to
//! the proven phone by SMS, where only its owner reads it. What no register answered is asked again by a duty,
//! and the phone is told when the person can go on.

pub mod code;
mod kept;
pub mod name;
mod notice;
pub mod passkey;
pub mod password;
pub mod phone;
mod refused;

use kept::Kept;
pub use notice::Notice;
