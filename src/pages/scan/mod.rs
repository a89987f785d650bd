//! Sign-in by a phone that reads this screen's code. [`code`] is the screen's side, [`answer`] the phone's.

pub mod answer;
pub mod code;
