//! Sign-out.

page!(SignOut, "sign_out.html");
page!(SignedOut, "signed_out.html");

/// Shall we, and how far? Form `sign-out`: a button each, `decision` is `everywhere` or `service`.
pub struct SignOut {
    /// The id of a sign-out that a relying system asked for, kept as a hidden field.
    pub leaving: Option<String>,
    /// That relying system's name, where it is signed in to in this session: it may be left alone.
    pub service: Option<String>,
    /// Where "no, stay" leads.
    pub stay: String,
}

/// Signed out: everywhere, or at one service.
#[derive(Default)]
pub struct SignedOut {
    /// The only service that was signed out of; `None`: the session has ended.
    pub only: Option<String>,
    /// What tells relying systems, each in a frame that nobody sees.
    pub frames: Vec<String>,
    /// Where the person goes by itself in a moment.
    pub back: Option<String>,
    /// Its name.
    pub back_name: Option<String>,
}

impl SignedOut {
    /// A page refreshes only to an address of the web; an app's own scheme waits for the person's click.
    pub fn refresh(&self) -> Option<String> {
        let back = self.back.as_ref().filter(|b| b.starts_with("https://") || b.starts_with("http://"))?;
        Some(format!("{SECONDS};url={back}"))
    }
}

/// Long enough for the frames to load, and to read the one sentence.
const SECONDS: u32 = 3;
