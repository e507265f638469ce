-- What the deletions of users have done here. Rows stay for ever: they are why a late step changes nothing, and why
-- nothing is written in a deleted user's name. `account` is a hash of the name and `author` its number in authors;
-- both are null where a deletion was undone before it came here. Where a purge's scan stands, and its receipt.
create table deletions (
  operation text primary key,
  account text,
  author bigint,
  state text not null check (state in ('hidden', 'restored', 'purging', 'purged')),
  lease bigint not null,
  changed_at bigint not null,
  scanned_room bigint not null,
  scanned_seq bigint not null,
  rooms bigint not null,
  messages bigint not null,
  anonymised bigint not null,
  memberships bigint not null,
  passed_on bigint not null
);
create index deletions_by_account on deletions (account) where state <> 'restored';
create index deletions_by_author on deletions (author) where state <> 'restored';

-- Rises with each deletion that begins or is undone here. Every append compares it, in place of asking for each author.
create table author_fence (
  one smallint primary key check (one = 1),
  version bigint not null
);
insert into author_fence (one, version) values (1, 1);

-- The deletion that hides the room.
alter table rooms add column hidden text;

insert into authors (name, folded) values ('deleted', 'deleted');
