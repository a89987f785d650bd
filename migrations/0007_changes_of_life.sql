-- A hold: why nobody signs in to the account for now. When the population register last confirmed the person.
alter table person add column hold_reason text;
alter table person add column checked_at bigint not null default 0;
-- What a person was bound to or called before. Ciphertexts; a former number is found by its digest, and opens
-- nothing.
create table former_number (
  id uuid primary key,
  person uuid not null references person (id),
  kind text not null,
  number bytea not null,
  digest bytea not null,
  reason text not null,
  reference text not null,
  until bigint not null
);
create index former_number_digest on former_number (digest);
create index former_number_person on former_number (person);
create table former_name (
  id uuid primary key,
  person uuid not null references person (id),
  name bytea not null,
  until bigint not null
);
create index former_name_person on former_name (person);
