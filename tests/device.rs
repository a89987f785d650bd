//! RFC 8628: a screen elsewhere asks, and the person answers on their own.

mod journey;
mod page;
mod refusals;
