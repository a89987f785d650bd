//! The system user that a command runs as, for the audit log. Not from the environment, which anyone can set.

use std::os::unix::fs::MetadataExt;

/// The user's name; its number where it has no name.
pub fn name() -> String {
    // A process owns its entry in /proc.
    let Ok(own) = std::fs::metadata("/proc/self") else { return "unknown".to_owned() };
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&users, own.uid()).map_or_else(|| format!("uid {}", own.uid()), str::to_owned)
}

/// `users`: lines of `name:password:uid:…`, passwd(5).
fn name_in(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\nyihao:x:998:998::/var/lib/yihao:/bin/false\n";
        assert_eq!(name_in(users, 998), Some("yihao"));
        assert_eq!(name_in(users, 0), Some("root"));
        assert_eq!(name_in(users, 1000), None);
    }
}
