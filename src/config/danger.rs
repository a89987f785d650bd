//! What must never be on in production. It has a section of its own so that it cannot be set by accident.

use super::section::section;

section! {
    /// `doctor` fails on any of these; `serve` refuses them on an https issuer that is not loopback.
    "danger" Danger {
        /// Believe registers that say of themselves that they are simulators.
        simulate_registers: bool = false,
        /// Keep SMS for `GET /sms` on the internal port instead of sending them.
        simulate_sms: bool = false,
        /// Believe proofs of who somebody is from services that say of themselves that they are simulators.
        simulate_proofs: bool = false,
        /// Let anybody answer back-channel requests in a person's place, by `POST /danger/backchannel`.
        simulate_approvals: bool = false,
    }
}

impl Danger {
    /// The keys that are on.
    pub fn switched_on(&self) -> Vec<&'static str> {
        [
            ("danger.simulate_registers", self.simulate_registers),
            ("danger.simulate_sms", self.simulate_sms),
            ("danger.simulate_proofs", self.simulate_proofs),
            ("danger.simulate_approvals", self.simulate_approvals),
        ]
        .into_iter()
        .filter_map(|(key, on)| on.then_some(key))
        .collect()
    }
}
