//! In which language a person reads what is written to them while they look at no page.

use uuid::Uuid;

use crate::base::Language;
use crate::db::{self, Read, Tx, values};

/// The person reads this language now. Most always read the same, and nothing is written.
pub async fn note_language(tx: &mut Tx, person: Uuid, language: Language) -> Result<(), db::Error> {
    tx.execute(
        "update person set language = $2 where id = $1 and coalesce(language, $3) <> $2",
        values![person, language.tag(), Language::default().tag()],
    )
    .await?;
    Ok(())
}

pub async fn language_of(read: &mut impl Read, person: Uuid) -> Result<Language, db::Error> {
    let found = read
        .optional("select language from person where id = $1", values![person], |row| {
            row.get::<Option<String>>(0)
        })
        .await?;
    Ok(found.flatten().and_then(|tag| Language::from_tag(&tag)).unwrap_or_default())
}
