import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { type Asking, openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { providerSettings, twilioHeaders } from '../support/signed.ts';
import { openTerm, type Term } from './term.ts';

/** Danger that is told outside a pair: by text, in a request, or by staff about a person (K6). */

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ providerSettings });
  await world.call('PUT', '/v1/people/clearer', { name: 'Clearer' });
});
afterAll(() => world.stop());
afterEach(async () => {
  const open = await queryRows<{ id: string }>(
    world.database,
    `select id from cases where kind = 'safety' and state in ('open', 'acknowledged')`,
  );
  for (const { id } of open) await world.call('POST', `/v1/cases/${id}:resolve`, { by: 'clearer', outcome: 'cleared' });
  await world.settle();
});

let texts = 0;

/** Somebody sends a text; whoever is to be called has been when this returns. */
async function text(from: string, body: string): Promise<void> {
  const path = '/webhooks/twilio/inbound';
  const form = { MessageSid: `SM${String(++texts).padStart(32, '0')}`, From: from, To: '+15005550006', Body: body };
  const headers = twilioHeaders(path, form, world.url);
  const answer = await fetch(world.url + path, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  expect(answer.status).toBe(204);
  await world.settle();
}

async function phoneOf(personId: string, phone: string): Promise<void> {
  await execute(world.database, 'update people set phone = $2 where id = $1', personId, phone);
}

interface CaseRow {
  id: string;
  owner: string;
  pair_id: string | null;
  person_id: string | null;
  state: string;
  assignee: string | null;
  lines: string[];
}

function casesIn(programId: string): Promise<CaseRow[]> {
  return queryRows<CaseRow>(
    world.database,
    `select id, owner, pair_id, person_id, state, assignee,
       array(select code from case_entries e where e.case_id = c.id order by e.id) as lines
     from cases c where program_id = $1 and kind = 'safety' order by opened_at, id`,
    programId,
  );
}

async function callsTo(personId: string): Promise<string[]> {
  const rows = await queryRows<{ channel: string; state: string; key: string }>(
    world.database,
    `select channel, state, key from messages where person_id = $1 and template = 'safety-alert' order by sent_at, channel`,
    personId,
  );
  return rows.map(({ channel, state }) => `${channel} ${state}`);
}

async function later(minutes: number): Promise<void> {
  await world.advanceTo((await world.now()) + minutes * MINUTE);
}

const both = ['email sent', 'sms sent'];

describe('a text that may tell of danger', () => {
  it("K6 of somebody in one pair opens a case about it at once, and the pair's ladder is climbed", async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await phoneOf(term.person('mentee'), '+12125550301');
    await text('+12125550301', 'please help, I want to die');
    const [opened] = await casesIn(term.programId);
    expect(opened).toMatchObject({
      owner: 'intake',
      pair_id: term.pairId(),
      person_id: term.person('mentee'),
      state: 'open',
      assignee: term.person('coord'),
      lines: [expect.stringMatching(/^written_in:inb_/)],
    });
    expect(await callsTo(term.person('coord'))).toEqual(both);
    await later(16);
    expect(await callsTo(term.person('sup'))).toEqual(both);
    await world.call('POST', `/v1/cases/${opened?.id}:acknowledge`, { by: term.person('sup') });
    await later(60);
    expect(await callsTo(term.person('ops'))).toEqual([]);
    await text('+12125550301', 'he hits me');
    expect(await casesIn(term.programId)).toHaveLength(1);
    expect(await callsTo(term.person('sup'))).toEqual([...both, ...both]);
    const view = await world.call('GET', `/v1/pairs/${term.pairId()}`);
    expect(view.openCases).toContainEqual(expect.objectContaining({ id: opened?.id, kind: 'safety' }));
  });

  it('K6 M8 opens one whatever else it is read as, and a STOP still stops', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { phone: '+12125550302' } });
    await text('+12125550302', 'STOP. I want to kill myself.');
    expect(await casesIn(term.programId)).toMatchObject([{ person_id: term.person('mentor') }]);
    const { suppressions } = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(JSON.stringify(suppressions)).toContain('sms');
  });

  it("K6 a guardian's is about the pair of their ward", async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await guardianOfMentee(term, '+12125550303');
    await text('+12125550303', 'I am scared of him, he hits her');
    expect(await casesIn(term.programId)).toMatchObject([
      { pair_id: term.pairId(), person_id: term.person('guardian') },
    ]);
    expect(await callsTo(term.person('coord'))).toEqual(both);
  });

  it('K6 of a number that both of a pair share is about the pair, and of nobody in particular', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    for (const role of ['mentor', 'mentee']) await phoneOf(term.person(role), '+12125550304');
    await text('+12125550304', 'he hits me');
    expect(await casesIn(term.programId)).toMatchObject([{ pair_id: term.pairId(), person_id: null }]);
  });

  it('K6 of somebody in several pairs is about the person: all their pairs are held, and the program calls', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { phone: '+12125550305' } });
    await term.putPerson('mentee2', { phone: null });
    await term.openPair('pair2', { mentee: 'mentee2' });
    await term.until(2, '12:00');
    await text('+12125550305', 'someone has a gun');
    const [opened] = await casesIn(term.programId);
    expect(opened).toMatchObject({ pair_id: null, person_id: term.person('mentor'), assignee: term.person('coord') });
    expect(await callsTo(term.person('coord'))).toEqual(both);
    await later(16);
    expect(await callsTo(term.person('sup'))).toEqual(both);
    const mail = await queryRows<{ body: string }>(
      world.database,
      `select body from sends where person_id = $1 and channel = 'email'`,
      term.person('coord'),
    );
    for (const name of ['pair', 'pair2']) expect(mail[0]?.body).toContain(`- Name of mentor: ${term.pairId(name)}`);
    await world.call('POST', `/v1/cases/${opened?.id}:acknowledge`, { by: term.person('coord') });
    await world.settle();
    await term.until(4, '12:00');
    expect(await callsTo(term.person('ops'))).toEqual([]);
    expect((await term.heard()).filter((line) => line.endsWith('held'))).toHaveLength(2);
    await text('+12125550305', 'he pulled a knife');
    expect(await callsTo(term.person('coord'))).toEqual([...both, ...both]);
    // Nobody knows whether the one who answered two days ago is at hand.
    expect((await casesIn(term.programId))[0]?.state).toBe('open');
    await later(16);
    expect(await callsTo(term.person('sup'))).toEqual([...both, ...both]);
    await world.call('POST', `/v1/cases/${opened?.id}:acknowledge`, { by: term.person('sup') });
    await later(60);
    expect(await callsTo(term.person('ops'))).toEqual([]);
    await world.call('POST', `/v1/cases/${opened?.id}:resolve`, { by: term.person('coord'), outcome: 'cleared' });
    await world.settle();
    const reminders = (await term.heard()).filter((line) => line.includes('class-reminder'));
    expect(reminders.map((line) => line.split(' ').at(-1)).sort()).toEqual(['merged', 'sent']);
  });

  it('K6 of staff calls nobody: they are the ones who are called', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await phoneOf(term.person('coord'), '+12125550306');
    await text('+12125550306', 'she wants to die, I am calling her');
    expect(await casesIn(term.programId)).toEqual([]);
  });

  it('K6 of a stranger tells operations, once an hour', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await later(60);
    for (const body of ['I want to die', 'I want to kill myself']) await text('+12125550399', body);
    const told = async () => (await term.heard('ops')).filter((line) => line.includes('task'));
    expect(await told()).toHaveLength(1);
    await later(60);
    await text('+12125550398', 'I want to die');
    expect(await told()).toHaveLength(2);
  });
});

async function guardianOfMentee(term: Term, phone: string): Promise<void> {
  const programs = (role: string) => [{ programId: term.programId, role }];
  const guardian = { name: 'Name of guardian', phone, email: 'guardian@example.org', programs: programs('guardian') };
  await world.call('PUT', `/v1/people/${term.person('guardian')}`, guardian);
  const mentee = { name: 'Name of mentee', isMinor: true, guardianId: term.person('guardian') };
  await world.call('PUT', `/v1/people/${term.person('mentee')}`, { ...mentee, programs: programs('mentee') });
}

describe('a request that may tell of danger', () => {
  const words = 'May I talk to you? He hits me.';
  const mails = (asking: Asking, name: string) => asking.words(name);

  it('K6 opens a case about the one who asks, and the mentor is told without the words', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada', { message: words });
    const [opened] = await casesIn(asking.programId);
    expect(opened).toMatchObject({ pair_id: null, person_id: asking.person('mia'), lines: [`written_in:${id}`] });
    expect((await callsTo(asking.person('coord')))[0]).toBe('email sent');
    expect((await mails(asking, 'ada'))[0]).toContain('Name of mia');
    expect(JSON.stringify(await mails(asking, 'ada'))).not.toContain('hits');
  });

  it('K6 while it is open nobody makes a pair of it, and others read that the mentee is unavailable', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada', { message: words });
    const accept = (key?: string) =>
      asking.ask('POST', `/v1/requests/${id}:accept`, { by: asking.person('ada') }, key ?? world.key);
    expect(await accept()).toMatchObject({ status: 409, body: { code: 'held' } });
    const { key } = await world.call('POST', '/v1/keys', { name: 'platform', scopes: ['command', 'read'] });
    expect(await accept(String(key))).toMatchObject({ status: 409, body: { code: 'mentee_unavailable' } });
    const [opened] = await casesIn(asking.programId);
    await world.call('POST', `/v1/cases/${opened?.id}:resolve`, { by: asking.person('coord'), outcome: 'cleared' });
    expect(await accept()).toMatchObject({ status: 200 });
  });

  it('K6 is heard although the request is refused, and the case keeps the words', async () => {
    const asking = await openAsking(world, { policy: { pendingLimit: 1 } });
    await asking.request('mia', 'ada');
    expect(await asking.post('mia', 'bo', { message: words })).toMatchObject({ status: 409 });
    await world.settle();
    const [opened] = await casesIn(asking.programId);
    expect(opened).toMatchObject({ person_id: asking.person('mia') });
    const { entries } = await world.call('GET', `/v1/cases/${opened?.id}`);
    expect(entries).toMatchObject([{ code: 'written_in', text: words, by: asking.person('mia') }]);
    expect((await callsTo(asking.person('coord')))[0]).toBe('email sent');
  });

  it('K6 the words of one who declines are heard too, those for staff among them, and reach nobody', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada');
    const decline = { by: asking.person('ada'), reason: 'other', message: 'Sorry.', note: 'I want to end it all' };
    expect(await asking.ask('POST', `/v1/requests/${id}:decline`, decline)).toMatchObject({ status: 200 });
    await world.settle();
    expect(await casesIn(asking.programId)).toMatchObject([{ person_id: asking.person('ada') }]);
    expect(JSON.stringify(await mails(asking, 'mia'))).not.toContain('Sorry');
  });

  it('K6 the same request again opens nothing new', async () => {
    const asking = await openAsking(world);
    const id = await asking.request('mia', 'ada', { message: words });
    const again = await asking.post('mia', 'ada', { id, message: words });
    expect(again.status).toBe(200);
    await world.settle();
    expect((await casesIn(asking.programId)).map(({ lines }) => lines)).toEqual([[`written_in:${id}`]]);
  });
});

describe('a case that staff open about a person', () => {
  it('K6 is climbed for by the program until somebody answers', async () => {
    const asking = await openAsking(world);
    const about = { kind: 'safety', personId: asking.person('mia'), programId: asking.programId };
    const { id } = await world.call('POST', '/v1/cases', { ...about, reason: 'heard_of', by: asking.person('ada') });
    await world.settle();
    expect((await callsTo(asking.person('coord')))[0]).toBe('email sent');
    await later(16);
    expect((await callsTo(asking.person('ops')))[0]).toBe('email sent');
    await world.call('POST', `/v1/cases/${id}:acknowledge`, { by: asking.person('ops') });
    await world.settle();
    const before = await callsTo(asking.person('coord'));
    await world.advanceTo((await world.now()) + 2 * HOUR);
    expect(await callsTo(asking.person('coord'))).toEqual(before);
    await expect(world.call('DELETE', `/v1/people/${asking.person('mia')}`)).rejects.toThrow(/in_safety_case/);
    await expect(world.call('DELETE', `/v1/people/${asking.person('ops')}`)).rejects.toThrow(/in_safety_case/);
  });
});
