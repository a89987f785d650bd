//! Pages that are only read.

page!(Privacy, "privacy.html");
page!(Help, "help.html");

/// What is kept, why, and what a person may ask for.
pub struct Privacy;

/// When it does not work.
pub struct Help {
    /// When the counters are open, as the operator words it.
    pub counter_hours: Option<String>,
}
