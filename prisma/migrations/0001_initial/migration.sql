-- Programs and their versions. The document is the whole program policy, with every default filled in.
CREATE TABLE programs (
  id text PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE TABLE program_versions (
  program_id text NOT NULL REFERENCES programs (id),
  version integer NOT NULL,
  document jsonb NOT NULL,
  apply_now boolean NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program_id, version)
);
-- A program's own words; where it has none, the texts that ship with Tandem are used.
CREATE TABLE templates (
  program_id text NOT NULL REFERENCES programs (id),
  key text NOT NULL,
  channel text NOT NULL,
  locale text NOT NULL,
  variant text NOT NULL,
  subject text,
  body text NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program_id, key, channel, locale, variant)
);

CREATE TABLE people (
  id text PRIMARY KEY,
  version integer NOT NULL,
  name text NOT NULL,
  zone text,
  locale text,
  email text,
  phone text,
  is_minor boolean NOT NULL,
  guardian_id text,
  capacity_mentor integer,
  capacity_mentee integer,
  available boolean NOT NULL,
  leave_from timestamptz(3),
  leave_until timestamptz(3),
  unavailable_reason text,
  removed_at timestamptz(3),
  erased_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX people_guardian ON people (guardian_id);
CREATE INDEX people_email ON people (lower(btrim(email)));
CREATE INDEX people_phone ON people (phone) WHERE phone IS NOT NULL;
CREATE TABLE enrolments (
  person_id text NOT NULL REFERENCES people (id),
  program_id text NOT NULL,
  role text NOT NULL,
  state text NOT NULL,
  joined_at timestamptz(3) NOT NULL,
  profile_complete boolean NOT NULL,
  PRIMARY KEY (person_id, program_id, role)
);
CREATE INDEX enrolments_program ON enrolments (program_id, person_id);
-- Consent records are kept for ever; the newest of a person and channel counts.
CREATE TABLE consents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id text NOT NULL REFERENCES people (id),
  channel text NOT NULL,
  granted boolean NOT NULL,
  by_person_id text NOT NULL,
  source text NOT NULL,
  wording text NOT NULL,
  given_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL
);
CREATE INDEX consents_person ON consents (person_id, channel, id DESC);
-- By address, since a STOP holds for every profile with that address; by digest, so that it holds when the people who had
-- the address are erased. The category is one of the template table, optional (all but transactional), or all.
CREATE TABLE suppressions (
  channel text NOT NULL,
  address_digest text NOT NULL,
  category text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (channel, address_digest, category)
);
-- An address or number as it is compared, without its spelling; null of null.
CREATE FUNCTION address_digest(address text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS
  $$ SELECT encode(sha256(convert_to(lower(btrim(address)), 'UTF8')), 'hex') $$;

CREATE TABLE classes (
  id text PRIMARY KEY,
  program_id text NOT NULL REFERENCES programs (id),
  version integer NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX classes_program ON classes (program_id);
CREATE TABLE class_versions (
  class_id text NOT NULL REFERENCES classes (id),
  version integer NOT NULL,
  zone text NOT NULL,
  ends_on text,
  sessions jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (class_id, version)
);

CREATE TABLE pairs (
  id text PRIMARY KEY,
  -- The id of its workflow, which owns its messages and cases.
  owner text NOT NULL UNIQUE,
  program_id text NOT NULL REFERENCES programs (id),
  mentor_id text NOT NULL REFERENCES people (id),
  mentee_id text NOT NULL REFERENCES people (id),
  class_id text REFERENCES classes (id),
  staff jsonb NOT NULL,
  coordinator_id text,
  supervisor_id text,
  history jsonb NOT NULL,
  matched_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  completed_at timestamptz(3),
  -- What the pair last said of itself: its whole state and context. Lists are computed from it, and a run that starts
  -- without a state of its own reads it first.
  projection jsonb,
  policy_version integer NOT NULL
);
CREATE INDEX pairs_program ON pairs (program_id, created_at DESC, id);
CREATE INDEX pairs_mentor ON pairs (mentor_id);
CREATE INDEX pairs_mentee ON pairs (mentee_id);
CREATE INDEX pairs_class ON pairs (class_id);
CREATE INDEX pairs_coordinator ON pairs (coordinator_id);
CREATE INDEX pairs_supervisor ON pairs (supervisor_id);

-- The (facts, time) of each owner's last say: an older one changes nothing.
CREATE TABLE says (
  owner text PRIMARY KEY,
  facts integer NOT NULL,
  at timestamptz(3) NOT NULL,
  -- When the owner decides again if nothing happens, as it knew when it decided this say.
  next_at timestamptz(3)
);

-- The journal: every fact, command and note, in the order of acceptance.
CREATE TABLE journal (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  event_id text NOT NULL,
  digest text NOT NULL,
  ref text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  -- The workflow that rests on this entry, such as pair:{programId}:{pairId}; null while its subject is unknown.
  owner text,
  program_id text,
  pair_id text,
  occurred_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  history boolean NOT NULL,
  urgent boolean NOT NULL,
  data jsonb NOT NULL,
  -- recorded, asked (a command), parked (unknown subject), applied, refused, unknown_subject, noted (needs no workflow)
  state text NOT NULL,
  applied_order integer,
  applied_at timestamptz(3),
  refusal text,
  effect jsonb,
  -- Programs that the key which brought an entry for an unknown subject may write to; null means all.
  allowed_programs text[],
  delivered_at timestamptz(3),
  lease_until timestamptz(3),
  attempts integer NOT NULL DEFAULT 0,
  UNIQUE (source, event_id)
);
CREATE INDEX journal_undelivered ON journal (urgent DESC, seq)
  WHERE state IN ('recorded', 'asked') AND delivered_at IS NULL;
CREATE INDEX journal_open_by_owner ON journal (owner) WHERE state IN ('recorded', 'asked');
CREATE INDEX journal_parked ON journal (subject) WHERE state = 'parked';
CREATE INDEX journal_owner ON journal (owner, seq);
-- Words that people wrote; nothing but this table holds them.
CREATE TABLE free_texts (
  seq bigint NOT NULL REFERENCES journal (seq),
  field text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (seq, field)
);
-- Steps that a workflow has performed, for replaying and explaining.
CREATE TABLE performed_steps (
  owner text NOT NULL,
  key text NOT NULL,
  performed_at timestamptz(3) NOT NULL,
  facts integer NOT NULL,
  step jsonb NOT NULL,
  PRIMARY KEY (owner, key, performed_at)
);

-- What pairs tell of single concerns for lists and reports: codes, ids and numbers only. `data` is the concern's own; what
-- depends on the time of reading is worked out from it by the functions that the pair itself decides with.
CREATE TABLE pair_records (
  pair_id text NOT NULL REFERENCES pairs (id),
  -- Which concern, such as check-in.
  kind text NOT NULL,
  key text NOT NULL,
  program_id text NOT NULL,
  person_id text,
  -- Civil day in the pair's zone.
  day text NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (pair_id, kind, key)
);
CREATE INDEX pair_records_program ON pair_records (program_id, kind, day);
CREATE INDEX pair_records_person ON pair_records (person_id, kind, day);

-- The ledger and, while a row waits, the mailbox.
CREATE TABLE messages (
  id text PRIMARY KEY,
  key text NOT NULL UNIQUE,
  -- The step that the key belongs to, without the person; a step already claimed for a role is not said to another.
  step_key text NOT NULL,
  owner text NOT NULL,
  program_id text NOT NULL,
  pair_ids text[] NOT NULL,
  person_id text NOT NULL,
  role text NOT NULL,
  template text NOT NULL,
  variant text,
  channel text NOT NULL,
  fallback_from text,
  -- The dispatcher that drives it: people, or urgent for what the mailbox does not rank.
  shard text NOT NULL,
  -- What the mailbox ranks and gates by, from the template table: audience, transactional, safety, urgent, priority.
  classification jsonb NOT NULL,
  fields jsonb NOT NULL,
  zone text NOT NULL,
  bcc text[] NOT NULL,
  state text NOT NULL,
  reason text,
  planned boolean NOT NULL,
  planned_for timestamptz(3) NOT NULL,
  not_before timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  -- When the dispatcher has to look again; null: it has not looked since the last write.
  look_at timestamptz(3),
  only_if_sent text,
  -- Set when the row was withdrawn after it had been claimed: it is settled and not handed over again.
  withdrawn boolean NOT NULL DEFAULT false,
  -- Hand-overs that did not go out and count, for the time until the next.
  attempts integer NOT NULL DEFAULT 0,
  -- It was tried once more after a failure that passes.
  retried_passing boolean NOT NULL DEFAULT false,
  send_id text,
  sent_at timestamptz(3),
  policy_version integer NOT NULL,
  because jsonb NOT NULL,
  gates jsonb,
  accepted_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX messages_owner ON messages (owner);
CREATE INDEX messages_look ON messages (shard, look_at NULLS FIRST) WHERE state = 'waiting';
CREATE INDEX messages_person_waiting ON messages (person_id) WHERE state = 'waiting';
CREATE INDEX messages_send ON messages (send_id) WHERE send_id IS NOT NULL;
CREATE INDEX messages_step ON messages (step_key);
CREATE INDEX messages_pairs ON messages USING gin (pair_ids);
CREATE INDEX messages_person ON messages (person_id, accepted_at DESC);
CREATE INDEX messages_program ON messages (program_id, accepted_at DESC);

-- One hand-over to a provider, for one row or several merged ones.
CREATE TABLE sends (
  id text PRIMARY KEY,
  person_id text NOT NULL,
  channel text NOT NULL,
  -- The messages that travel together.
  message_ids text[] NOT NULL,
  -- Where it went, for asking the provider; null once the person is erased.
  address text,
  -- claimed, accepted, unknown, not_sent, failed, undelivered (accepted, and reported as not delivered)
  state text NOT NULL,
  -- Exempt from the daily cap: transactional, staff and safety.
  exempt boolean NOT NULL,
  priority integer NOT NULL,
  claimed_at timestamptz(3) NOT NULL,
  -- Wall clock of the database: after this instant a claimed send is unknown, and is settled.
  lease_until timestamptz(3) NOT NULL,
  outcome text,
  provider text NOT NULL,
  provider_id text,
  provider_status text,
  subject text,
  body text,
  ended_at timestamptz(3)
);
CREATE INDEX sends_open ON sends (lease_until) WHERE state IN ('claimed', 'unknown');
CREATE INDEX sends_person ON sends (person_id, claimed_at DESC);
CREATE INDEX sends_provider_id ON sends (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX sends_messages ON sends USING gin (message_ids);
CREATE INDEX sends_worded ON sends (claimed_at) WHERE subject IS NOT NULL OR body IS NOT NULL;
-- What staff said became of a send that no provider could tell about; once for each.
CREATE TABLE settlements (
  send_id text PRIMARY KEY REFERENCES sends (id),
  -- sent, notSent, drop
  outcome text NOT NULL,
  by_person_id text NOT NULL,
  note text,
  at timestamptz(3) NOT NULL
);

-- A provider that takes nothing at present: parked until staff resume it, or limited until an instant. A row says so; none
-- means that it is open.
CREATE TABLE channels (
  provider text PRIMARY KEY,
  parked_at timestamptz(3),
  -- Code of the refusal that parked it.
  code text,
  limited_until timestamptz(3),
  -- What was handed over before does not park it again.
  resumed_at timestamptz(3)
);
CREATE TABLE channel_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  change text NOT NULL,
  code text,
  by_person_id text,
  at timestamptz(3) NOT NULL
);

-- What providers reported of sends, each report once. A report of a send that is not known is kept as quarantined.
CREATE TABLE provider_reports (
  provider text NOT NULL,
  report_key text NOT NULL,
  send_id text,
  status text NOT NULL,
  code text,
  -- applied, ignored (an earlier status than the one known), quarantined
  state text NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (provider, report_key)
);
CREATE INDEX provider_reports_received ON provider_reports (received_at);
CREATE INDEX provider_reports_quarantined ON provider_reports (received_at) WHERE state = 'quarantined';

-- What people wrote back, by mail or text, each once. Nothing but this table holds their words.
CREATE TABLE inbound_messages (
  id text PRIMARY KEY,
  provider text NOT NULL,
  provider_key text NOT NULL,
  channel text NOT NULL,
  from_address text,
  to_address text,
  -- The person who wrote it, where the address is one person's alone.
  person_id text,
  case_id text,
  -- How it was read: stop, start, help, perhaps_stop, other; outreach, doubtful, ignored; with the reason of a doubt.
  reading text NOT NULL,
  doubt text,
  subject text,
  body text,
  received_at timestamptz(3) NOT NULL,
  UNIQUE (provider, provider_key)
);
CREATE INDEX inbound_messages_person ON inbound_messages (person_id, received_at DESC);
CREATE INDEX inbound_messages_worded ON inbound_messages (received_at) WHERE subject IS NOT NULL OR body IS NOT NULL;

-- Keys of this installation that sign what it gives out; made once, by name.
CREATE TABLE secrets (
  name text PRIMARY KEY,
  secret text NOT NULL
);

CREATE TABLE cases (
  id text PRIMARY KEY,
  key text UNIQUE,
  owner text NOT NULL,
  opened_by text,
  kind text NOT NULL,
  program_id text NOT NULL,
  pair_id text,
  person_id text,
  state text NOT NULL,
  assignee text,
  supervisor text,
  reason text NOT NULL,
  outcome text,
  facts text[] NOT NULL,
  details jsonb NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE INDEX cases_list ON cases (program_id, state, opened_at DESC);
CREATE INDEX cases_owner ON cases (owner);
CREATE INDEX cases_pair ON cases (pair_id);
CREATE INDEX cases_safety ON cases (pair_id) WHERE kind = 'safety' AND state IN ('open', 'acknowledged');
CREATE INDEX cases_assignee ON cases (assignee) WHERE state IN ('open', 'acknowledged');
CREATE TABLE case_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  at timestamptz(3) NOT NULL,
  by text NOT NULL,
  code text NOT NULL,
  text text
);
CREATE INDEX case_entries_case ON case_entries (case_id, id);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  hash text NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  program_ids text[],
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) NOT NULL
);
CREATE TABLE idempotency_keys (
  api_key_id text NOT NULL,
  key text NOT NULL,
  digest text NOT NULL,
  status integer,
  body jsonb,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (api_key_id, key)
);

-- Mentees who ask for a mentor, mentors who offer, and lists from which staff assign. The row is the request: whoever
-- changes it holds its lock, writes its workflow's entry with it, and the first one recorded wins.
CREATE TABLE requests (
  id text PRIMARY KEY,
  -- The id of its workflow, which owns its messages.
  owner text NOT NULL UNIQUE,
  program_id text NOT NULL REFERENCES programs (id),
  -- request, offer, list
  kind text NOT NULL,
  mentee_id text NOT NULL REFERENCES people (id),
  -- Who is asked or offers; of a list who was assigned.
  mentor_id text REFERENCES people (id),
  mentor_ids text[] NOT NULL,
  -- The version that it was opened under and keeps.
  policy_version integer NOT NULL,
  status text NOT NULL,
  round integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  closes_at timestamptz(3),
  closed_at timestamptz(3),
  ended_by text,
  reason text,
  pair_id text,
  reminded_at timestamptz(3)[] NOT NULL,
  -- Words that people wrote; nothing but these columns holds them.
  message text,
  reply text,
  staff_note text,
  digest text NOT NULL
);
CREATE INDEX requests_newest ON requests (created_at DESC, id DESC);
CREATE INDEX requests_status ON requests (status, created_at DESC, id DESC);
CREATE INDEX requests_program ON requests (program_id, status, created_at DESC, id DESC);
CREATE INDEX requests_mentee ON requests (mentee_id, created_at DESC, id DESC);
CREATE INDEX requests_mentor ON requests (mentor_id, created_at DESC, id DESC);
CREATE INDEX requests_pending_mentee ON requests (mentee_id) WHERE status = 'pending';
CREATE INDEX requests_pending_mentor ON requests (mentor_id) WHERE status = 'pending';
-- One pending request and one pending offer of the same two, whatever the code above may do.
CREATE UNIQUE INDEX requests_pending_once ON requests (program_id, kind, mentee_id, mentor_id)
  WHERE status = 'pending' AND kind <> 'list';

-- Mentors whom staff recommend to a mentee, as they stand and as they were last mailed.
CREATE TABLE recommendations (
  program_id text NOT NULL REFERENCES programs (id),
  mentee_id text NOT NULL REFERENCES people (id),
  mentor_ids text[] NOT NULL,
  pushed_ids text[] NOT NULL,
  pushed_at timestamptz(3),
  pushes integer NOT NULL,
  PRIMARY KEY (program_id, mentee_id)
);
