-- Who has written in which room, written down before the first message of an author in a room: so that a deletion looks
-- only there. There may be a row too many, never one too few.
create table authored (
  author bigint not null,
  room bigint not null,
  primary key (author, room)
) {{clustered}};
insert into authored (author, room) select distinct author, room from messages;
