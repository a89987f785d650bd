-- Questions that a person must decide: two claim one number, two persons have one number. No number in it.
create table cases (
  id uuid primary key,
  kind text not null,
  state text not null,
  account uuid not null,
  other uuid,
  reason text not null,
  opened_at bigint not null,
  decided_at bigint
);
create index cases_state on cases (state, id);
create index cases_account on cases (account);
