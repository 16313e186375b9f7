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
-- Whether somebody takes anybody new at an instant: an absence with dates is over by itself, unless they are not to be
-- matched again.
CREATE FUNCTION takes_part(person people, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT person.available OR person.unavailable_reason IS DISTINCT FROM 'no_rematch'
    AND (coalesce(at < person.leave_from, false) OR coalesce(at >= person.leave_until, false))
$$;
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
  -- When it came into its state; null: as it was made.
  state_at timestamptz(3),
  -- When the person was asked whether to go on after the run in progress, and when they said so; null again once it ended.
  offered_at timestamptz(3),
  answered_at timestamptz(3),
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
  -- Whether it is in a pause of staff.
  paused boolean NOT NULL DEFAULT false,
  completed_at timestamptz(3),
  -- What lists filter by, as the pair last counted it.
  conversations integer NOT NULL DEFAULT 0,
  meetings integer NOT NULL DEFAULT 0,
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
CREATE INDEX journal_contacts ON journal (pair_id, occurred_at DESC, seq DESC) WHERE type = 'checkin.recorded';
CREATE INDEX journal_support ON journal (pair_id, (data->>'contactId')) WHERE type = 'support.recorded';
CREATE INDEX journal_retracting ON journal ((data->>'retracts')) WHERE data->>'retracts' IS NOT NULL;
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
CREATE INDEX pair_records_check_in ON pair_records ((data->>'id')) WHERE kind = 'check-in';

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
  -- Key of the mail that says the same as this text.
  mail_twin text,
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
  -- How it was read: stop, start, help, perhaps_stop, check_in, other; outreach, doubtful, ignored; with the reason of a doubt.
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
  acknowledged_at timestamptz(3),
  ended_at timestamptz(3)
);
CREATE INDEX cases_list ON cases (program_id, state, opened_at DESC);
CREATE INDEX cases_owner ON cases (owner);
CREATE INDEX cases_pair ON cases (pair_id);
CREATE INDEX cases_safety ON cases (pair_id) WHERE kind = 'safety' AND state IN ('open', 'acknowledged');
CREATE INDEX cases_assignee ON cases (assignee) WHERE state IN ('open', 'acknowledged');
CREATE INDEX cases_intake ON cases (person_id) WHERE owner = 'intake';
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

-- Messages that staff wrote to the people of many pairs; the ledger's rows of owner broadcast:{id} are theirs (T10).
CREATE TABLE broadcasts (
  id text PRIMARY KEY,
  program_id text NOT NULL REFERENCES programs (id),
  -- The API key with which it was sent.
  key_id text NOT NULL,
  -- mentor, mentee, both
  audience text NOT NULL,
  channel text NOT NULL,
  filter jsonb NOT NULL,
  -- The words of staff; nothing but these columns holds them before they are sent.
  subject text,
  text text NOT NULL,
  -- Links of the program among the words.
  links text[] NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX broadcasts_program ON broadcasts (program_id, created_at DESC);

-- What a program offers to read beside the standard set, and which of that set it has switched off (T9).
CREATE TABLE resources (
  program_id text NOT NULL REFERENCES programs (id),
  key text NOT NULL,
  -- The standard resource of this key is not offered; then the other columns are empty.
  off boolean NOT NULL,
  title text,
  text text,
  url text,
  topics text[] NOT NULL,
  -- mentor, mentee, guardian, all
  audience text,
  locale text,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program_id, key)
);

-- People who wait for a new counterpart in a program since they asked for one; they wait no more once they have it.
CREATE TABLE rematches (
  program_id text NOT NULL REFERENCES programs (id),
  person_id text NOT NULL REFERENCES people (id),
  -- mentor, mentee
  role text NOT NULL,
  -- The pair that ended.
  pair_id text NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  -- From when they may be matched again.
  eligible_at timestamptz(3) NOT NULL,
  PRIMARY KEY (program_id, person_id)
);
CREATE INDEX rematches_due ON rematches (eligible_at);
CREATE INDEX rematches_person ON rematches (person_id);

-- What a program does to all of its people at once: how far each such sweep has come. It goes on where it was interrupted,
-- and is done once for its key.
CREATE TABLE sweeps (
  key text PRIMARY KEY,
  program_id text NOT NULL REFERENCES programs (id),
  name text NOT NULL,
  -- Since when it is due.
  at timestamptz(3) NOT NULL,
  parameters jsonb NOT NULL,
  -- Which of its stages is under way, and the last item of it that is done.
  stage integer NOT NULL,
  after text NOT NULL,
  -- Items that it changed.
  changed integer NOT NULL,
  completed_at timestamptz(3)
);
CREATE INDEX sweeps_program ON sweeps (program_id, at DESC);
-- When each person was last heard of, gathered from the journal up to the watermark `activity`.
CREATE TABLE person_activity (
  person_id text PRIMARY KEY,
  last_at timestamptz(3) NOT NULL
);
CREATE TABLE watermarks (
  name text PRIMARY KEY,
  seq bigint NOT NULL
);
-- People who were told that nothing was heard of them, since when not, and since when they are marked unavailable for it.
CREATE TABLE inactivity_notices (
  program_id text NOT NULL REFERENCES programs (id),
  person_id text NOT NULL REFERENCES people (id),
  noticed_at timestamptz(3) NOT NULL,
  quiet_since timestamptz(3) NOT NULL,
  marked_at timestamptz(3),
  PRIMARY KEY (program_id, person_id)
);

-- Every change of state, written by triggers so that no writer can forget one; ids and codes only. An identity counts in the
-- order of writing, which is not that of commits: a reader gives each change its position once it is committed.
CREATE TABLE changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  position bigint,
  at timestamptz(3) NOT NULL,
  -- pair, request, person, case
  kind text NOT NULL,
  subject_id text NOT NULL,
  change text NOT NULL,
  program_ids text[] NOT NULL,
  -- Of a safety case.
  safety boolean NOT NULL,
  related jsonb NOT NULL
);
CREATE UNIQUE INDEX changes_position ON changes (position);
CREATE INDEX changes_unplaced ON changes (id) WHERE position IS NULL;

CREATE FUNCTION pair_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ctx jsonb := NEW.projection->'ctx';
  became text := CASE WHEN NEW.state = 'closed' THEN 'closed' WHEN NEW.paused THEN 'paused' ELSE 'active' END;
  millis bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    millis := CASE became
      WHEN 'closed' THEN (ctx->'closed'->>'at')::bigint
      WHEN 'paused' THEN (SELECT max((p->>'from')::bigint) FROM jsonb_array_elements(ctx->'pauses') p)
      ELSE (SELECT max((p->>'until')::bigint) FROM jsonb_array_elements(ctx->'pauses') p) END;
  END IF;
  INSERT INTO changes (at, kind, subject_id, change, program_ids, safety, related)
  VALUES (coalesce(to_timestamp(millis / 1000.0), NEW.created_at), 'pair', NEW.id, became, ARRAY[NEW.program_id], false,
    jsonb_build_object('mentorId', NEW.mentor_id, 'menteeId', NEW.mentee_id));
  RETURN NULL;
END $$;
CREATE TRIGGER pair_made AFTER INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION pair_changed();
CREATE TRIGGER pair_changed AFTER UPDATE OF state, paused ON pairs FOR EACH ROW
  WHEN (OLD.paused <> NEW.paused OR (OLD.state = 'closed') <> (NEW.state = 'closed')) EXECUTE FUNCTION pair_changed();

CREATE FUNCTION request_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (at, kind, subject_id, change, program_ids, safety, related)
  VALUES (CASE NEW.status WHEN 'pending' THEN NEW.opened_at ELSE coalesce(NEW.closed_at, NEW.opened_at) END, 'request', NEW.id,
    NEW.status, ARRAY[NEW.program_id], false, jsonb_build_object('requestKind', NEW.kind, 'mentorId', NEW.mentor_id,
      'menteeId', NEW.mentee_id, 'pairId', NEW.pair_id));
  RETURN NULL;
END $$;
CREATE TRIGGER request_made AFTER INSERT ON requests FOR EACH ROW EXECUTE FUNCTION request_changed();
CREATE TRIGGER request_changed AFTER UPDATE OF status ON requests FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION request_changed();

-- A case that is open again is so at the earliest since it had ended.
CREATE FUNCTION case_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reached timestamptz := CASE NEW.state
    WHEN 'open' THEN NEW.opened_at WHEN 'acknowledged' THEN NEW.acknowledged_at ELSE NEW.ended_at END;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.state = 'open' THEN reached := greatest(reached, OLD.ended_at); END IF;
  INSERT INTO changes (at, kind, subject_id, change, program_ids, safety, related)
  VALUES (coalesce(reached, NEW.opened_at), 'case', NEW.id, NEW.state, ARRAY[NEW.program_id], NEW.kind = 'safety',
    jsonb_build_object('caseKind', NEW.kind, 'pairId', NEW.pair_id, 'personId', NEW.person_id));
  RETURN NULL;
END $$;
CREATE TRIGGER case_made AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_changed();
CREATE TRIGGER case_changed AFTER UPDATE OF state ON cases FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION case_changed();

CREATE FUNCTION person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  erased boolean := OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL;
  removed boolean := OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL;
BEGIN
  INSERT INTO changes (at, kind, subject_id, change, program_ids, safety, related)
  VALUES (CASE WHEN erased THEN NEW.erased_at WHEN removed THEN NEW.removed_at ELSE NEW.updated_at END, 'person', NEW.id,
    CASE WHEN erased THEN 'erased' WHEN removed THEN 'removed' WHEN takes_part(NEW, NEW.updated_at) THEN 'available'
      ELSE 'unavailable' END,
    ARRAY(SELECT DISTINCT program_id FROM enrolments WHERE person_id = NEW.id ORDER BY program_id), false, '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER person_changed AFTER UPDATE OF available, leave_from, leave_until, removed_at, erased_at ON people
  FOR EACH ROW WHEN (takes_part(OLD, NEW.updated_at) <> takes_part(NEW, NEW.updated_at)
    OR OLD.removed_at IS NULL AND NEW.removed_at IS NOT NULL
    OR OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION person_changed();

CREATE FUNCTION enrolment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  enrolment enrolments := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO changes (at, kind, subject_id, change, program_ids, safety, related)
  VALUES (coalesce(enrolment.state_at, enrolment.joined_at), 'person', enrolment.person_id,
    'enrolment.' || CASE WHEN TG_OP = 'DELETE' THEN 'ended' ELSE enrolment.state END, ARRAY[enrolment.program_id], false,
    jsonb_build_object('role', enrolment.role));
  RETURN NULL;
END $$;
CREATE TRIGGER enrolment_made_or_ended AFTER INSERT OR DELETE ON enrolments FOR EACH ROW
  EXECUTE FUNCTION enrolment_changed();
CREATE TRIGGER enrolment_changed AFTER UPDATE OF state ON enrolments FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION enrolment_changed();
