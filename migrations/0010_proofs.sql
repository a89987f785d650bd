-- Evidence that rests on an agreement counts no more once that is withdrawn; the seal covers the moment.
alter table evidence add column withdrawn_at bigint;
-- Checks of a person's face, each agreed to by itself. Kept of it: the reference of whoever did it, and how it
-- ended. No picture, no template. A reference counts once.
create table face_check (
  id uuid primary key,
  person uuid not null references person (id),
  source text not null,
  reference text not null,
  state text not null,
  agreed_at bigint not null,
  ended_at bigint,
  unique (source, reference)
);
create index face_check_person on face_check (person, state);
