//! Terminals: enrolled machines that are principals of their own.

mod authentication;
mod command;
mod enrolment;
mod suspension;
