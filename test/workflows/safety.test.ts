import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { recordRuns } from '../replay/record.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
  await world.call('PUT', '/v1/people/clearer', { name: 'Clearer' });
});
afterAll(() => world.stop());
// Somebody is called for ever about a case that nobody ends, and each call is a stop of the clock.
afterEach(async () => {
  const open = await queryRows<{ id: string }>(
    world.database,
    `select id from cases where kind = 'safety' and state in ('open', 'acknowledged')`,
  );
  for (const { id } of open) await world.call('POST', `/v1/cases/${id}:resolve`, { by: 'clearer', outcome: 'cleared' });
  await world.settle();
});

const words = 'the kestrel said he hits me at night';

/** A check-in with the mentee, whose answers may say anything. */
function checkIn(term: Term, data: Record<string, unknown> = {}, given: { unsettled?: boolean } = {}): Promise<string> {
  const answered = { respondent: 'mentee', mode: 'form', answers: {}, safetyConcern: false, ...data };
  return term.event('checkin.recorded', answered, given);
}

interface SafetyCase {
  id: string;
  state: string;
  assignee: string | null;
  reason: string;
  personId?: string;
  pairId?: string;
  entries: Array<{ code: string; ref?: string; by: string }>;
}

async function safetyCases(term: Term): Promise<SafetyCase[]> {
  const { items } = await world.call('GET', `/v1/cases?programId=${term.programId}&kind=safety`);
  return items as SafetyCase[];
}

async function onlyCase(term: Term): Promise<SafetyCase> {
  const cases = await safetyCases(term);
  expect(cases).toHaveLength(1);
  return cases[0] as SafetyCase;
}

async function acknowledge(term: Term, by = 'coord'): Promise<void> {
  const { id } = await onlyCase(term);
  await world.call('POST', `/v1/cases/${id}:acknowledge`, { by: term.person(by) });
  await world.settle();
}

async function clear(term: Term, id?: string): Promise<void> {
  const caseId = id ?? (await onlyCase(term)).id;
  await world.call('POST', `/v1/cases/${caseId}:resolve`, { by: term.person('coord'), outcome: 'cleared' });
  await world.settle();
}

/** The calls that somebody got, as `day time channel state`. */
async function calls(term: Term, role: string): Promise<string[]> {
  const heard = await term.heard(role);
  return heard.filter((line) => line.includes('safety-alert')).map((line) => line.replace(' safety-alert', ''));
}

describe('a safety concern, live', () => {
  it('K6 opens a case at once and calls one after the other by mail and text at any hour, until somebody answers', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '23:40');
    await checkIn(term, { safetyConcern: true, notes: words });
    expect(await onlyCase(term)).toMatchObject({
      state: 'open',
      reason: 'safety_concern',
      personId: term.person('mentee'),
      pairId: term.pairId(),
      assignee: term.person('coord'),
    });
    expect(await calls(term, 'coord')).toEqual(['1 23:40 sms sent', '1 23:40 email sent']);
    await term.until(2, '00:30');
    expect(await calls(term, 'sup')).toEqual(['1 23:55 sms sent', '1 23:55 email sent']);
    expect(await calls(term, 'ops')).toEqual(['2 00:10 sms sent', '2 00:10 email sent']);
    expect((await calls(term, 'coord')).slice(2)).toEqual(['2 00:25 sms sent', '2 00:25 email sent']);
    await acknowledge(term, 'sup');
    await term.until(2, '12:00');
    expect(await calls(term, 'sup')).toHaveLength(2);
    expect(await calls(term, 'ops')).toHaveLength(2);
    const seen = await onlyCase(term);
    expect(seen).toMatchObject({ state: 'acknowledged', assignee: term.person('sup') });
    const lines = seen.entries.map(({ code, ref = '' }) => `${code} ${ref}`.trim());
    expect(lines).toEqual(['called 0', 'called 1', 'called 2', 'called 3', 'acknowledged']);
    await clear(term);
    expect((await onlyCase(term)).state).toBe('resolved');
    await recordRuns(world.environment.client, term.workflowId(), 'pair-safety-concern');
  });

  it('K6 names case, person, part and pair, and none of the words', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await checkIn(term, { safetyConcern: true, notes: words });
    const { id } = await onlyCase(term);
    const sends = await queryRows<{ words: string }>(
      world.database,
      `select concat(subject, E'\\n', body) as words from sends where person_id = $1`,
      term.person('coord'),
    );
    expect(sends).toHaveLength(2);
    for (const sent of sends) {
      expect(sent.words).toContain(id);
      expect(sent.words).toContain('mentee');
      expect(sent.words).not.toContain('kestrel');
    }
    expect(sends.map((sent) => sent.words).join()).toContain(`Name of mentor (mentor) and Name of mentee (mentee)`);
  });

  it('K6 a keyword in any free text opens one, whatever its code words are called by the program', async () => {
    const policy = { classWeek: {}, safety: { keywords: ['blue lantern'] } };
    const own = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, policy });
    const flag = { by: 'mentee', topic: 'other', priority: 'normal' };
    await own.event('flag.submitted', { ...flag, text: 'he hits me' });
    expect(await safetyCases(own)).toEqual([]);
    await own.event('flag.submitted', { ...flag, text: 'Blue LANTERN.' });
    expect(await onlyCase(own)).toMatchObject({ reason: 'keyword', personId: own.person('mentee') });
    const standard = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    const meeting = { by: 'mentor', occurred: true, at: new Date(await world.now()).toISOString() };
    await standard.event('meeting.recorded', { ...meeting, activity: 'lunch', moodText: 'she wants to die' });
    expect(await onlyCase(standard)).toMatchObject({ reason: 'keyword', personId: standard.person('mentor') });
  });

  it("K6 a mentee's discomfort calls the first at once, and the others in the morning", async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '23:40');
    await checkIn(term, { discomfort: true });
    await term.until(2, '08:16');
    expect(await calls(term, 'coord')).toEqual(['1 23:40 sms sent', '1 23:40 email sent']);
    expect(await calls(term, 'sup')).toEqual(['2 08:00 sms sent', '2 08:00 email sent']);
    expect(await calls(term, 'ops')).toEqual(['2 08:15 sms sent', '2 08:15 email sent']);
  });

  it('K6 a concern in a case that was answered for discomfort alone calls everybody again, until one answers anew', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '12:00');
    await checkIn(term, { discomfort: true });
    await acknowledge(term);
    await term.until(1, '18:00');
    await checkIn(term, { safetyConcern: true });
    expect((await onlyCase(term)).state).toBe('open');
    await term.until(1, '18:16');
    expect(await calls(term, 'sup')).toEqual(['1 18:15 sms sent', '1 18:15 email sent']);
    await acknowledge(term, 'sup');
    expect(await onlyCase(term)).toMatchObject({ state: 'acknowledged', assignee: term.person('sup') });
    await term.until(2, '12:00');
    expect(await calls(term, 'ops')).toEqual([]);
    expect(await calls(term, 'coord')).toHaveLength(4);
  });

  it('K6 a staff member of the ladder who records it has seen it, and nobody is called', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await checkIn(term, { safetyConcern: true, mode: 'phone', by: term.person('sup') });
    expect(await onlyCase(term)).toMatchObject({ state: 'acknowledged', assignee: term.person('sup') });
    await world.advanceTo((await world.now()) + HOUR);
    for (const role of ['coord', 'sup', 'ops']) expect(await calls(term, role)).toEqual([]);
  });

  it('K6 a case that staff open is climbed for too, until somebody answers', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    const opened = { kind: 'safety', pairId: term.pairId(), reason: 'bruises', by: term.person('other') };
    await world.call('POST', '/v1/cases', opened);
    await world.settle();
    expect(await calls(term, 'coord')).toHaveLength(2);
    await world.advanceTo((await world.now()) + 16 * MINUTE);
    expect(await calls(term, 'sup')).toHaveLength(2);
    await acknowledge(term);
    await world.advanceTo((await world.now()) + HOUR);
    expect(await calls(term, 'ops')).toEqual([]);
    expect(await term.cases()).toEqual(['safety pair acknowledged']);
  });

  it('K6 whoever the case is about, by id or by part, and whoever nobody knows, can neither acknowledge nor clear it', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await checkIn(term, { safetyConcern: true });
    const { id } = await onlyCase(term);
    for (const by of [term.person('mentor'), term.person('mentee'), 'mentor', 'guardian', 'per_nobody']) {
      await expect(world.call('POST', `/v1/cases/${id}:acknowledge`, { by })).rejects.toThrow(/422.*\/by/);
      await expect(world.call('POST', `/v1/cases/${id}:resolve`, { by, outcome: 'cleared' })).rejects.toThrow(/422/);
    }
    expect((await onlyCase(term)).state).toBe('open');
    await world.advanceTo((await world.now()) + 16 * MINUTE);
    expect(await calls(term, 'sup')).toHaveLength(2);
  });

  it('K6 acts on history and on a pair whose run has ended, with the staff of today', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    const before = await world.now();
    await term.command('close', { reason: 'done', by: term.person('coord') });
    await world.advanceTo((await world.now()) + 32 * 24 * HOUR);
    expect(await term.status()).toBe('COMPLETED');
    await term.putPerson('newcoord');
    const staff = { coordinator: term.person('newcoord') };
    const body = { name: 'Example High School', zone: term.zone, staff, policy: { classWeek: {} } };
    await world.call('PUT', `/v1/programs/${term.programId}`, body);
    const answered = { respondent: 'mentee', mode: 'form', answers: {}, safetyConcern: true };
    await term.event('checkin.recorded', answered, { at: before });
    expect(await onlyCase(term)).toMatchObject({ state: 'open', assignee: term.person('newcoord') });
    expect(await calls(term, 'newcoord')).toHaveLength(2);
    expect(await calls(term, 'coord')).toEqual([]);
    expect(await term.status()).toBe('RUNNING');
    await world.call('POST', `/v1/cases/${(await onlyCase(term)).id}:resolve`, {
      by: term.person('newcoord'),
      outcome: 'cleared',
    });
    await world.settle();
    expect(await term.status()).toBe('COMPLETED');
  });

  it('K6 is open soon after the event is accepted', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    const took: number[] = [];
    for (let time = 0; time < 5; time++) {
      await checkIn(term, { safetyConcern: true }, { unsettled: true });
      const accepted = performance.now();
      while ((await safetyCases(term)).every(({ state }) => state === 'resolved'))
        if (performance.now() - accepted > 20_000) throw new Error('no case after 20 s');
      took.push(Math.round(performance.now() - accepted));
      await world.settle();
      const open = (await safetyCases(term)).find(({ state }) => state !== 'resolved');
      await clear(term, open?.id);
    }
    console.info(`a safety case was open ${took.join(', ')} ms after the event was accepted`);
    expect(await safetyCases(term)).toHaveLength(5);
  });
});

describe('what a safety case holds, live', () => {
  it('K6 M1 reminders wait while it is open; one that is still in time goes once it is cleared', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '12:00');
    await checkIn(term, { safetyConcern: true });
    await acknowledge(term);
    await term.until(4, '12:00');
    expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular held']);
    await clear(term);
    expect(await term.heard()).toEqual(['4 12:00 email class-reminder/regular sent']);
  });

  it('K6 M1 one that is cleared too late is expired, and nothing bursts', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(2, '12:00');
    await checkIn(term, { safetyConcern: true });
    await acknowledge(term);
    await term.until(8, '12:00');
    const [mail, text] = ['3 09:00 email class-reminder/regular', '6 16:00 sms class-reminder/regular'];
    expect(await term.heard()).toEqual([`${mail} held`, `${text} held`]);
    await clear(term);
    expect(await term.heard()).toEqual([`${mail} expired`, `${text} expired`]);
    await term.until(11, '12:00');
    expect((await term.heard()).slice(2)).toEqual(['10 09:00 email class-reminder/missed-week sent']);
  });

  it('K6 neither side gets a new pair, which to those who may not know reads as unavailable', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await checkIn(term, { safetyConcern: true });
    await term.putPerson('mentee2');
    const body = { id: term.pairId('other'), programId: term.programId, classId: term.classId };
    const people = { mentorId: term.person('mentor'), menteeId: term.person('mentee2') };
    await expect(world.call('POST', '/v1/pairs', { ...body, ...people })).rejects.toThrow(/409.*"held"/);
    const { key } = await world.call('POST', '/v1/keys', { name: 'platform', scopes: ['command', 'read'] });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${world.url}/v1/pairs`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...body, ...people }),
    });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'mentor_unavailable']);
    const override = { override: true, reason: 'unrelated' };
    await world.call('POST', '/v1/pairs', { ...body, ...people, ...override });
    const alerts = await queryRows<{ body: string }>(
      world.database,
      `select body from sends where person_id = $1 and channel = 'email'`,
      term.person('sup'),
    );
    expect(alerts).toEqual([]);
    await world.advanceTo((await world.now()) + 16 * MINUTE);
    const [alert] = await queryRows<{ body: string }>(
      world.database,
      `select body from sends where person_id = $1 and channel = 'email'`,
      term.person('sup'),
    );
    expect(alert?.body).toContain(`- Name of mentor: ${term.pairId('other')}, Example High School`);
  });

  it('K6 nobody in it is erased', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await checkIn(term, { safetyConcern: true });
    for (const role of ['mentor', 'mentee', 'coord'])
      await expect(world.call('DELETE', `/v1/people/${term.person(role)}`)).rejects.toThrow(/409.*in_safety_case/);
  });
});

describe('who may know of a safety case', () => {
  it('K6 without the scope it is in no view, no list, no plan, no timeline and no ledger', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '12:00');
    await checkIn(term, { safetyConcern: true, notes: words });
    await term.until(3, '12:00');
    const { id } = await onlyCase(term);
    const pair = `/v1/pairs/${term.pairId()}`;
    const paths = [
      pair,
      `/v1/pairs?programId=${term.programId}`,
      `${pair}/plan`,
      `${pair}/timeline?limit=200`,
      `/v1/messages?pairId=${term.pairId()}&limit=200`,
      `/v1/cases?programId=${term.programId}`,
    ];
    const shown = async (key: string): Promise<string[]> => {
      const texts = await Promise.all(
        paths.map(async (path) => {
          const answer = await fetch(world.url + path, { headers: { authorization: `Bearer ${key}` } });
          expect(answer.status).toBe(200);
          return answer.text();
        }),
      );
      const tells = [id, 'safety', '"held"', 'case.acknowledged', 'kestrel'];
      return paths.filter((_, index) => tells.some((tell) => texts[index]?.includes(tell)));
    };
    const { key } = await world.call('POST', '/v1/keys', { name: 'platform', scopes: ['read', 'events', 'command'] });
    expect(await shown(String(key))).toEqual([]);
    // That they could be seen shows in what a key with the scope sees.
    expect(await shown(world.key)).toEqual(paths);
    const [alert] = await term.messages('coord');
    const hidden = await fetch(`${world.url}/v1/messages/${alert?.id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(hidden.status).toBe(404);
  });

  it("K6 the respondent's words reach no message, no view and no history", async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '12:00');
    await checkIn(term, { safetyConcern: true, answers: { q1: words }, notes: words, roadblocks: words });
    await clear(term);
    await term.until(4, '12:00');
    const sends = await queryRows(world.database, 'select subject, body from sends');
    expect(JSON.stringify(sends)).not.toContain('kestrel');
    const messages = await queryRows(world.database, 'select fields, because from messages');
    expect(JSON.stringify(messages)).not.toContain('kestrel');
    const view = await world.call('GET', `/v1/pairs/${term.pairId()}`);
    expect(JSON.stringify(view)).not.toContain('kestrel');
    const handle = world.environment.client.workflow.getHandle(term.workflowId());
    const decode = (key: string, value: unknown): unknown =>
      key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value;
    const history = JSON.stringify([await handle.fetchHistory(), await handle.describe()], decode);
    expect(history).toContain('safetyConcern');
    expect(history).not.toContain('kestrel');
    const kept = await queryRows<{ text: string }>(
      world.database,
      'select text from free_texts where text = $1',
      words,
    );
    expect(kept.length).toBeGreaterThanOrEqual(3);
  });
});
