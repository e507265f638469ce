-- 1: something was erased or deleted whose bytes may still be in the file of the database.
alter table meta add column remnants smallint not null default 0;
