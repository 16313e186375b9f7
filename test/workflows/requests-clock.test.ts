import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renewRequests } from '../../bin/renewal.ts';
import { HOUR, instantOf, localMinute, MINUTE, toRfc3339 } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { expireRequest } from '../../prisma/store/request-answers.ts';
import { requestWorkflowId } from '../../workflows/ids.ts';
import { fetchRuns, recordRuns } from '../replay/record.ts';
import { openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('a request and its clock', () => {
  it('V8 R8 a request of 27 February closes across the March clock change at the civil time that it named', async () => {
    const zone = 'America/Chicago';
    await world.advanceTo(instantOf('2028-02-26', '12:00', zone));
    const asking = await openAsking(world, { zone, policy: { noRequestNudgeDays: [] } });
    const id = await asking.request('mia', 'ada');
    const closesAt = instantOf('2028-03-12', '10:00', zone);
    const opened = Date.parse(String((await asking.read(id)).openedAt));
    expect(localMinute(opened, zone)).toBe('2028-02-27T10:00');
    expect(localMinute(Date.parse(String((await asking.read(id)).closesAt)), zone)).toBe('2028-03-12T10:00');
    // One hour less than fourteen times 24: the clocks went forward that very morning.
    expect(Math.round((closesAt - opened) / HOUR)).toBe(14 * 24 - 1);
    await world.advanceTo(closesAt - MINUTE);
    expect(await asking.status(id)).toBe('pending');
    await world.advanceTo(closesAt + MINUTE);
    expect(await asking.status(id)).toBe('closed_unanswered');
    expect(localMinute(Date.parse(String((await asking.read(id)).closedAt)), zone)).toBe('2028-03-12T10:00');
  });

  it('R2 R7 R8 an unanswered request is told at once, reminded on day 7 and closed on day 14, and the mentee is told', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent']);
    const closesAt = toRfc3339(asking.at(14, '10:00'));
    expect(await asking.read(id)).toMatchObject({
      status: 'pending',
      closesAt,
      next: [{ at: toRfc3339(asking.at(7, '09:00')) }],
    });
    await asking.until(8, '12:00');
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent', '7 09:00 request-reminder sent']);
    expect((await asking.words('ada')).at(-1)).toContain(
      new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: asking.zone })
        .format(asking.at(14, '10:00'))
        .replace(/, \d{4}$/, ''),
    );
    await asking.until(14, '09:59');
    expect(await asking.status(id)).toBe('pending');
    await asking.until(14, '10:01');
    expect(await asking.read(id)).toMatchObject({ status: 'closed_unanswered', next: [] });
    expect(String((await asking.read(id)).closedAt).slice(0, 16)).toBe(closesAt.slice(0, 16));
    expect(await asking.heard('mia')).toEqual(['14 10:00 request-closed sent']);
    expect((await asking.heard('ada')).length).toBe(2);
    expect((await asking.words('mia'))[0]).toContain('it was nothing that you did');
  });

  it('E5 the workflow and the database tell the same of a request', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    const told = async () => {
      const { status, closesAt, next } = await asking.read(id);
      const steps = (next as Array<Record<string, unknown>>).map(({ key, at }) => ({ key, at }));
      return { status, closesAt, next: steps };
    };
    expect(await asking.view(id)).toMatchObject(await told());
    await asking.until(7, '12:00');
    expect(await asking.view(id)).toMatchObject(await told());
    await asking.answer(id, 'accept', 'ada');
    expect(await asking.view(id)).toMatchObject({ ...(await told()), pairId: `pair_${id}` });
  });

  it('R8 with closing and reminding off nothing happens; with closing off it only reminds; without reminding it closes', async () => {
    const neither = await openAsking(world, { policy: { closeAfterDays: null, remindAfterDays: [] } });
    const silent = await neither.request('mia', 'ada');
    const reminding = await openAsking(world, { policy: { closeAfterDays: null, remindAfterDays: [7, 20] } });
    const reminded = await reminding.request('mia', 'ada');
    const closing = await openAsking(world, { policy: { closeAfterDays: 5, remindAfterDays: [] } });
    const closed = await closing.request('mia', 'ada');
    await closing.until(40, '12:00');
    expect(await neither.read(silent)).toMatchObject({ status: 'pending', closesAt: null });
    expect(await neither.heard('ada')).toEqual(['0 10:00 request-received sent']);
    expect(await reminding.status(reminded)).toBe('pending');
    expect((await reminding.heard('ada')).slice(1)).toEqual([
      '7 09:00 request-reminder sent',
      '20 09:00 request-reminder sent',
    ]);
    expect((await reminding.words('ada'))[1]).not.toContain('closes on');
    expect(await closing.status(closed)).toBe('closed_unanswered');
    expect(await closing.heard('ada')).toEqual(['0 10:00 request-received sent']);
  });

  it('R8 a reminder that falls on the close is left out: only the close', async () => {
    const asking = await openAsking(world, { policy: { remindAfterDays: [3], closeAfterDays: 4 } });
    await asking.until(0, '21:30');
    await asking.request('mia', 'ada');
    await asking.execute(
      `update requests set closes_at = $2 where program_id = $1`,
      asking.programId,
      new Date(asking.at(3, '09:00')),
    );
    await asking.until(5, '12:00');
    expect(await asking.heard('ada')).toEqual(['0 21:30 request-received sent']);
    expect(await asking.heard('mia')).toEqual(['3 09:00 request-closed sent']);
  });

  it('R5 R7 an answer the evening before withdraws the reminder that already waits', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(6, '20:00');
    expect((await asking.heard('ada')).at(-1)).toBe('7 09:00 request-reminder waiting');
    await asking.answer(id, 'decline', 'ada', { reason: 'too_busy' });
    expect((await asking.heard('ada')).at(-1)).toBe('7 09:00 request-reminder withdrawn');
    await asking.until(15, '12:00');
    expect(await asking.heard('mia')).toEqual(['6 20:00 request-declined sent']);
  });

  it('R9 a reminder by hand goes at once, leaves the close, replaces the automatic one within 24 hours, and goes once a day', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(6, '21:45');
    const { status, body } = await asking.answer(id, 'remind', 'ops');
    expect([status, body.closesAt]).toEqual([200, toRfc3339(asking.at(14, '10:00'))]);
    expect(String(body.plannedFor).slice(0, 16)).toBe(toRfc3339(asking.at(6, '21:45')).slice(0, 16));
    const again = await asking.answer(id, 'remind', 'ops');
    expect(again).toMatchObject({ status: 409, body: { code: 'too_soon' } });
    expect(String(again.body.allowedFrom).slice(0, 16)).toBe(toRfc3339(asking.at(7, '21:45')).slice(0, 16));
    await asking.until(10, '12:00');
    expect(await asking.heard('ada')).toEqual([
      '0 10:00 request-received sent',
      '6 21:45 request-reminder/manual sent',
      '7 09:00 request-reminder withdrawn',
    ]);
    expect((await asking.answer(id, 'remind', 'ops')).status).toBe(200);
    expect(await asking.status(id)).toBe('pending');
  });

  it('R9 control: a reminder by hand more than 24 hours before leaves the automatic one', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(6, '08:00');
    await asking.answer(id, 'remind', 'ops');
    await asking.until(8, '12:00');
    expect((await asking.heard('ada')).slice(1)).toEqual([
      '6 08:00 request-reminder/manual sent',
      '7 09:00 request-reminder sent',
    ]);
  });

  it('R9 staff close one request by hand, with words of their own', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(2, '12:00');
    const { body } = await asking.answer(id, 'close', 'coord', { message: 'Ada is travelling.' });
    expect(body).toMatchObject({ status: 'closed_by_staff', reply: 'Ada is travelling.' });
    expect(await asking.heard('mia')).toEqual(['2 12:00 request-closed sent']);
    expect((await asking.words('mia'))[0]).toContain('Ada is travelling.');
    await asking.until(15, '12:00');
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent']);
  });

  it('R11 an answer after the close says until when it can be reopened; reopening starts a fresh clock', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(16, '12:00');
    const late = await asking.answer(id, 'accept', 'ada');
    const reopenableUntil = toRfc3339(asking.at(21, '10:00'));
    expect(late).toMatchObject({ status: 409, body: { code: 'already_answered', requestStatus: 'closed_unanswered' } });
    expect(String(late.body.reopenableUntil).slice(0, 16)).toBe(reopenableUntil.slice(0, 16));
    const reopened = await asking.answer(id, 'reopen', 'ada');
    expect(reopened.body).toMatchObject({ status: 'pending', closedAt: null });
    expect(String(reopened.body.closesAt).slice(0, 16)).toBe(toRfc3339(asking.at(30, '12:00')).slice(0, 16));
    await asking.until(23, '12:00');
    expect((await asking.heard('ada')).slice(2)).toEqual([
      '16 12:00 request-received sent',
      '23 09:00 request-reminder sent',
    ]);
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ status: 'accepted', pairId: `pair_${id}` });
  });

  it('R11 after 7 days it can no longer be reopened', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(21, '10:01');
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({
      code: 'already_answered',
      reopenableUntil: null,
    });
    expect((await asking.answer(id, 'reopen', 'ada')).body).toMatchObject({ code: 'not_reopenable' });
  });

  it('V7 a request keeps the version under which it was opened', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(1, '12:00');
    await asking.putProgram({ closeAfterDays: 3, remindAfterDays: [] });
    const other = await asking.request('noa', 'ada');
    await asking.until(8, '12:00');
    expect(await asking.read(id)).toMatchObject({ status: 'pending', policyVersion: 1 });
    expect(await asking.read(other)).toMatchObject({ status: 'closed_unanswered', policyVersion: 2 });
    expect((await asking.heard('ada')).at(-1)).toBe('7 09:00 request-reminder sent');
  });

  it('R5 what is left to do after the answers is done by a new run when the old one has ended', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.answer(id, 'accept', 'ada');
    const sql = `update journal set state = 'recorded', delivered_at = null, applied_order = null where subject = $1`;
    await asking.execute(sql, id);
    await world.settle();
    expect(await asking.heard('mia')).toEqual(['0 10:00 request-accepted sent']);
    expect(await asking.heard('ada')).toEqual([
      '0 10:00 request-received sent',
      '0 10:00 first-message-prompt waiting',
    ]);
  });

  it('R5 answers that are recorded while nothing reaches Temporal are carried out when something does', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    const other = await asking.request('mia', 'bo');
    await world.outageUntil(asking.at(1, '12:00'), async () => {
      const accepted = await asking.ask('POST', `/v1/requests/${id}:accept`, { by: asking.person('ada') });
      expect(accepted.status).toBe(200);
    });
    expect(await asking.heard('bo')).toEqual(
      ['0 10:00 request-received sent', '0 10:00 request-withdrawn sent'].map((line) =>
        line.replace('0 10:00 request-withdrawn', '1 12:00 request-withdrawn'),
      ),
    );
    expect((await asking.heard('mia'))[0]).toMatch(/^1 12:00 request-accepted sent/);
    const pair = await asking.ask('GET', `/v1/pairs/pair_${id}`);
    expect(pair.body).toMatchObject({ state: 'active' });
    expect(await asking.status(other)).toBe('withdrawn');
  });

  it('R8 a worker that dies after closing and before it could say so: the next one says it, once', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(14, '09:59');
    // What the lost activity had committed: nobody heard its answer.
    expect(await expireRequest(world.database, id, 1, asking.at(14, '10:00'))).toMatchObject({ type: 'request.ended' });
    await asking.execute('update journal set lease_until = null where subject = $1', id);
    await asking.until(14, '12:00');
    expect(await asking.heard('mia')).toEqual(['14 09:59 request-closed sent']);
    const open = `select 1 from journal where subject = $1 and state <> 'applied'`;
    expect(await queryRows(world.database, open, id)).toEqual([]);
  });

  it('a release begins a new run of a pending request, which goes on where the old one stood', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    await asking.until(7, '12:00');
    const { client } = world.environment;
    const stop = new AbortController().signal;
    const parts = { database: world.database, client, perSecond: 1000, stop, print: () => undefined };
    expect(await renewRequests(parts)).toBeGreaterThan(0);
    await asking.until(8, '12:00');
    expect(await fetchRuns(client, requestWorkflowId(asking.programId, id))).toHaveLength(2);
    await asking.until(15, '12:00');
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent', '7 09:00 request-reminder sent']);
    expect(await asking.status(id)).toBe('closed_unanswered');
  });

  it('runs of requests are kept for replaying', async () => {
    const asking = await openAsking(world);
    const [closed, accepted] = [await asking.request('mia', 'ada'), await asking.request('noa', 'bo')];
    await asking.until(8, '12:00');
    await asking.answer(accepted, 'accept', 'bo');
    await asking.until(16, '12:00');
    const { client } = world.environment;
    await recordRuns(client, requestWorkflowId(asking.programId, accepted), 'request-reminded-and-accepted');
    await recordRuns(client, requestWorkflowId(asking.programId, closed), 'request-closed-unanswered');
    const runs = await fetchRuns(client, requestWorkflowId(asking.programId, closed));
    expect(runs).toHaveLength(1);
    const [run] = runs as Array<{ history: { events: unknown[] } }>;
    expect(run?.history.events.length).toBeLessThan(60);
  });
});
