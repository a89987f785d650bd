//! The four programs as a person or another program meets them: started, and spoken to over HTTP.

mod app;
mod browser;
mod hall;
mod issuer;
mod licences;
mod program;
mod registers;
