//! The `Content-Security-Policy` the pages are written for.

/// The header's value. `onward` are the origins or schemes (`https://hall.example`, `gov.example.app:`) that a
/// form of this page may end up at: Chromium holds `form-action` also against the redirect that follows.
/// `framed` are the origins of what the page shows in frames.
pub fn content_security_policy<'a>(onward: impl IntoIterator<Item = &'a str>, framed: &[String]) -> String {
    let mut policy = String::from(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    );
    let framed: Vec<&str> =
        framed.iter().map(String::as_str).filter(|origin| is_one_source(origin)).collect();
    if !framed.is_empty() {
        policy.push_str("; frame-src ");
        policy.push_str(&framed.join(" "));
    }
    policy.push_str("; form-action 'self'");
    for onward in onward.into_iter().filter(|onward| is_one_source(onward)) {
        policy.push(' ');
        policy.push_str(onward);
    }
    policy
}

/// A space or semicolon would begin another source or directive.
fn is_one_source(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || matches!(c, ';' | ','))
}

/// The part of an address that a policy can name: an origin, or the scheme of an app's own.
pub fn origin(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok()?;
    Some(match url.origin() {
        url::Origin::Tuple(..) => url.origin().ascii_serialization(),
        url::Origin::Opaque(_) => format!("{}:", url.scheme()),
    })
}
