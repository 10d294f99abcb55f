-- Each person sees and writes their own rows, whatever a query asks for.
--
-- Your server (or PostgREST) verifies the access token first, and hands its claims to the transaction:
--
--   begin;
--   set local role site_visitor;
--   select set_config('request.jwt.claims', $1, true);   -- the claims as JSON, for this transaction alone
--   …
--   commit;
--
-- `request.jwt.claims` is the name that PostgREST and Supabase use, so the same policies serve there.

create function current_claims() returns jsonb language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb, '{}'::jsonb)
$$;

-- `sub`: stable for a person at your site. Never the address: that may change its owner.
create function current_person() returns text language sql stable as $$
  select current_claims() ->> 'sub'
$$;

create function has_role(name text) returns boolean language sql stable as $$
  select coalesce(current_claims() -> 'roles' ? name, false)
$$;

create table notes (
  id bigint generated always as identity primary key,
  owner text not null default current_person(),
  body text not null
);

alter table notes enable row level security;

create policy own_notes on notes
  using (owner = current_person())
  with check (owner = current_person());

create policy editors_read on notes for select
  using (has_role('editor'));

create role site_visitor nologin;
grant select, insert, update, delete on notes to site_visitor;
