//! The `Content-Security-Policy` the pages are written for.

/// The header's value. `onward` are the origins or schemes (`https://hall.example`, `gov.example.app:`) that a
/// form of this page may end up at: Chromium holds `form-action` also against the redirect that follows.
pub fn content_security_policy<'a>(onward: impl IntoIterator<Item = &'a str>) -> String {
    let mut policy = String::from(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    );
    // A space or semicolon would begin another source or directive.
    let splits = |c: char| c.is_whitespace() || matches!(c, ';' | ',');
    for onward in onward.into_iter().filter(|onward| !onward.contains(splits)) {
        policy.push(' ');
        policy.push_str(onward);
    }
    policy
}
