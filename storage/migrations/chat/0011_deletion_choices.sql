-- The choices with which a deletion came here first: they hold until its end. `erased` counts messages that it emptied.
alter table deletions add column keep_rooms smallint not null default 0;
alter table deletions add column erase_messages smallint not null default 0;
alter table deletions add column erased bigint not null default 0;
