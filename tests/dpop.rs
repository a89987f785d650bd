//! Tokens bound to a key (DPoP, RFC 9449): what a proof must say, and what is refused without one.

mod binding;
mod proofs;
