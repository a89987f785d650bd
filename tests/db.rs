//! The contract of storage, held against the engine of this run.

use uuid::Uuid;
use yihao::base::{Clock, Moment};
use yihao::db::{Db, Error, Given, Kind, Read, Rows, Tx, values};

use crate::support::Home;

async fn open() -> (Home, Db) {
    let home = Home::open().await;
    let db = Db::open(&home.storage).await.unwrap();
    (home, db)
}

async fn put(tx: &mut Tx, duty: &str, until: i64) -> Result<u64, Error> {
    let holder = Uuid::from_u128(7);
    tx.execute("insert into lease (duty, holder, until) values ($1, $2, $3)", values![duty, holder, until])
        .await
}

async fn duties(mut db: &Db) -> Vec<String> {
    db.all("select duty from lease order by duty limit 1000", values![], |row| row.get(0)).await.unwrap()
}

#[tokio::test]
async fn migrations_run_once() {
    let (_home, db) = open().await;
    assert!(db.pending_migrations().await.unwrap().is_empty());
    assert!(db.migrate(Clock::Machine.now()).await.unwrap().is_empty());
    db.ping().await.unwrap();
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_takes_nobody_along() {
    let (_home, db) = open().await;
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(60));
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let (db, start) = (db.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                let mut tx = db.begin().await.unwrap();
                put(&mut tx, &format!("duty {n:02}"), n).await.unwrap();
                // Every third gives up; every third of the others fails first at a row that is there.
                match n % 3 {
                    0 => drop(tx),
                    1 => tx.commit().await.unwrap(),
                    _ => {
                        assert!(matches!(put(&mut tx, &format!("duty {n:02}"), n).await, Err(Error::Exists)));
                        drop(tx);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let kept: Vec<String> = (0..60).filter(|n| n % 3 == 1).map(|n| format!("duty {n:02}")).collect();
    assert_eq!(duties(&db).await, kept);
}

#[tokio::test]
async fn a_transaction_sees_itself_and_others_see_it_when_it_is_kept() {
    let (_home, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    put(&mut tx, "mine", 1).await.unwrap();
    let inside =
        tx.all("select duty from lease limit 9", values![], |row| row.get::<String>(0)).await.unwrap();
    assert_eq!(inside, ["mine"]);
    assert!(duties(&db).await.is_empty());
    tx.commit().await.unwrap();
    assert_eq!(duties(&db).await, ["mine"]);
}

#[tokio::test]
async fn statements_tell_how_many_rows_they_touched() {
    let (_home, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    for n in 0..3 {
        assert_eq!(put(&mut tx, &format!("duty {n}"), n).await.unwrap(), 1);
    }
    let changed =
        tx.execute("update lease set until = until + $1 where until >= $2", values![10, 1]).await.unwrap();
    assert_eq!(changed, 2);
    let again = "insert into lease (duty, holder, until) values ($1, $2, $3) on conflict do nothing";
    assert_eq!(tx.execute(again, values!["duty 0", Uuid::nil(), 0]).await.unwrap(), 0);
    assert_eq!(tx.execute("delete from lease where until > $1", values![100]).await.unwrap(), 0);
    tx.commit().await.unwrap();
}

/// All five types and null, to and fro.
#[tokio::test]
async fn values_come_back_as_they_went() {
    let (_home, db) = open().await;
    let texts = ["", "一号·买买提", "'; drop table person; --", "\u{1f600}\u{10ffff}", "a\nb\\c%d_"];
    let bytes: Vec<u8> = (0..=255).collect();
    for (n, text) in texts.into_iter().enumerate() {
        let id = Uuid::from_u128(n as u128 | 1 << 127);
        let at = Moment::from_micros([i64::MIN, -1, 0, 1, i64::MAX][n]);
        let email: Option<&[u8]> = (n % 2 == 0).then_some(&bytes[..n]);
        let mut tx = db.begin().await.unwrap();
        tx.execute(
            "insert into person (id, state, number_kind, number, name, email, email_verified, created_at, updated_at)
             values ($1, $2, $3, $4, $4, $5, $6, $7, $7)",
            values![id, text, "citizen-id", &bytes, email, n % 2 == 0, at],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut read = &db;
        let row = read
            .optional(
                "select state, number, email, email_verified, created_at, id from person where id = $1 and state = $2",
                values![id, text],
                |row| {
                    Ok((
                        row.get::<String>(0)?,
                        row.get::<Vec<u8>>(1)?,
                        row.get::<Option<Vec<u8>>>(2)?,
                        row.get::<bool>(3)?,
                        row.moment(4)?,
                        row.get::<Uuid>(5)?,
                    ))
                },
            )
            .await
            .unwrap();
        assert_eq!(
            row,
            Some((text.to_owned(), bytes.clone(), email.map(<[u8]>::to_vec), n % 2 == 0, at, id))
        );
    }
}

#[tokio::test]
async fn rows_that_no_program_of_ours_wrote_are_corrupt() {
    let (_home, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    put(&mut tx, "not a word", 300).await.unwrap();
    tx.commit().await.unwrap();
    let mut read = &db;
    let sql = "select duty, until from lease limit 1";
    let word =
        read.optional(sql, values![], |row| row.word::<yihao::base::Channel>(0, "lease").map(drop)).await;
    let small =
        read.optional(sql, values![], |row| row.small::<yihao::base::TrustLevel>(1, "lease").map(drop)).await;
    let json = read.optional(sql, values![], |row| row.json::<serde_json::Value>(0, "lease").map(drop)).await;
    for result in [word, small, json] {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Corrupt { table: "lease", .. }));
        assert!(!error.to_string().contains("not a word"), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_means_nothing_is_refused_without_its_password() {
    for url in ["mysql://u:a-secret@h/d", "", "postgres://u:a-secret@h:x/d"] {
        let error = Db::open(url).await.err().expect(url).to_string();
        assert!(!error.contains("a-secret"), "{error}");
    }
}

static GIVEN: Given = Given {
    table: "given_duty",
    columns: &[("duty", Kind::Text), ("holder", Kind::Uuid), ("until", Kind::Int), ("note", Kind::Bytes)],
};

fn given(rows: impl IntoIterator<Item = (&'static str, i64)>) -> Rows {
    let mut given = Rows::new(&GIVEN);
    for (duty, until) in rows {
        given.push(values![duty, Uuid::from_u128(7), until, None::<&[u8]>]);
    }
    given
}

const TAKE: &str =
    "insert into lease (duty, holder, until) select duty, holder, until from given_duty where true
                    on conflict (duty) do update set until = excluded.until where lease.until < excluded.until
                    returning duty, until";

#[tokio::test]
async fn many_rows_are_given_at_once_and_a_statement_works_on_all() {
    let (_home, db) = open().await;
    for (rows, touched) in [
        (given([("一号", 1), ("b", 2)]), vec![("b", 2), ("一号", 1)]),
        (given([("b", 5), ("c", 3), ("一号", 1)]), vec![("b", 5), ("c", 3)]),
        (given([]), vec![]),
    ] {
        let mut tx = db.begin().await.unwrap();
        tx.give(&given([("stood there before", 9)])).await.unwrap();
        tx.give(&rows).await.unwrap();
        let mut done =
            tx.all(TAKE, values![], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?))).await.unwrap();
        done.sort();
        assert_eq!(
            done,
            touched.into_iter().map(|(duty, until)| (duty.to_owned(), until)).collect::<Vec<_>>()
        );
        tx.commit().await.unwrap();
    }
    assert_eq!(duties(&db).await, ["b", "c", "一号"]);
}

#[tokio::test]
async fn what_was_given_ends_with_its_transaction() {
    let (_home, db) = open().await;
    let mut tx = db.begin().await.unwrap();
    tx.give(&given((0..5000).map(|n| ("many", n)))).await.unwrap();
    let count = tx.optional("select count(*) from given_duty", values![], |row| row.get::<i64>(0)).await;
    assert_eq!(count.unwrap(), Some(5000));
    drop(tx);
    for _ in 0..3 {
        let mut tx = db.begin().await.unwrap();
        tx.give(&given([("one", 1)])).await.unwrap();
        tx.execute(
            "insert into lease (duty, holder, until) select duty, holder, until from given_duty",
            values![],
        )
        .await
        .unwrap();
        drop(tx);
    }
    assert!(duties(&db).await.is_empty());
}
