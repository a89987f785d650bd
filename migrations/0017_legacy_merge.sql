-- What matching compares, beside each record of the extract: the number's digest as in number_index, the digest of
-- the name's key and those of former names (35 bytes each, one behind the other), and how the subject stands. An old
-- number, or an organization's other key, leads to the number that it stands for now.
alter table register_record add column number_digest bytea;
alter table register_record add column name_digest bytea;
alter table register_record add column former_digests bytea;
alter table register_record add column status text;
alter table register_record add column leads_to bytea;
create index register_record_number on register_record (number_digest);

-- What matching found: by which rules, why, on what; target is the digest of the number whose account it belongs to,
-- or, where somebody must decide, of the one that it may belong to.
alter table legacy_account add column rules bigint;
alter table legacy_account add column match_reason text;
alter table legacy_account add column evidence text;
alter table legacy_account add column target bytea;
create index legacy_account_differs on legacy_account (source, id) where differs;

-- A run of merging, over one source; position is the last account that it has done. What it has linked can be undone
-- as one.
create table legacy_batch (
  id uuid primary key,
  source uuid not null references legacy_source (id),
  state text not null,
  position uuid not null,
  links bigint not null,
  made bigint not null,
  held bigint not null,
  by_whom text not null,
  started_at bigint not null,
  changed_at bigint not null,
  finished_at bigint
);
create unique index legacy_batch_running on legacy_batch (source) where state = 'running';
create index legacy_batch_source on legacy_batch (source, id);
-- That an account of a source belongs to an account here. Sealed, its state included. Nothing is ever moved: to take
-- a link back is to change its state. made: the account here was made for it.
create table legacy_link (
  id uuid primary key,
  batch uuid not null,
  source uuid not null,
  legacy_account uuid not null,
  account uuid not null,
  account_kind text not null,
  class text not null,
  evidence text not null,
  rules bigint not null,
  made boolean not null,
  by_whom text not null,
  linked_at bigint not null,
  state text not null,
  reason text not null,
  changed_at bigint not null,
  announced_at bigint,
  seal bytea not null
);
create unique index legacy_link_standing on legacy_link (legacy_account) where state <> 'unlinked';
create index legacy_link_account on legacy_link (account);
create index legacy_link_batch on legacy_link (batch, id);

-- Cases about legacy accounts: account is then the legacy account's id, and other the account here that it may belong to.
-- A decision that two operators must make is proposed by the first.
alter table cases add column source uuid;
alter table cases add column deadline bigint;
alter table cases add column decision text;
alter table cases add column decision_reason text;
alter table cases add column proposed_by text;
alter table cases add column decided_by text;
alter table cases add column into_account uuid;
alter table cases add column link uuid;
alter table cases add column appeal_of uuid;
create index cases_source on cases (source, state, id) where source is not null;

-- To take an account back that was made for a legacy account, every table that may name a person is asked.
create index known_browser_person on known_browser (person);
create index recovery_person on recovery (person);
create index organization_successor on organization (successor) where successor is not null;
