//! A new index key: nothing is found twice, and nothing is lost.

use yihao::base::{Chance, Clock};
use yihao::crypto::{MasterKey, Purpose};
use yihao::keys::KeyRing;
use yihao::legacy;

use super::stage::{Stage, dumps};

#[tokio::test]
async fn accounts_are_rekeyed_before_they_are_imported_again() {
    let stage = Stage::open(&["gjj"]).await;
    let file = dumps().join("gjj_accounts.csv");
    let rows = stage.import("gjj", &file, &[]).counts()[0];
    let before = stage.accounts().await;
    let (clock, chance) = (Clock::Machine, Chance::Machine);
    let ring = KeyRing::open(&stage.db, MasterKey::from_bytes([7; 32]), &clock, &chance).await.unwrap();
    let mut tx = stage.db.begin().await.unwrap();
    ring.rotate_data_key(&mut tx, Purpose::Index, clock.now(), &chance).await.unwrap();
    tx.commit().await.unwrap();
    let refused = stage.import("gjj", &file, &[]);
    assert!(!refused.ok && refused.error.contains("older index key"), "{}", refused.error);
    ring.reload(&stage.db).await.unwrap();
    let mut rekeyed = 0;
    loop {
        let mut tx = stage.db.begin().await.unwrap();
        let count = legacy::rekey_step(&mut tx, &ring, &chance).await.unwrap();
        tx.commit().await.unwrap();
        if count == 0 {
            break;
        }
        rekeyed += count;
    }
    assert_eq!(rekeyed as u64, rows);
    // All but the digests is what it was.
    let told = |accounts: &[String]| {
        accounts
            .iter()
            .map(|account| account.split_once(" digests ").unwrap().0.to_owned())
            .collect::<Vec<_>>()
    };
    let after = stage.accounts().await;
    assert_eq!(told(&after), told(&before));
    assert_ne!(after, before);
    assert_eq!(stage.import("gjj", &file, &[]).counts(), [0, 0, rows, 0]);
}
