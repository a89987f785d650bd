//! The PIN that goes with an ID card.

use super::fault::Fault;

page!(ChoosePin, "choose_pin.html");

/// Form `choose-pin`: fields `pin` and `again`.
pub struct ChoosePin {
    /// The window, as people read it.
    pub place: String,
    /// Masked: others stand around.
    pub name: String,
    /// By which the form finds what it is for.
    pub choice: String,
    pub faults: Vec<Fault>,
}
