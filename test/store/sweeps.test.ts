import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { SweepStep } from '../../policy/step.ts';
import { DAY, HOUR, type Instant } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { heardOf } from '../../prisma/store/activity.ts';
import { chooseEnrolment } from '../../prisma/store/enrolment-choice.ts';
import { createPair } from '../../prisma/store/pair-making.ts';
import { putAvailability } from '../../prisma/store/people.ts';
import { listDueRematches } from '../../prisma/store/rematches.ts';
import { carryOutSweeps } from '../../prisma/store/sweeps.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { project, seedProgram } from '../support/mentoring.ts';

let db: TestDatabase;
const start = Date.UTC(2026, 0, 10, 15);
beforeEach(async () => {
  await db?.drop();
  db = await createTestDatabase();
  await seedProgram(db.database, 'prg', start);
});
afterAll(() => db.drop());

const classified = (key: string, variant?: string | null) => classify(key as TemplateKey, variant);

/** Carries sweeps out at an instant, in batches of two. */
function carryOut(sweeps: SweepStep[], now: Instant, moved?: () => void) {
  const terms = { programId: 'prg', policyVersion: 1, zone: 'America/New_York', gatherMinutes: 2, batch: 2, now };
  return carryOutSweeps(db.database, { ...terms, sweeps, classify: classified, ...(moved && { moved }) });
}

async function enrol(id: string, change: Record<string, unknown> = {}, role = 'mentor'): Promise<void> {
  const columns = {
    available: true,
    removed_at: null,
    leave_from: null,
    leave_until: null,
    joined_at: start,
    ...change,
  };
  const { available, removed_at, leave_from, leave_until, joined_at } = columns as Record<
    string,
    number | null | boolean
  >;
  const at = (value: unknown) => (typeof value === 'number' ? new Date(value) : null);
  const person = `
    insert into people (id, version, name, is_minor, available, removed_at, leave_from, leave_until, created_at, updated_at)
    values ($1, 1, $1, false, $2, $3, $4, $5, $6, $6) on conflict do nothing`;
  await execute(db.database, person, id, available, at(removed_at), at(leave_from), at(leave_until), new Date(start));
  const enrolment = `insert into enrolments (person_id, program_id, role, state, joined_at, profile_complete)
    values ($1, 'prg', $2, $3, $4, true)`;
  await execute(db.database, enrolment, id, role, (change.state as string) ?? 'active', at(joined_at));
}

async function pair(id: string, mentorId: string, menteeId: string, now: Instant): Promise<void> {
  const terms = { classId: null, matchedAt: now, staff: {}, history: {}, override: null, digest: id };
  const given = { id, owner: `pair:prg:${id}`, programId: 'prg', mentorId, menteeId, ...terms };
  const { outcome } = await createPair(db.database, given, { programIds: null, now });
  expect(outcome).toBe('created');
  await project(db.database, id);
}

const rows = (sql: string, ...values: unknown[]) => queryRows<Record<string, unknown>>(db.database, sql, ...values);
const told = async (template: string) =>
  (await rows('select person_id from messages where template = $1 order by person_id', template)).map(
    ({ person_id }) => person_id,
  );
const states = async () =>
  Object.fromEntries(
    (await rows('select person_id, state from enrolments order by person_id')).map(({ person_id, state }) => [
      person_id,
      state,
    ]),
  );

function cohort(name: 'cohort-offer' | 'cohort-reminder' | 'cohort-end', at: Instant): SweepStep {
  const parameters = { endsOn: '2026-06-12', endsAt: at + 14 * DAY, offeredBy: at - DAY };
  return { kind: 'sweep', key: `prg/2026-06-12/${name}`, name, group: 'cohort-2026-06-12', at, parameters };
}

const offerAt = start + 100 * DAY;

describe('S9 asking a cohort', () => {
  test('everybody enrolled who takes part is asked once, whatever their roles; nobody else is', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await enrol(id);
    await enrol('a', {}, 'mentee');
    await enrol('later', { joined_at: offerAt + HOUR });
    await enrol('out', { state: 'optedOut' });
    await enrol('gone', { removed_at: start });
    await enrol('staff', {}, 'staff');
    const swept = await carryOut([cohort('cohort-offer', offerAt)], offerAt + HOUR);
    expect(await told('cohort-opt-out')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(swept).toEqual({ changed: 5, transactions: 3 });
    const [row] = await rows(`select * from messages where person_id = 'a'`);
    expect(row).toMatchObject({
      key: 'prg/2026-06-12/cohort-offer/a',
      step_key: 'prg/2026-06-12/cohort-offer',
      owner: 'sweep:prg:cohort-2026-06-12',
      role: 'mentor',
      shard: 'urgent',
      planned_for: new Date(offerAt),
      expires_at: new Date(offerAt + 14 * DAY),
      fields: { endsOn: '2026-06-12' },
      because: { rule: 'S9', facts: [] },
      classification: { transactional: true, answerLink: true },
    });
  });

  test('a second time, and two at once, say nothing twice', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await enrol(id);
    const sweep = [cohort('cohort-offer', offerAt)];
    const both = await Promise.all([carryOut(sweep, offerAt), carryOut(sweep, offerAt)]);
    expect(both[0].changed + both[1].changed).toBe(5);
    expect(await carryOut(sweep, offerAt + HOUR)).toEqual({ changed: 0, transactions: 1 });
    expect(await told('cohort-opt-out')).toHaveLength(5);
  });

  test('one that is interrupted goes on where it was, and whoever answered meanwhile is left in peace', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await enrol(id);
    const dies = () => {
      throw new Error('killed');
    };
    await expect(carryOut([cohort('cohort-offer', offerAt)], offerAt, dies)).rejects.toThrow('killed');
    expect(await told('cohort-opt-out')).toEqual(['a', 'b']);
    await chooseEnrolment(db.database, { personId: 'd', programId: 'prg', choice: 'optOut', now: offerAt + 1 });
    expect(await carryOut([cohort('cohort-offer', offerAt)], offerAt + HOUR)).toEqual({ changed: 2, transactions: 2 });
    expect(await told('cohort-opt-out')).toEqual(['a', 'b', 'c', 'e']);
  });

  test('an answer that is under way while people are reminded is waited for', async () => {
    for (const id of ['a', 'b']) await enrol(id);
    await carryOut([cohort('cohort-offer', offerAt)], offerAt);
    const remindAt = offerAt + 7 * DAY;
    let reminding: Promise<unknown> = Promise.resolve();
    await db.database.$transaction(async (on) => {
      await execute(on, `update enrolments set answered_at = $1 where person_id = 'a'`, new Date(remindAt));
      reminding = carryOut([cohort('cohort-reminder', remindAt)], remindAt);
      await sleep(200);
    });
    await reminding;
    const reminded = await rows(`select person_id from messages where variant = 'reminder'`);
    expect(reminded).toEqual([{ person_id: 'b' }]);
  });

  test('who was asked less than a day before is not reminded', async () => {
    await enrol('a');
    await carryOut([cohort('cohort-offer', offerAt)], offerAt);
    expect((await carryOut([cohort('cohort-reminder', offerAt + HOUR)], offerAt + HOUR)).changed).toBe(0);
  });

  test('what a program says no more is withdrawn, what other owners say is not', async () => {
    await enrol('a');
    await carryOut([cohort('cohort-offer', offerAt)], offerAt);
    await execute(
      db.database,
      `insert into messages select 'other', 'other', 'other', 'program:prg', m.program_id, m.pair_ids, m.person_id, m.role,
         m.template, m.variant, m.channel, m.fallback_from, m.shard, m.classification, m.fields, m.zone, m.bcc, m.state, m.reason,
         m.planned, m.planned_for, m.not_before, m.expires_at, m.look_at, m.only_if_sent, m.mail_twin, m.withdrawn,
         m.attempts, m.retried_passing, m.send_id, m.sent_at, m.policy_version, m.because, m.gates, m.accepted_at, m.updated_at
       from messages m`,
    );
    await carryOut([], offerAt + HOUR);
    expect(await rows('select owner, state, reason from messages order by owner')).toEqual([
      { owner: 'program:prg', state: 'waiting', reason: null },
      { owner: 'sweep:prg:cohort-2026-06-12', state: 'skipped', reason: 'withdrawn' },
    ]);
  });
});

describe('S9 ending a cohort', () => {
  test('every pair gets the entry that ends it once, but for those made for the next run; the unanswered are unconfirmed', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await enrol(id);
    for (const id of ['u', 'v', 'w', 'x']) await enrol(id, {}, 'mentee');
    const endAt = offerAt + 15 * DAY;
    await pair('one', 'a', 'u', start);
    await pair('two', 'b', 'v', start);
    await pair('three', 'c', 'w', start);
    await pair('next', 'd', 'x', endAt);
    await carryOut([cohort('cohort-offer', offerAt)], offerAt);
    const answer = { programId: 'prg', now: offerAt + DAY };
    await chooseEnrolment(db.database, { ...answer, personId: 'a', choice: 'confirm' });
    await chooseEnrolment(db.database, { ...answer, personId: 'b', choice: 'optOut' });
    const end = [cohort('cohort-end', endAt)];
    await carryOut(end, endAt + HOUR);
    await carryOut(end, endAt + 2 * HOUR);
    const entries = await rows(
      `select subject, owner, data, occurred_at, received_at, state from journal where type = 'pair.closed' order by subject`,
    );
    expect(entries.map(({ subject }) => subject)).toEqual(['one', 'three', 'two']);
    expect(entries[0]).toMatchObject({
      owner: 'pair:prg:one',
      data: { reason: 'cohort_ended' },
      occurred_at: new Date(endAt),
      received_at: new Date(endAt + HOUR),
      state: 'recorded',
    });
    expect(await states()).toMatchObject({ a: 'active', b: 'optedOut', c: 'unconfirmed', u: 'unconfirmed' });
    expect(await rows('select 1 from enrolments where offered_at is not null or answered_at is not null')).toEqual([]);
  });
});

describe('S8 people of whom nothing is heard', () => {
  const day = (number: number): Instant => start + number * DAY;

  /** The look of a day, carried out then. */
  async function look(number: number): Promise<void> {
    const at = day(number);
    const parameters = {
      date: `day-${number}`,
      since: start,
      quietSince: at - 90 * DAY,
      noticedBy: at - 7 * DAY,
      marksAt: at + 7 * DAY,
      answerBy: '2026-05-01',
      coordinator: 'coord',
    };
    const sweep: SweepStep = {
      kind: 'sweep',
      key: `prg/day-${number}/inactivity`,
      name: 'inactivity',
      group: 'inactivity',
      at,
      parameters,
    };
    await carryOut([sweep], at);
  }

  let entries = 0;
  /** An entry of a pair on the journal. */
  async function entry(pairId: string, type: string, at: Instant, data: object): Promise<void> {
    await execute(
      db.database,
      `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
         history, urgent, data, state)
       values ('s', $1, '', $1, $2, $3, $4, 'prg', $3, $5, $5, false, false, $6::jsonb, 'applied')`,
      `e${++entries}`,
      type,
      pairId,
      `pair:prg:${pairId}`,
      new Date(at),
      JSON.stringify(data),
    );
  }

  const marked = async () =>
    (await rows(`select id from people where unavailable_reason = 'inactive' order by id`)).map(({ id }) => id);

  test('the last sign of each counts: a report, a contact, a meeting, a request, an answer; of others it does not', async () => {
    for (const id of ['m1', 'm2', 'm3', 'm4', 'm5']) await enrol(id);
    for (const id of ['t1', 't2', 't3', 't4', 't5']) await enrol(id, {}, 'mentee');
    for (const n of [1, 2, 3, 4]) await pair(`p${n}`, `m${n}`, `t${n}`, start);
    await entry('p1', 'message.sent', day(20), { by: 'mentor' });
    await entry('p1', 'checkin.recorded', day(20), { respondent: 't1', by: 'per_pc', mode: 'phone' });
    await entry('p2', 'meeting.recorded', day(20), { by: 'mentor', occurred: true, present: ['m2', 't2', 'other'] });
    await entry('p3', 'outreach.recorded', day(20), { by: 'per_pc' });
    await entry('p3', 'conversation.logged', day(20), { by: 'guardian' });
    await entry('p4', 'survey.answered', day(20), { by: 't4', retracts: 'e0' });
    await execute(
      db.database,
      `insert into requests (id, owner, program_id, kind, mentee_id, mentor_id, mentor_ids, policy_version, status, round,
         created_at, opened_at, closed_at, ended_by, reminded_at, digest)
       values ('r', 'request:prg:r', 'prg', 'request', 't5', 'm5', '{m5}', 1, 'declined', 1, $1, $1, $1, 'm5', '{}', '')`,
      new Date(day(20)),
    );
    await entry('p1', 'request.ended', day(20), {});
    await execute(db.database, `update journal set subject = 'r', pair_id = null where type = 'request.ended'`);
    await look(95);
    expect(await told('inactivity-notice')).toEqual(['m3', 'm4', 't3', 't4', 't5']);
  });

  test('pauses, leaves, new pairs, safety cases and words written to us account for silence', async () => {
    for (const id of ['paused', 'resumed', 'away', 'back', 'paired', 'held', 'wrote', 'quiet', 'out']) await enrol(id);
    for (const n of [1, 2, 3]) await enrol(`t${n}`, {}, 'mentee');
    await pair('p1', 'paused', 't1', start);
    await pair('p2', 'resumed', 't2', start);
    await pair('p3', 'paired', 't3', day(30));
    const pauses = (id: string, list: object[]) =>
      execute(
        db.database,
        `update pairs set projection = jsonb_set(projection, '{ctx,pauses}', $2::jsonb) where id = $1`,
        id,
        JSON.stringify(list),
      );
    await pauses('p1', [{ from: day(1), until: null }]);
    await pauses('p2', [{ from: day(1), until: day(10) }]);
    const leave = (id: string, until: Instant | null) =>
      execute(
        db.database,
        'update people set available = false, leave_from = created_at, leave_until = $2 where id = $1',
        id,
        until === null ? null : new Date(until),
      );
    await leave('away', day(10));
    await leave('back', day(2));
    await leave('out', null);
    await execute(
      db.database,
      `insert into cases (id, owner, opened_by, kind, program_id, person_id, state, reason, facts, details, opened_at)
       values ('c', 'staff', 'per_pc', 'safety', 'prg', 'held', 'open', 'worry', '{}', '{}', $1)`,
      new Date(start),
    );
    await execute(
      db.database,
      `insert into inbound_messages (id, provider, provider_key, channel, person_id, reading, received_at)
       values ('i', 'twilio', 'i', 'sms', 'wrote', 'other', $1)`,
      new Date(day(40)),
    );
    await look(95);
    expect(await told('inactivity-notice')).toEqual(['back', 'quiet']);
    await look(96);
    expect(await told('inactivity-notice')).toEqual(['back', 'quiet']);
    await look(102);
    expect(await marked()).toEqual(['back', 'quiet']);
  });

  test('a sign after the notice ends it, and the notice that still waits is withdrawn', async () => {
    for (const id of ['a', 'b']) await enrol(id);
    for (const id of ['s', 't']) await enrol(id, {}, 'mentee');
    await pair('p1', 'a', 's', start);
    await pair('p2', 'b', 't', start);
    await look(91);
    await entry('p1', 'lesson.completed', day(92), { by: 'mentor' });
    await look(93);
    const notices = await rows('select person_id, state, reason from messages order by person_id');
    expect(notices[0]).toEqual({ person_id: 'a', state: 'skipped', reason: 'withdrawn' });
    expect(notices[1]).toMatchObject({ person_id: 'b', state: 'waiting' });
    await look(98);
    expect(await marked()).toEqual(['b', 's', 't']);
    await look(182);
    expect((await rows(`select count(*)::int as n from messages where person_id = 'a'`))[0]?.n).toBe(2);
  });

  test('E2 what occurred before the notice and came after it ends the silence too, also of somebody marked', async () => {
    for (const id of ['a', 'b']) await enrol(id);
    for (const id of ['s', 't']) await enrol(id, {}, 'mentee');
    await pair('p1', 'a', 's', start);
    await pair('p2', 'b', 't', start);
    await look(91);
    await entry('p1', 'lesson.completed', day(91) - 25 * HOUR, { by: 'mentor' });
    await look(98);
    expect(await marked()).toEqual(['b', 's', 't']);
    await entry('p2', 'lesson.completed', day(91) - 25 * HOUR, { by: 'mentor' });
    await look(99);
    expect(await marked()).toEqual(['s', 't']);
  });

  test('T5 T6 silence ends no wait for a re-match, and is not looked for in who is not to be matched again', async () => {
    for (const id of ['waits', 'never']) await enrol(id);
    await enrol('t', {}, 'mentee');
    await pair('p1', 'never', 't', start);
    const waits = `insert into rematches (program_id, person_id, role, pair_id, asked_at, eligible_at)
      values ('prg', 'waits', 'mentor', 'p1', $1, $1)`;
    await execute(db.database, waits, new Date(day(10)));
    const leave = `update people set available = false, unavailable_reason = 'no_rematch', leave_from = $1, leave_until = $2
      where id = 'never'`;
    await execute(db.database, leave, new Date(day(1)), new Date(day(2)));
    const due = async (number: number) => {
      const page = { programIds: null, now: day(number), after: null, limit: 10 };
      return (await listDueRematches(db.database, {}, page)).map(({ personId }) => personId);
    };
    await look(95);
    await look(102);
    expect([await marked(), await due(103)]).toEqual([['t', 'waits'], []]);
    await heardOf(db.database, ['waits'], day(103));
    await look(104);
    expect([await marked(), await due(104)]).toEqual([['t'], ['waits']]);
  });

  test('staff who make somebody available again are heard, and the silence begins anew', async () => {
    await enrol('a');
    await look(91);
    await look(98);
    expect(await marked()).toEqual(['a']);
    const [task] = await rows(`select * from cases where reason = 'confirm_removal'`);
    expect(task).toMatchObject({ kind: 'task', person_id: 'a', state: 'open', assignee: 'coord' });
    expect(await told('task')).toEqual(['coord']);
    const absence = { available: true, leaveFrom: null, leaveUntil: null, unavailableReason: null };
    await putAvailability(db.database, { id: 'a', absence, programIds: null, now: day(99) });
    await look(100);
    expect((await rows('select state from cases'))[0]?.state).toBe('withdrawn');
    await look(188);
    expect(await told('inactivity-notice')).toEqual(['a']);
    await look(190);
    expect(await told('inactivity-notice')).toEqual(['a', 'a']);
  });

  test('entries that were committed out of their order are read, and what was read is not read again', async () => {
    await enrol('a');
    await enrol('t', {}, 'mentee');
    await pair('p1', 'a', 't', start);
    await entry('p1', 'lesson.completed', day(1), { by: 'mentor' });
    await look(2);
    const watermark = async () => (await rows('select seq from watermarks'))[0]?.seq;
    expect(await watermark()).toBe((await rows('select max(seq) as seq from journal'))[0]?.seq);
    const held = `
      insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
        history, urgent, data, state)
      values ('s', 'held', '', 'held', 'lesson.completed', 'p1', 'pair:prg:p1', 'prg', 'p1', $1, $1, false, false,
        '{"by": "mentee"}', 'applied')`;
    await db.database.$transaction(async (on) => {
      await execute(on, held, new Date(day(3) - HOUR / 2));
      await entry('p1', 'lesson.completed', day(3) - HOUR / 2, { by: 'mentor' });
      await look(3);
    });
    await look(4);
    const heard = await rows(`select last_at from person_activity where person_id = 't'`);
    expect(heard).toEqual([{ last_at: new Date(day(3) - HOUR / 2) }]);
  });
});
