//! What a person sees, as pure rendering: a page is a struct with its data, `render` makes the HTML.
//! No request, no store and no clock here. Words stand in `../words`, never in a handler.

/// Makes a page of a struct: the template sees the struct as `page` and the [`Frame`] as `f`.
macro_rules! page {
    ($page:ident, $template:tt) => {
        const _: () = {
            #[derive(askama::Template)]
            #[template(path = $template)]
            struct Sheet<'a> {
                #[allow(dead_code, reason = "a page without data of its own reads only the frame")]
                page: &'a $page,
                f: &'a $crate::view::Frame,
            }

            impl $page {
                /// The whole HTML document.
                pub fn render(&self, frame: &$crate::view::Frame) -> String {
                    let sheet = Sheet { page: self, f: frame };
                    askama::Template::render(&sheet).expect("writing to a String does not fail")
                }
            }
        };
    };
}

pub mod account;
pub mod address;
pub mod approvals;
pub mod assets;
pub mod capacity;
pub mod case_words;
pub mod consent;
pub mod console;
pub mod console_case;
pub mod console_cases;
pub mod console_sources;
pub mod device;
pub mod factors;
pub mod fault;
pub mod frame;
pub mod legacy;
pub mod level;
pub mod mandates;
pub mod phrases;
pub mod pin;
pub mod policy;
pub mod problem;
pub mod qr;
pub mod raise;
pub mod reading;
pub mod recover;
pub mod register;
pub mod scan;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod sign_out;
pub mod words;

pub use account::{
    Account, AddPasskey, CloseAccount, ConsentRow, Consents, DisclosureRow, History, Passkey, Setting,
    fields_words,
};
pub use approvals::{Answered, AnsweredRow, ApprovalRow, Approvals, BlockedRow};
pub use assets::Asset;
pub use capacity::{ActingFor, ChooseCapacity, role_key};
pub use consent::{Apart, Consent, Disclosure, Field, Notice, Requester};
pub use console::{
    ConsoleCode, ConsoleHome, ConsolePasskey, ConsoleSignIn, ConsoleToken, ConsoleWindow, Room, WindowTask,
};
pub use console_case::{ConsoleAccountCase, ConsoleCase};
pub use console_cases::ConsoleCases;
pub use console_sources::{ConsoleBatch, ConsoleBatches, ConsoleSource, ConsoleSources};
pub use device::{AskUserCode, ConfirmRequest, Done, RequestDone};
pub use factors::{AddApp, ChangePassword, EditPasskey, Factors, RecoveryCodes};
pub use fault::Fault;
pub use frame::{Frame, Onward};
pub use legacy::{
    ClaimDone, DecisionRow, Decisions, EarlierAccount, EarlierAccounts, NewPassword, OldPassword,
    OldPasswordOf,
};
pub use level::{Level, method_key};
pub use mandates::{
    AddOrganization, AddWard, Deed, Given, GrantMandate, Held, Mandates, Offered, OrganizationPage,
    ShowLicence, scope_words,
};
pub use phrases::phrases;
pub use pin::ChoosePin;
pub use policy::{content_security_policy, origin};
pub use problem::{Problem, ProblemPage};
pub use raise::{AskCertificate, AskFace, AskNetworkIdentity, NetworkNewcomer, NumberHeld, Raise, Way};
pub use reading::{Help, Privacy};
pub use recover::{Recover, RecoverCode, RecoverPassword, RecoverSecond, RecoverWaiting, Recovered};
pub use register::{AskCode, AskName, AskPassword, AskPhone, Refused, Registered};
pub use scan::{ConfirmScan, ScanCode, ScanDone, ScanState};
pub use second_factor::{AskSecondFactor, NoSecondFactor, Why};
pub use sessions::{AppRow, SessionRow, Sessions, TerminalRow};
pub use sign_in::{Methods, Other, Reason, SignIn, WayIn};
pub use sign_out::{SignOut, SignedOut};

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
