//! Counters: a clerk at a window, one person's matter at a time, and what is done there to an account.
//!
//! ```text
//! shift   a clerk, signed in by passkey, at an enrolled window; the window's key speaks for it
//! matter  open → identified (chip and look, or the phone) → ended; the person's session ends with it
//! deed    waiting → done, or → delayed → done | cancelled; a second clerk or a factor of the person vouches
//! ```

mod carry_out;
mod deed;
mod matter;
mod pin;
mod reading;
mod shift;
mod vouching;

pub use carry_out::{Given, carry_out};
pub use deed::{Deed, DeedKind, DeedState, delayed, due, find as find_deed};
pub use matter::{
    Matter, assisted, end as end_matter, find as find_matter, identify, identify_by_phone,
    open as open_matter,
};
pub use pin::choose as choose_pin;
pub use reading::Reading;
pub use shift::{Shift, begin as begin_shift, end as end_shift, end_all_of, find as find_shift};
pub use vouching::{Vouching, Whose, ask as ask_deed, cancel as cancel_deeds, vouch as vouch_for, whose};
