-- Reactions to messages: `mark` is 1 to 32 bytes, `author` the number of the person. In the order of the key a statement
-- finds the kinds of reaction that a message has, and whether a person gave one, without reading those of everybody.
create table reactions (
  room bigint not null references rooms (id) on delete cascade,
  target bigint not null,
  mark text not null,
  author bigint not null,
  primary key (room, target, mark, author)
) {{clustered}};

-- Messages that are pinned. `seq` is the entry that did it.
create table pins (
  room bigint not null references rooms (id) on delete cascade,
  target bigint not null,
  seq bigint not null,
  primary key (room, target)
) {{clustered}};

-- For how many seconds an author may edit a message; 0: nobody may.
alter table settings add column edit_window bigint not null default 86400;

-- The edits of a message, for pages: also where very many have reacted to it.
create index messages_that_edit on messages (room, target, seq) where kind = 1;
