//! Leases: who does a duty, and until when nobody else does. The holder of a lease that is over may be dead
//! or slow; a duty is written so that two doing it at once do no harm.

use std::time::Duration;

use uuid::Uuid;

use crate::base::Moment;
use crate::db::{self, Db, Read, values};

/// Takes the lease of `duty` for `span` from now; false while another, or an earlier turn, has it.
pub async fn take(db: &Db, duty: &str, holder: Uuid, now: Moment, span: Duration) -> Result<bool, db::Error> {
    // Mostly it is not free: to see that needs no writing.
    let until = (&mut &*db)
        .optional("select until from lease where duty = $1", values![duty], |row| row.moment(0))
        .await?;
    if until.is_some_and(|until| until >= now) {
        return Ok(false);
    }
    let mut tx = db.begin().await?;
    let taken = tx
        .execute(
            "insert into lease (duty, holder, until) values ($1, $2, $3)
             on conflict (duty) do update set holder = excluded.holder, until = excluded.until
             where lease.until < $4",
            values![duty, holder, now.plus(span), now],
        )
        .await?;
    tx.commit().await?;
    Ok(taken == 1)
}

/// Ends the holder's lease at `until`.
pub async fn shorten(db: &Db, duty: &str, holder: Uuid, until: Moment) -> Result<(), db::Error> {
    let mut tx = db.begin().await?;
    tx.execute("update lease set until = $3 where duty = $1 and holder = $2", values![duty, holder, until])
        .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_holder_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("lease.db").display());
        let db = Db::open(&url).await.unwrap();
        let start = Moment::from_seconds(1_000);
        db.migrate(start).await.unwrap();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let hour = Duration::from_secs(3600);
        let take = async |holder, now| take(&db, "duty", holder, now, hour).await.unwrap();
        assert!(take(one, start).await);
        assert!(!take(other, start).await);
        assert!(!take(one, start.plus(hour)).await, "it is over after its end, not at it");
        let later = start.plus(hour + Duration::from_secs(1));
        assert!(take(other, later).await);
        // Only who holds it may shorten it.
        shorten(&db, "duty", one, later).await.unwrap();
        assert!(!take(one, later.plus(Duration::from_secs(2))).await);
        shorten(&db, "duty", other, later).await.unwrap();
        assert!(take(one, later.plus(Duration::from_secs(2))).await);
    }
}
