-- The log of deletions. The name stands here until the deletion has ended; after it, the user's row has a hash of it.
-- The counts are the receipt. `ended_at` is 0 while it is under way.
create table deletions (
  operation text primary key,
  owner bigint not null references users (id),
  name text not null,
  state text not null check (state in ('hiding', 'purging', 'completed', 'undoing', 'undone')),
  holder text not null,
  lease bigint not null,
  lease_until bigint not null,
  begun_at bigint not null,
  ended_at bigint not null,
  rooms bigint not null,
  messages bigint not null,
  anonymised bigint not null,
  memberships bigint not null,
  passed_on bigint not null,
  sessions bigint not null
);
create index deletions_by_owner on deletions (owner);
create index deletions_under_way on deletions (lease_until) where ended_at = 0;

-- Which deletion ended the token.
alter table ended_tokens add column operation text;
create index ended_tokens_by_operation on ended_tokens (operation) where operation is not null;
create index ended_tokens_of_deletions on ended_tokens (token) where operation is not null;
