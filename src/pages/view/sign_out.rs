//! Sign-out.

page!(SignOut, "sign_out.html");
page!(SignedOut, "signed_out.html");

/// Shall we? Form `sign-out`: one button.
pub struct SignOut {
    /// What a request for logout brought along (`state`, `post_logout_redirect_uri`, …), kept as hidden fields.
    pub kept: Vec<(String, String)>,
    /// Where "no, stay" leads.
    pub stay: String,
}

/// Signed out, and no relying system to go back to by itself.
pub struct SignedOut;
