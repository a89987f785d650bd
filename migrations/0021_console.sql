-- The console's rooms. How long the file of an import is, so that people see how far it has come; null where nobody
-- can know.
alter table legacy_import add column length bigint;
create index legacy_import_source on legacy_import (source, id);
-- Taking a batch back: who asked for it and why, who confirmed, how far it has come, what came of it so far. undo_going_on
-- marks one that was begun at the console: a duty goes on with it.
alter table legacy_batch add column undo_proposed_by text;
alter table legacy_batch add column undo_reason text;
alter table legacy_batch add column undo_by text;
alter table legacy_batch add column undo_position uuid;
alter table legacy_batch add column undo_going_on boolean not null default false;
alter table legacy_batch add column undone text;
create index legacy_batch_undoing on legacy_batch (id) where state = 'undoing';
-- statement is what a citizen says when they appeal, a ciphertext. A case that nobody decided in its time is raised, once.
alter table cases add column statement bytea;
alter table cases add column raised_at bigint;
create index cases_other on cases (other) where other is not null;
