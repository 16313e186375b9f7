import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Partially, Policy } from '../../policy/program.ts';
import { queryRows } from '../../prisma/database.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

/** Pairs without class reminders, matched now: what they hear is about how it goes. */
function open(policy: Partially<Policy> = { surveys: {} }): Promise<Term> {
  return openTerm(world, { policy });
}

function answer(term: Term, role: string, score: number, given: object = {}, pair?: string): Promise<string> {
  const data = { by: term.person(role), instrument: 'mqs', score, scale: 5, ...given };
  return term.event('survey.answered', data, { pair });
}

interface Case {
  id: string;
  kind: string;
  reason: string;
  state: string;
  outcome: string | null;
  assignee: string;
  personId?: string;
  entries: Array<{ code: string; ref?: string }>;
}

/** Cases of the program, by reason. */
async function cases(term: Term): Promise<Case[]> {
  const { items } = (await world.call('GET', `/v1/cases?programId=${term.programId}`)) as unknown as { items: Case[] };
  return items.sort((a, b) => (a.reason < b.reason ? -1 : 1));
}

async function lines(term: Term): Promise<string[]> {
  return (await cases(term)).map(({ reason, state, outcome }) =>
    [reason, state, ...(outcome ? [outcome] : [])].join(' '),
  );
}

async function resolve(term: Term, body: object): Promise<void> {
  const intervention = (await cases(term)).find(({ kind, state }) => kind === 'intervention' && state !== 'resolved');
  await world.call('POST', `/v1/cases/${intervention?.id}:resolve`, { by: term.person('coord'), ...body });
  await world.settle();
}

/** Every word that somebody was sent. */
async function words(personId: string): Promise<string> {
  const sql = `select concat(subject, chr(10), body) as words from sends where person_id = $1 order by claimed_at, id`;
  const rows = await queryRows<{ words: string }>(world.database, sql, personId);
  return rows.map((row) => row.words).join('\n---\n');
}

/** What a key without sensitive scopes is answered. */
async function plainly(path: string): Promise<string> {
  const { key } = await world.call('POST', '/v1/keys', { name: 'platform', scopes: ['read'] });
  const response = await fetch(`${world.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return response.text();
}

describe('surveys and interventions, live', () => {
  it('S2 both are mailed a signed link 30 days after the match, and nobody gets a copy of it', async () => {
    const term = await open();
    const matchedOn = -Math.round((Date.parse(term.first) - (await world.now())) / 86_400_000);
    await term.until(matchedOn + 31, '12:00');
    for (const role of ['mentor', 'mentee']) {
      const [message] = await term.messages(role);
      expect(message).toMatchObject({ template: 'survey', state: 'sent', bcc: [], because: { rule: 'S2' } });
      expect(await words(term.person(role))).toMatch(/About your time with Name of \w+: http\S+\/responses\/\S+/);
    }
  });

  it('S3 a low rating opens tasks for both and one mail to the coordinator; neither party learns of it', async () => {
    const everything = { surveys: {}, contact: {}, checkIns: {}, meetings: {}, firstMeeting: {}, sentiment: {} };
    const term = await open({ ...everything, lifecycle: {} });
    await answer(term, 'mentee', 1.25, { comment: 'canary words' });
    expect(await lines(term)).toEqual(['low_rating open', 'reach_out_mentee open', 'reach_out_mentor open']);
    const [intervention, mentee, mentor] = await cases(term);
    expect(intervention).not.toHaveProperty('personId');
    expect([mentee?.personId, mentor?.personId]).toEqual([term.person('mentee'), term.person('mentor')]);
    expect(intervention?.assignee).toBe(term.person('coord'));

    const again = await answer(term, 'mentor', 2);
    expect(await lines(term)).toHaveLength(3);
    expect((await cases(term))[0]?.entries).toMatchObject([{ code: 'low_again', ref: again }]);

    await term.until(40, '12:00');
    const staff = await words(term.person('coord'));
    expect(staff).toContain(
      'Name of mentee rated the match of Name of mentor (mentor) and Name of mentee (mentee) with 1.25 of 5',
    );
    expect(staff).toContain(mentor?.id);
    expect(staff).toContain(mentee?.id);
    expect((await term.heard('coord')).filter((line) => line.includes('low-rating'))).toHaveLength(1);
    for (const role of ['mentor', 'mentee']) {
      // Signed links are random letters.
      const heard = (await words(term.person(role))).replace(/https?:\S+/g, '');
      // The control: they do hear from the program.
      expect(heard).toContain('Name of');
      expect(heard).not.toMatch(/1\.25|rated|rating|canary|low/i);
      const ledger = (await term.messages(role)).map(({ fields, because }) => JSON.stringify({ fields, because }));
      expect(ledger.join()).not.toMatch(/1\.25|score/);
    }
    const pair = `/v1/pairs/${term.pairId()}`;
    const views = [pair, `${pair}/plan`, `${pair}/timeline`, `/v1/cases?pairId=${term.pairId()}`, '/v1/pairs'];
    for (const view of views) expect(await plainly(view)).not.toMatch(/1\.25|score|canary/);
    expect(await plainly(pair)).toContain('"sentiment":{"responses":2');
    const { items } = JSON.parse(await plainly(`/v1/messages?pairId=${term.pairId()}&limit=200`));
    // A rehearsal shows bodies to every key.
    const messages = JSON.stringify(items.map((item: object) => ({ ...item, subject: null, body: null })));
    expect(messages).toContain('low-rating');
    expect(messages).not.toMatch(/1\.25|score|canary/);
  });

  it('S3 no word of it is in what Temporal keeps, but codes and numbers', async () => {
    const term = await open();
    await answer(term, 'mentee', 1, { comment: 'canary words' });
    expect(JSON.stringify(await term.carried())).not.toContain('canary');
  });

  it('S4 resolved ends the intervention with its tasks, and the next low rating opens another', async () => {
    const term = await open();
    await answer(term, 'mentee', 2);
    const [, task] = await cases(term);
    const by = term.person('coord');
    await world.call('POST', `/v1/cases/${task?.id}:resolve`, { by, outcome: 'resolved', note: 'We talked.' });
    await resolve(term, { outcome: 'resolved' });
    expect(await lines(term)).toEqual([
      'low_rating resolved resolved',
      'reach_out_mentee resolved resolved',
      'reach_out_mentor resolved resolved',
    ]);
    expect((await term.view()).openCases).toEqual([]);
    await answer(term, 'mentor', 1);
    expect((await lines(term)).filter((line) => line.endsWith('open'))).toHaveLength(3);
  });

  it('S4 a re-match ends the match and queues the party', async () => {
    const term = await open({ surveys: {}, contact: {} });
    await answer(term, 'mentee', 1);
    await resolve(term, { outcome: 'rematch', personId: term.person('mentee') });
    expect(await term.view()).toMatchObject({ state: 'closed', openCases: [] });
    const rematchAfter = async (role: string) =>
      (await world.call('GET', `/v1/people/${term.person(role)}`)).rematchAfter;
    expect([typeof (await rematchAfter('mentee')), await rematchAfter('mentor')]).toEqual(['string', null]);
    expect((await lines(term)).some((line) => line.endsWith('open'))).toBe(false);
    for (const role of ['mentor', 'mentee']) {
      expect((await term.heard(role)).map((line) => line.split(' ')[3])).toEqual(['pair-closed']);
      expect(await words(term.person(role))).not.toMatch(/rating|rated|low/i);
    }
  });

  it('S4 unavailable marks the party, who gets no new request, and lets the match go on', async () => {
    const term = await open();
    await answer(term, 'mentee', 1);
    await resolve(term, { outcome: 'unavailable', personId: term.person('mentor') });
    expect(await term.view()).toMatchObject({ state: 'active', openCases: [] });
    const mentor = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(mentor.availability).toMatchObject({ available: false, reason: 'marked_by_staff' });
    await term.putPerson('mentee2');
    const people = { mentorId: term.person('mentor'), menteeId: term.person('mentee2') };
    const request = { id: `${term.id}_req`, programId: term.programId, ...people, message: 'May I learn from you?' };
    expect(await world.ask('/v1/requests', request)).toBe('mentor_unavailable');
  });

  it('S4 removing a party closes all of their pairs, and they hear nothing more', async () => {
    const term = await open({ surveys: {}, contact: {} });
    await term.putPerson('mentee2');
    await term.openPair('second', { mentee: 'mentee2' });
    await answer(term, 'mentee', 1);
    await resolve(term, { outcome: 'removed', personId: term.person('mentor') });
    for (const pair of ['pair', 'second']) expect(await term.view(pair)).toMatchObject({ state: 'closed' });
    const enrolled = await world.call('GET', `/v1/people/${term.person('mentor')}`);
    expect(enrolled.enrolment).toMatchObject([{ state: 'removed' }]);
    await world.advanceTo((await world.now()) + 40 * 86_400_000);
    const sent = (await term.heard('mentor')).filter((line) => line.endsWith(' sent'));
    expect(sent).toEqual([]);
  });

  it('S4 what names nobody of the pair is refused and changes nothing', async () => {
    const term = await open();
    await answer(term, 'mentee', 1);
    const [intervention] = await cases(term);
    const path = `/v1/cases/${intervention?.id}:resolve`;
    const by = term.person('coord');
    for (const given of [
      { outcome: 'removed' },
      { outcome: 'unavailable', personId: by },
      { outcome: 'rematch', personId: by },
    ])
      expect(await world.ask(path, { by, ...given })).toBe('validation');
    expect((await lines(term)).every((line) => line.endsWith('open'))).toBe(true);
  });

  it('S3 a low rating while staff have an intervention open opens no second one, and its end counts all the same', async () => {
    const term = await open();
    const given = { kind: 'intervention', pairId: term.pairId(), reason: 'a_feeling', by: term.person('coord') };
    await world.call('POST', '/v1/cases', given);
    await world.settle();
    await answer(term, 'mentee', 2);
    expect(await lines(term)).toEqual(['a_feeling open', 'reach_out_mentee open', 'reach_out_mentor open']);
    await resolve(term, { outcome: 'rematch' });
    expect(await term.view()).toMatchObject({ state: 'closed' });
  });
});

describe('the sentiment of a program, live', () => {
  it('S7 the review is a task with a digest, done by acknowledging, and overdue it does not stack', async () => {
    const term = await open({ surveys: {}, sentiment: {} });
    const first = Math.round(((await world.now()) - term.at(0, '00:00')) / 86_400_000 - 0.5);
    await answer(term, 'mentee', 4);
    await answer(term, 'mentor', 2);
    const reviews = async () => (await cases(term)).filter(({ reason }) => reason === 'sentiment_review');
    await term.until(first + 14, '08:59');
    expect(await reviews()).toEqual([]);
    await term.until(first + 14, '10:00');
    expect((await reviews()).map(({ state, assignee }) => [state, assignee])).toEqual([['open', term.person('coord')]]);
    const digest = (await words(term.person('coord'))).split('\n---\n').find((mail) => mail.includes('Temperature'));
    expect(digest).toContain('- Temperature: mild (on average 60 % of the scale)');
    expect(digest).toContain('- Answers: 2 (0 in the time before)');
    expect(digest).toContain('- Low ratings: 1');

    await term.until(first + 28, '10:00');
    const [overdue, ...others] = await reviews();
    expect([overdue?.entries.map(({ code }) => code), others]).toEqual([['review_overdue'], []]);
    const done = await world.call('POST', `/v1/cases/${overdue?.id}:acknowledge`, { by: term.person('coord') });
    expect([done.state, done.outcome]).toEqual(['resolved', 'resolved']);
    await term.until(first + 42, '10:00');
    expect((await reviews()).map(({ state }) => state).sort()).toEqual(['open', 'resolved']);
  });

  it('S6 fewer answers of as many pairs prompt the coordinator on a Monday', async () => {
    const term = await open({ surveys: { firstAfterDays: 366 }, sentiment: {} });
    const names = ['pair', 'b', 'c', 'd'];
    for (const name of names.slice(1)) {
      for (const role of ['mentor', 'mentee']) await term.putPerson(`${role}_${name}`);
      await term.openPair(name, { mentor: `mentor_${name}`, mentee: `mentee_${name}` });
    }
    const start = Math.round(((await world.now()) - term.at(0, '00:00')) / 86_400_000 - 0.5);
    for (let week = 0; week < 5; week++) {
      await term.until(start + 1 + 7 * week, '12:00');
      for (const name of names) {
        const suffix = name === 'pair' ? '' : `_${name}`;
        for (const role of ['mentor', 'mentee']) await answer(term, `${role}${suffix}`, 5, {}, name);
      }
    }
    await term.until(start + 7 * 9, '12:00');
    const slow = (await cases(term)).filter(({ reason }) => reason === 'sentiment_slow');
    expect(slow).toMatchObject([{ kind: 'task', state: 'open', assignee: term.person('coord') }]);
    const mail = await words(term.person('coord'));
    expect(mail).toMatch(/4 active pairs would have given about \d+\./);
  });
});
