-- Runs of matching and merging that were asked for at the console: a duty does them. holder is the process that has one in
-- hand; the counts grow with each of its steps. Over a source there is one at a time.
create table legacy_task (
  id uuid primary key,
  source uuid not null references legacy_source (id),
  work text not null,
  state text not null,
  asked_by text not null,
  confirmed_by text,
  holder uuid,
  expected bigint,
  accounts bigint not null,
  written bigint not null,
  cases bigint not null,
  links bigint not null,
  made bigint not null,
  held bigint not null,
  batch uuid,
  failed text,
  asked_at bigint not null,
  changed_at bigint not null,
  finished_at bigint
);
create unique index legacy_task_open on legacy_task (source) where state in ('proposed', 'waiting', 'running');
create index legacy_task_source on legacy_task (source, id);
create index legacy_task_to_do on legacy_task (id) where state in ('waiting', 'running');
-- What came of a source, as it was last counted: of millions of accounts that takes seconds. lines says each count with the
-- ids of some accounts of it; took is how long it took, in milliseconds; counting_at marks a count that is under way.
create table legacy_report (
  source uuid primary key references legacy_source (id),
  counted_at bigint not null,
  took bigint not null,
  lines text not null,
  counting_at bigint
);
