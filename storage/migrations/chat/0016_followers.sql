-- How far each duty has read each log behind the commit, in the log of that generation: up to `seq`, where the log has
-- `texts` words. Without a row it begins at the start. Logs that are there by now have been read.
create table followers (
  duty text {{bytes}} not null,
  room bigint not null references rooms (id) on delete cascade,
  seq bigint not null,
  generation bigint not null,
  texts bigint not null,
  primary key (duty, room)
) {{clustered}};
create index followers_by_room on followers (room);
insert into followers (duty, room, seq, generation, texts) select 'notices', id, head, generation, texts from rooms;

-- People who are mentioned, once a message: by the folded name, and `seq`, the first entry that does it, which is `message`,
-- or an edit of it. `at` is its time.
create table mentions (
  folded text {{bytes}} not null,
  room bigint not null references rooms (id) on delete cascade,
  seq bigint not null,
  message bigint not null,
  at bigint not null,
  primary key (folded, room, seq)
) {{clustered}};
create unique index mentions_by_message on mentions (room, message, folded);
create index mentions_by_time on mentions (folded, at);
