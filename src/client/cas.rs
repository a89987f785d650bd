//! Relying systems that speak the CAS protocol 3.0 and cannot change yet. They name themselves by the address of
//! their service alone, so the address is what is registered; and they have a day after which it is over.

use jiff::civil::Date;
use url::Url;

use super::{Error, Metadata};
use crate::base::{Moment, Visit};
use crate::db::{Read, Tx, values};

/// Services of one origin that are looked at.
const AT_AN_ORIGIN: i64 = 200;
/// A client that was last used so long ago is used no more.
const COUNTED: i64 = 30;

impl Metadata {
    /// Whether the address is a registered service's, or lies below one that ends in a slash. Whatever comes
    /// after `?` is the service's own.
    pub fn has_cas_service(&self, service: &Url) -> bool {
        self.cas_services.iter().any(|known| covers(known, service))
    }

    /// Whether the façade is open to it still: up to the end of its last day.
    pub fn may_use_cas(&self, now: Moment) -> bool {
        self.cas_until.is_some_and(|last| now.day() <= last)
    }
}

fn covers(known: &Url, service: &Url) -> bool {
    let nobody = service.username().is_empty() && service.password().is_none();
    let path = known.path();
    let below = path.ends_with('/') && service.path().starts_with(path);
    nobody
        && service.fragment().is_none()
        && known.origin() == service.origin()
        && (below || service.path() == path)
        && known.query().is_none_or(|query| service.query() == Some(query))
}

/// The client that a service belongs to: of several, the one that names it most exactly.
pub async fn of_cas_service(read: &mut impl Read, service: &Url) -> Result<Option<String>, Error> {
    let origin = service.origin().ascii_serialization();
    let rows = read
        .all(
            "select service, client from cas_service where origin = $1 order by service limit $2",
            values![&origin, AT_AN_ORIGIN],
            |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
        )
        .await?;
    let fitting = rows.into_iter().filter_map(|(known, client)| {
        let known = Url::parse(&known).ok()?;
        covers(&known, service).then(|| (known.as_str().len(), client))
    });
    Ok(fitting.max_by_key(|(length, _)| *length).map(|(_, client)| client))
}

/// Makes the services of a client findable, those it had before no more.
pub(super) async fn index(tx: &mut Tx, id: &str, metadata: &Metadata) -> Result<(), Error> {
    tx.execute("delete from cas_service where client = $1", values![id]).await?;
    for service in &metadata.cas_services {
        tx.execute(
            "insert into cas_service (service, client, origin) values ($1, $2, $3) on conflict do nothing",
            values![service.as_str(), id, &service.origin().ascii_serialization()],
        )
        .await?;
    }
    Ok(())
}

/// Counts a sign-in that went over the façade.
pub async fn note_cas_use(tx: &mut Tx, visit: &Visit, client: &str) -> Result<(), Error> {
    tx.execute(
        "insert into cas_use (client, day, uses, last_at) values ($1, $2, 1, $3)
         on conflict (client, day) do update set uses = cas_use.uses + 1, last_at = excluded.last_at",
        values![client, cas_day(visit.now), visit.now],
    )
    .await?;
    Ok(())
}

/// Who still uses the façade.
#[derive(Clone, Debug)]
pub struct CasClient {
    pub id: String,
    pub name: String,
    pub until: Option<Date>,
    pub services: Vec<Url>,
    pub last_used: Option<Moment>,
    /// Sign-ins in the last 30 days.
    pub uses: u64,
}

/// All clients that have a service, by id, after `after`: who uses it most is for the reader to see.
pub async fn cas_clients(read: &mut impl Read, now: Moment, after: &str) -> Result<Vec<CasClient>, Error> {
    Ok(read
        .all(
            "select c.id, c.metadata,
                    (select max(last_at) from cas_use u where u.client = c.id),
                    (select cast(coalesce(sum(uses), 0) as bigint) from cas_use u where u.client = c.id and u.day > $2)
             from client c
             where c.id > $1 and exists (select 1 from cas_service s where s.client = c.id)
             order by c.id limit 200",
            values![after, cas_day(now) - COUNTED],
            |row| {
                let metadata: Metadata = row.json(1, "client")?;
                Ok(CasClient {
                    id: row.get(0)?,
                    name: metadata.client_name,
                    until: metadata.cas_until,
                    services: metadata.cas_services,
                    last_used: row.optional_moment(2)?,
                    uses: u64::try_from(row.get::<i64>(3)?).unwrap_or_default(),
                })
            },
        )
        .await?)
}

/// Days since 1970 in the province.
pub fn cas_day(now: Moment) -> i64 {
    let begin = Moment::of_day(now.day()).unwrap_or(now);
    (begin.seconds() + 8 * 3600).div_euclid(24 * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_service_is_known_by_origin_and_path() {
        let exact = url("https://old.example/app");
        let below = url("https://old.example/app/");
        let table = [
            ("https://old.example/app", true, false),
            ("https://old.example/app?next=%2Fx", true, false),
            ("https://old.example:443/app", true, false),
            ("https://old.example/app/", false, true),
            ("https://old.example/app/page?x=1", false, true),
            ("https://old.example/application", false, false),
            ("https://old.example/app/../other", false, false),
            ("https://old.example/", false, false),
            ("https://old.example.evil/app", false, false),
            ("https://old.example@evil/app/", false, false),
            ("https://u@old.example/app/", false, false),
            ("https://old.example:8443/app/", false, false),
            ("http://old.example/app/", false, false),
            ("https://old.example/app/#x", false, false),
        ];
        for (service, is_exact, is_below) in table {
            assert_eq!(covers(&exact, &url(service)), is_exact, "{service}");
            assert_eq!(covers(&below, &url(service)), is_below, "{service}");
        }
        let with_query = url("https://old.example/app?site=3");
        assert!(covers(&with_query, &with_query) && !covers(&with_query, &exact));
    }

    #[test]
    fn the_last_day_counts_to_its_end() {
        let metadata = Metadata { cas_until: Some("2026-12-31".parse().unwrap()), ..Metadata::default() };
        let at = |text: &str| {
            let day = Moment::of_day(text.parse().unwrap()).unwrap();
            metadata.may_use_cas(day.plus(std::time::Duration::from_secs(24 * 3600 - 1)))
        };
        assert!(at("2026-12-31") && !at("2027-01-01"));
        assert!(!Metadata::default().may_use_cas(Moment::from_seconds(0)));
        assert_eq!(cas_day(Moment::from_seconds(0)), 0);
        assert_eq!(cas_day(Moment::from_seconds(16 * 3600)), 1);
    }
}
