-- Where no extract stands, the platform is asked. What it has confirmed is a record beside the extract's, in parts of its own
-- and with the time at which it was asked; records of an extract have none.
alter table register_record add column asked_at bigint;
-- Questions that were answered by "another name" or "no record": so that nothing is asked twice. digest is a keyed digest of
-- number and name as they were asked, number_digest that of the number as in number_index. Neither tells what was asked.
create table register_question (
  digest bytea primary key,
  number_digest bytea not null,
  answer text not null,
  asked_at bigint not null
);
create index register_question_number on register_question (number_digest);
create index register_question_age on register_question (asked_at);
-- What a run of matching has asked, and why it does not go on now; again_at is when it does.
alter table legacy_task add column asked bigint not null default 0;
alter table legacy_task add column waits_for text;
alter table legacy_task add column again_at bigint;
