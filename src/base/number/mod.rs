//! Official numbers: parsed once at the edge into a type, never a `String` further in.
//!
//! A parser cleans the text (`clean`), then judges it by the kind's standard; what it refuses it refuses with
//! a [`Reason`]. Valid means well formed: whether somebody has the number, only a register knows.

mod biz_reg_no;
mod canonical;
mod check;
mod check_digit;
mod citizen;
mod clean;
mod countries;
mod credit_code;
mod damage;
mod departments;
mod foreign_permit;
mod kind;
mod network;
mod official;
mod org_code;
mod passport;
mod reason;
mod regions;
mod steps;
mod tax_no;
mod travel_permit;

pub use biz_reg_no::BizRegNo;
pub use canonical::mask;
pub use check::{Check, check};
pub use citizen::{CitizenForm, CitizenId, Sex};
pub use clean::Parsed;
pub use credit_code::CreditCode;
pub use foreign_permit::ForeignPermit;
pub use kind::{CheckKind, NumberKind, UnknownKind};
pub use network::NetworkNumber;
pub use official::OfficialNumber;
pub use org_code::OrgCode;
pub use passport::Passport;
pub use reason::{Detail, Hint, Reason, Refusal};
pub use regions::Region;
pub use steps::{Step, Steps};
pub use tax_no::{TaxForm, TaxNo};
pub use travel_permit::{HmPermit, TwPermit};
