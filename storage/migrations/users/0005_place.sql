-- Where this database was when it was used last: a copy that is put back, or another server, is somewhere else.
alter table meta add column place text not null default '';
