-- In which language a person reads what we write to them: that of the pages they signed in on last. Null: nobody
-- knows, or simplified Chinese.
alter table person add column language text;
