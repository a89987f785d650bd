-- Keys. Data keys and signing keys are sealed by the master key, which is not here.
create table data_key (
  purpose text not null,
  version bigint not null,
  suite text not null,
  state text not null,
  sealed bytea not null,
  created_at bigint not null,
  primary key (purpose, version)
);
create table signing_key (
  kid text primary key,
  algorithm text not null,
  state text not null,
  sealed bytea not null,
  created_at bigint not null,
  changed_at bigint not null
);

-- Persons. number, name, phone, user_name, email and address are ciphertexts.
create table person (
  id uuid primary key,
  state text not null,
  number_kind text not null,
  number bytea not null,
  name bytea not null,
  phone bytea,
  user_name bytea,
  email bytea,
  email_verified boolean not null default false,
  address bytea,
  created_at bigint not null,
  updated_at bigint not null
);
-- At most one active account a number: the key says so, for every live key version. Rows are claimed
-- before the person is written, so there is no reference.
create table number_index (
  kind text not null,
  key_version bigint not null,
  digest bytea not null,
  person uuid not null,
  primary key (kind, key_version, digest)
);
create index number_index_person on number_index (person);
-- Phones and user names: other ways to find a person. A phone may be shared; a user name may not.
create table handle_index (
  kind text not null,
  key_version bigint not null,
  digest bytea not null,
  person uuid not null references person (id),
  primary key (kind, key_version, digest, person)
);
create index handle_index_person on handle_index (person);
-- The link of an account to its number, and how sure we are of it. Sealed.
create table binding (
  person uuid primary key references person (id),
  state text not null,
  trust bigint not null,
  evidence uuid not null,
  changed_at bigint not null,
  seal bytea not null
);
-- What the trust rests on; kept for ever. Sealed.
create table evidence (
  id uuid primary key,
  person uuid not null references person (id),
  method text not null,
  source text not null,
  reference text not null,
  trust bigint not null,
  recorded_at bigint not null,
  recorded_by text not null,
  seal bytea not null
);
create index evidence_person on evidence (person);

-- Factors.
create table password (
  person uuid primary key references person (id),
  hash text not null,
  changed_at bigint not null
);
create table passkey (
  credential_id bytea primary key,
  person uuid not null references person (id),
  label text not null,
  credential text not null,
  created_at bigint not null,
  used_at bigint
);
create index passkey_person on passkey (person);
-- Browsers a person has signed in from: never locked out by strangers.
create table known_browser (
  browser uuid not null,
  person uuid not null references person (id),
  seen_at bigint not null,
  primary key (browser, person)
);

-- Sessions. The cookie is a ticket of the id; there is no secret here.
create table session (
  id uuid not null primary key,
  person uuid not null,
  browser uuid,
  channel text not null,
  aal bigint not null,
  amr text not null,
  authenticated_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  end_reason text
)
--pg partition by range (id)
;
create index session_person on session (person);

-- Relying systems.
create table client (
  id text primary key,
  state text not null,
  metadata text not null,
  secret bytea,
  created_at bigint not null,
  changed_at bigint not null
);
create table initial_access (
  id uuid primary key,
  created_at bigint not null,
  expires_at bigint not null,
  uses_left bigint not null
);

-- What a relying system knows a subject by. One primary an (account, sector); aliases come with merges.
create table subject (
  sub text primary key,
  account uuid not null,
  sector text not null,
  role text not null,
  created_at bigint not null
);
create unique index subject_primary on subject (account, sector) where role = 'primary';
create table consent (
  person uuid not null references person (id),
  client text not null,
  asked text not null,
  allowed text not null,
  basis text not null,
  given_at bigint not null,
  primary key (person, client)
);
-- A grant: what one redemption of an approval gave. A refresh token is a ticket of id and generation.
create table grants (
  id uuid not null primary key,
  client text not null,
  person uuid not null,
  session uuid not null,
  sub text not null,
  scopes text not null,
  claims text not null,
  channel text not null,
  aal bigint not null,
  amr text not null,
  authenticated_at bigint not null,
  generation bigint not null,
  state text not null,
  expires_at bigint not null
)
--pg partition by range (id)
;
create index grants_session on grants (session);
create index grants_person on grants (person, client);

-- What happened. Appended, sealed, never changed.
create table audit (
  id uuid not null primary key,
  request uuid not null,
  event text not null,
  actor text not null,
  channel text not null,
  address text not null,
  person uuid,
  client text,
  detail text not null,
  seal bytea not null
)
--pg partition by range (id)
;
create index audit_person on audit (person, id) where person is not null;

-- Who does a recurring duty, and until when.
create table lease (
  duty text primary key,
  holder uuid not null,
  until bigint not null
);

--pg create table session_default partition of session default;
--pg create table grants_default partition of grants default;
--pg create table audit_default partition of audit default;
