//! Sign-out here or everywhere, and how relying systems hear of it.

mod back_channel;
mod choice;
mod frames;
mod sessions;
