//! Nobody is locked out: whole dumps of four systems, and each owner comes with the password that they had there.

use futures_util::StreamExt;
use tempfile::TempDir;

use super::types;
use crate::legacy_merge::house;
use crate::legacy_merge::truth::{SYSTEMS, generate, in_full, is_automatic, take_over, truth};
use crate::support::Browser;

/// So many come at once.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_living_owners_get_in_with_their_old_password_at_the_first_try() {
    let (house, directory) = (house().await, TempDir::new().unwrap());
    generate(directory.path(), if in_full() { 8_000 } else { 600 }, 7, 1.0);
    take_over(&house, directory.path());
    let mut owners = Vec::new();
    for (system, _, cut) in SYSTEMS {
        let all = truth(directory.path(), system, cut);
        // An organization has no login, and who has died does not come.
        let living = all.into_iter().filter(|(_, real)| real.subject.starts_with('C'));
        let linked = living.filter(|(_, real)| is_automatic(&real.expect));
        owners.extend(linked.map(|(id, real)| (format!("{id}@{system}"), real)));
    }
    let tries = owners.len();
    let refused: Vec<_> = futures_util::stream::iter(owners)
        .map(async |(name, real)| {
            let page = types(&mut Browser::new(&house), &name, &real.password).await;
            (page.url.path() != "/sign-in/new-password").then(|| (name, real.expect, page.code()))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |refused| refused)
        .collect()
        .await;
    assert!(tries > 500, "{tries}");
    assert!(refused.len() * 1000 <= tries, "{} of {tries}: {refused:?}", refused.len());
}
