//! Requests that are answered on another screen.

use super::section::section;

section! {
    /// Requests that a person answers on a screen of their own: devices with a code (RFC 8628), and
    /// clients that name the person (OpenID CIBA).
    "request" Requests {
        /// Minutes for which a device's code is good.
        device_minutes: u64 = 10,
        /// The same where the device stands in a public place (channels kiosk and counter): who scans its code
        /// stands before it, and whoever comes next must not find an open one.
        terminal_minutes: u64 = 3,
        /// Seconds that a client waits between two questions (RFC 8628 section 3.5).
        interval_seconds: u64 = 5,
        /// Seconds for which a person can answer a request that names them, where the client does not say.
        back_channel_seconds: u64 = 120,
        /// The longest that a client may ask for.
        back_channel_longest_seconds: u64 = 600,
        /// Requests by one client for one person in an hour.
        per_person_by_one: u64 = 10,
        /// Requests for one person in an hour, by all.
        per_person: u64 = 20,
        /// Hours for which a person who does not want to be asked by a client is left alone by it.
        block_hours: u64 = 24 * 30,
        /// Requests by one client that does not authenticate, from one source in an hour.
        per_source: u64 = 600,
        /// Requests of one terminal in an hour, or of one client that is at no terminal.
        per_client: u64 = 1_000_000,
        /// Requests in all in an hour.
        in_all: u64 = 5_000_000,
    }
}
