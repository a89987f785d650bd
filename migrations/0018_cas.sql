-- Relying systems that speak CAS and cannot change yet: their services by origin, so that a request finds its client.
create table cas_service (
  service text not null,
  client text not null,
  origin text not null,
  primary key (service, client)
);
create index cas_service_origin on cas_service (origin);
create index cas_service_client on cas_service (client);
-- How often a day each of them still uses it.
create table cas_use (
  client text not null,
  day bigint not null,
  uses bigint not null,
  last_at bigint not null,
  primary key (client, day)
);
-- What a service knows a sign-in by: its ticket, long spent, goes into the logout request. The id is the grant's.
create table cas_ticket (
  id uuid not null primary key,
  session uuid not null,
  client text not null,
  service text not null,
  ticket text not null
)
--pg partition by range (id)
;
create index cas_ticket_session on cas_ticket (session, client);

--pg create table cas_ticket_default partition of cas_ticket default;
