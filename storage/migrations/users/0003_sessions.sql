-- A session that POST /room made for a websocket ends soon after it.
alter table sessions add column for_room smallint not null default 0;

-- Of those who have more than a hundred, the oldest go: some had 150,000.
delete from sessions where token in (
  select token from (
    select token, row_number() over (partition by owner order by created_at desc, session) as place from sessions
  ) as placed where place > 100
);

-- An operator disabled the account: no login, for a reason that the user is told.
alter table users add column suspended smallint not null default 0;
alter table users add column suspended_why text not null default '';
