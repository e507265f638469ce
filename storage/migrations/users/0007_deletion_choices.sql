-- What a user chose about what others see, too: whether rooms that aren't open stay where they have other members, and
-- whether messages in rooms that stay are emptied. A deletion keeps to it whoever carries it on. `erased` counts those.
alter table deletions add column keep_rooms smallint not null default 0;
alter table deletions add column erase_messages smallint not null default 0;
alter table deletions add column erased bigint not null default 0;
