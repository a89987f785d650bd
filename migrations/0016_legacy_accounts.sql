-- Accounts of the systems already built. They are taken over as they are and never move: what becomes of one is its
-- state, its class and a link. A source is one legacy system, with the profile by which its files are read.
create table legacy_source (
  id uuid primary key,
  name text not null unique,
  title text not null,
  profile text not null,
  client text,
  state text not null,
  created_at bigint not null,
  changed_at bigint not null
);
-- One run over one file. The position, and the digest of what was read up to there, are written with the rows of each
-- batch: cut off anywhere, the run goes on there. Who holds it is one process; another that goes on with it takes it over.
create table legacy_import (
  id uuid primary key,
  source uuid not null references legacy_source (id),
  state text not null,
  holder uuid not null,
  file text not null,
  position bigint not null,
  digest bytea not null,
  row bigint not null,
  added bigint not null,
  changed bigint not null,
  unchanged bigint not null,
  rejected bigint not null,
  rejected_file text,
  rejected_bytes bigint not null,
  reasons text not null,
  started_at bigint not null,
  changed_at bigint not null,
  finished_at bigint
);
create unique index legacy_import_running on legacy_import (source) where state = 'running';
-- One account of a source. local_digest is the blind index of (source, the id it has there) and alone finds the row, so
-- that a distributed PostgreSQL can spread the table by it. The other digests: of the user name (the same in all
-- sources), of the canonical number (as in number_index), of the folded name. record and password are ciphertexts bound to
-- local_digest; print is a keyed digest of both, by which an unchanged row is known. No reference to the source and the
-- run: PostgreSQL would look them up for every row.
create table legacy_account (
  id uuid primary key,
  source uuid not null,
  local_digest bytea not null,
  user_digest bytea,
  state text not null,
  subject_kind text not null,
  status text not null,
  number_kind text,
  number_digest bytea,
  other_kind text,
  other_digest bytea,
  reason text not null,
  name_digest bytea,
  record bytea not null,
  password bytea,
  password_spent boolean not null default false,
  print bytea not null,
  differs boolean not null default false,
  class text,
  account uuid,
  added_in uuid not null,
  changed_in uuid not null,
  seen_in uuid not null,
  seen_row bigint not null
);
create unique index legacy_account_local on legacy_account (local_digest);
create index legacy_account_source on legacy_account (source, state, id);
create index legacy_account_user on legacy_account (user_digest) where user_digest is not null;
create index legacy_account_number on legacy_account (number_digest) where number_digest is not null;
create index legacy_account_account on legacy_account (account) where account is not null;
