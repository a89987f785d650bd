-- Those who work here. name and number (the operator's own, so that nobody serves themselves) are ciphertexts;
-- roles are words with spaces between. Sealed.
create table operator (
  id uuid primary key,
  state text not null,
  roles text not null,
  name bytea not null,
  region text,
  department text,
  number_kind text,
  number bytea,
  password text not null,
  changed_at bigint not null,
  seal bytea not null
);
-- One operator a name, for every live key version. Names are claimed before the operator is written, so there
-- is no reference.
create table operator_name (
  key_version bigint not null,
  digest bytea not null,
  operator uuid not null,
  primary key (key_version, digest)
);
create index operator_name_operator on operator_name (operator);
create table operator_passkey (
  credential_id bytea primary key,
  operator uuid not null references operator (id),
  label text not null,
  credential text not null,
  created_at bigint not null,
  used_at bigint
);
create index operator_passkey_operator on operator_passkey (operator);
create table operator_totp (
  operator uuid primary key references operator (id),
  secret bytea not null,
  last_step bigint not null,
  created_at bigint not null,
  used_at bigint
);
-- Sessions of the console and of counters. The cookie is a ticket of the id.
create table operator_session (
  id uuid primary key,
  operator uuid not null references operator (id),
  browser uuid not null,
  role text not null,
  proofs text not null,
  aal bigint not null,
  authenticated_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  end_reason text
);
create index operator_session_operator on operator_session (operator) where ended_at is null;
-- A clerk at a window: ends with the clerk's session, with the window, and by itself. Sealed.
create table shift (
  id uuid primary key,
  operator uuid not null references operator (id),
  session uuid not null,
  terminal uuid not null,
  client text not null,
  started_at bigint not null,
  ended_at bigint,
  seal bytea not null
);
create index shift_operator on shift (operator) where ended_at is null;
create index shift_terminal on shift (terminal) where ended_at is null;
-- What one person came to a window for. Until a chip was read or the person approved on the phone it names nobody.
create table matter (
  id uuid primary key,
  shift uuid not null references shift (id),
  code text not null,
  label text not null,
  state text not null,
  how text,
  person uuid,
  session uuid,
  opened_at bigint not null,
  ends_at bigint not null,
  ended_at bigint
);
create index matter_shift on matter (shift) where ended_at is null;
-- What is done to an account at a window, and who vouched for it besides the clerk. content is a ciphertext. Sealed.
create table deed (
  id uuid primary key,
  matter uuid not null references matter (id),
  person uuid references person (id),
  kind text not null,
  state text not null,
  content bytea,
  clerk uuid not null references operator (id),
  vouched_by text,
  ready_at bigint not null,
  changed_at bigint not null,
  seal bytea not null
);
create index deed_person on deed (person) where state = 'delayed';
create index deed_ready on deed (ready_at) where state = 'delayed';
-- That a clerk assisted: who, at which window, for which matter.
alter table grants add column assisted text;
