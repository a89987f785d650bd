-- The second kind of subject. code, name, representative and representative_name are ciphertexts.
alter table number_index rename column person to account;
drop index number_index_person;
create index number_index_account on number_index (account);
create table organization (
  id uuid primary key,
  standing text not null,
  contested_at bigint,
  code bytea not null,
  name bytea not null,
  representative bytea,
  representative_name bytea not null,
  -- Who says all this, by its reference, and as of when.
  department text not null,
  reference text not null,
  as_of bigint not null,
  checked_at bigint not null,
  successor uuid references organization (id),
  created_at bigint not null,
  updated_at bigint not null,
  seal bytea not null
);
create index organization_checked on organization (checked_at);

-- Standing permission to act for another: for an organization, or for another person. Sealed. What the
-- grantor typed of an invited handler (number and name) is ciphertext, and found by its digest.
create table mandate (
  id uuid primary key,
  state text not null,
  grantor uuid not null,
  grantor_kind text not null,
  grantee uuid,
  grantee_kind text not null,
  invited_digest bytea,
  invited_number bytea,
  invited_name bytea,
  role text not null,
  scope text not null,
  starts_at bigint not null,
  ends_at bigint,
  -- The mandate of an agency, under which one of its people acts.
  parent uuid references mandate (id),
  evidence text not null,
  granted_by text not null,
  changed_at bigint not null,
  end_reason text,
  seal bytea not null
);
create index mandate_grantee on mandate (grantee, state) where grantee is not null;
create index mandate_grantor on mandate (grantor, state);
create index mandate_invited on mandate (invited_digest) where invited_digest is not null;
create index mandate_parent on mandate (parent) where parent is not null;
create index mandate_ends on mandate (state, ends_at);

-- As whom: chosen once a session; the mandate, or the person's own id for oneself.
alter table session add column capacity uuid;
-- Whom a grant speaks for, if for another, and what the relying system calls the person who acts.
alter table grants add column mandate uuid;
alter table grants add column represented uuid;
alter table grants add column act_sub text;
create index grants_represented on grants (represented, id) where represented is not null;

-- Consent belongs to (person, capacity, client): capacity is the account spoken for, one's own for oneself.
create table consent_of_capacity (
  person uuid not null references person (id),
  capacity uuid not null,
  client text not null,
  asked text not null,
  allowed text not null,
  basis text not null,
  given_at bigint not null,
  primary key (person, capacity, client)
);
insert into consent_of_capacity (person, capacity, client, asked, allowed, basis, given_at)
  select person, person, client, asked, allowed, basis, given_at from consent;
drop table consent;
alter table consent_of_capacity rename to consent;
