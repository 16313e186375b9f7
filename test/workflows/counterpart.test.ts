import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, toRfc3339 } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

/** What somebody tells of their match is for staff alone: whoever tells it and however, no other participant comes to see it. */

let world: Rehearsed;
let plainKey: string;
beforeAll(async () => {
  world = await startRehearsed();
  const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', contact: 'coord', safety: ['sup'] };
  for (const id of new Set(Object.values(staff).flat())) await person(id, {});
  const sections = ['contact', 'checkIns', 'meetings', 'firstMeeting', 'surveys', 'sentiment', 'lifecycle'];
  const policy = Object.fromEntries(sections.map((name) => [name, {}]));
  const program = {
    name: 'Lakeside',
    zone: 'America/Chicago',
    staff,
    policy: { ...policy, surveys: { afterMeeting: true } },
  };
  await world.call('PUT', '/v1/programs/prg', program);
  const { key } = await world.call('POST', '/v1/keys', { name: 'platform', scopes: ['read', 'events', 'command'] });
  plainKey = String(key);
});
afterAll(() => world.stop());

type Part = 'mentor' | 'mentee' | 'guardian';
const parts: Part[] = ['mentor', 'mentee', 'guardian'];

async function person(id: string, given: object): Promise<void> {
  await world.call('PUT', `/v1/people/${id}`, { name: `Name of ${id}`, email: `${id}@example.org`, ...given });
}

let pairs = 0;

/** A pair of its own with a minor and their guardian; answers its id. */
async function newPair(): Promise<string> {
  const id = `p${++pairs}`;
  await person(`${id}_guardian`, {});
  await person(`${id}_mentor`, { programs: [{ programId: 'prg', role: 'mentor' }] });
  const minor = { isMinor: true, guardianId: `${id}_guardian`, programs: [{ programId: 'prg', role: 'mentee' }] };
  await person(`${id}_mentee`, minor);
  const at = toRfc3339(await world.now());
  const consent = { granted: true, by: `${id}_guardian`, source: 'form', wording: 'Yes.', at };
  await world.call('PUT', `/v1/people/${id}_mentee/consents/contact`, consent);
  await world.call('POST', '/v1/pairs', { id, programId: 'prg', mentorId: `${id}_mentor`, menteeId: `${id}_mentee` });
  return id;
}

interface Telling {
  part: Part;
  way: keyof typeof ways;
  /** Stands for what was said: found wherever it comes to be. */
  canary: string;
}

let events = 0;

async function event(pairId: string, type: string, data: object): Promise<void> {
  const time = toRfc3339(await world.now());
  const about = { specversion: '1.0', id: `e${++events}`, source: 'platform', type: `tandem.${type}`, subject: pairId };
  await world.call('POST', '/v1/events', { ...about, time, data });
}

/** Every way in which words come in. */
const ways = {
  answers: (id: string, { part, canary }: Telling) =>
    event(id, 'checkin.recorded', {
      respondent: part,
      mode: 'phone',
      by: 'sup',
      answers: { going: canary },
      safetyConcern: false,
    }),
  notes: (id: string, { part, canary }: Telling) =>
    event(id, 'checkin.recorded', {
      respondent: part,
      mode: 'form',
      answers: {},
      safetyConcern: false,
      notes: canary,
      roadblocks: canary,
    }),
  concern: (id: string, { part, canary }: Telling) =>
    event(id, 'checkin.recorded', {
      respondent: part,
      mode: 'form',
      answers: {},
      safetyConcern: true,
      notes: `he hits me ${canary}`,
    }),
  survey: (id: string, { part, canary }: Telling) =>
    event(id, 'survey.answered', { by: part, instrument: 'mqs', score: 1, scale: 5, comment: canary }),
  flag: (id: string, { part, canary }: Telling) =>
    event(id, 'flag.submitted', { by: part, topic: 'other', priority: 'normal', text: canary }),
  meeting: async (id: string, { part, canary }: Telling) =>
    event(id, 'meeting.recorded', {
      by: part,
      occurred: true,
      at: toRfc3339(await world.now()),
      activity: canary,
      place: canary,
      moodText: canary,
    }),
  support: (id: string, { part, canary }: Telling) =>
    event(id, 'support.recorded', { to: part, kind: 'advice', by: 'sup', notes: canary }),
};

const tellings = fc.array(
  fc.record({
    part: fc.constantFrom(...parts),
    way: fc.constantFrom(...(Object.keys(ways) as Array<keyof typeof ways>)),
    days: fc.integer({ min: 1, max: 25 }),
  }),
  { minLength: 2, maxLength: 6 },
);

/** What was sent, or is to be sent, to somebody. */
async function told(personId: string): Promise<string> {
  const sends = await queryRows(world.database, 'select subject, body from sends where person_id = $1', personId);
  const rows = await queryRows(
    world.database,
    'select fields, because, key from messages where person_id = $1',
    personId,
  );
  return JSON.stringify([sends, rows]);
}

/** What a platform reads, which may show it to anybody. */
async function shown(id: string, key: string): Promise<string> {
  const pair = `/v1/pairs/${id}`;
  // The ledger shows its bodies to every key of a rehearsal; whose they are is looked at above.
  const lists = ['pairs', 'check-ins', 'cases'].map((name) => `/v1/${name}?programId=prg&limit=200`);
  const reports = ['engagement', 'meetings', 'sentiment', 'standards', 'workload'];
  const own = [pair, `${pair}/plan`, `${pair}/timeline?limit=200`, `${pair}/contacts?limit=200`];
  const paths = [
    ...own,
    ...lists,
    '/v1/changes?limit=200',
    '/v1/programs/prg/health',
    '/v1/programs/prg/resources?limit=200',
  ];
  const read = async (path: string, accept = 'application/json'): Promise<string> => {
    const answer = await fetch(`${world.url}${path}`, { headers: { authorization: `Bearer ${key}`, accept } });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  };
  const texts = await Promise.all(paths.map((path) => read(path)));
  const asReports = reports.flatMap((name) =>
    ['application/json', 'text/csv'].map((accept) => read(`/v1/reports/${name}?programId=prg`, accept)),
  );
  return [...texts, ...(await Promise.all(asReports))].join('\n');
}

async function tellAll(id: string, told: Array<Omit<Telling, 'canary'> & { days: number }>): Promise<Telling[]> {
  const all: Telling[] = [];
  for (const { days, ...telling } of told) {
    await world.advanceTo((await world.now()) + days * DAY);
    const given = { ...telling, canary: `canary${id}x${all.length}` };
    await ways[given.way](id, given);
    all.push(given);
    await world.settle();
    // Somebody is called for ever about a case that nobody ends, and each call is a stop of the clock.
    const open = `select id from cases where kind = 'safety' and state in ('open', 'acknowledged')`;
    for (const found of await queryRows<{ id: string }>(world.database, open))
      await world.call('POST', `/v1/cases/${found.id}:resolve`, { by: 'sup', outcome: 'cleared' });
  }
  await world.advanceTo((await world.now()) + 3 * DAY + HOUR);
  return all;
}

describe('what participants tell of their match', () => {
  it('K5 K6 S3 T9 reaches no other participant in any message, view, list, report or export, whatever is told in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(tellings, async (given) => {
        const id = await newPair();
        const all = await tellAll(id, given);
        const views = await shown(id, plainKey);
        for (const { part, canary, way } of all) {
          expect([way, views.includes(canary)]).toEqual([way, false]);
          for (const other of parts.filter((name) => name !== part))
            expect([way, other, (await told(`${id}_${other}`)).includes(canary)]).toEqual([way, other, false]);
        }
      }),
      { numRuns: 3 },
    );
  });

  it('K7 reaches staff, who are told of contacts and read the rest: a control', async () => {
    const id = await newPair();
    const days = 1;
    const all = await tellAll(id, [
      { part: 'mentee', way: 'notes', days },
      { part: 'guardian', way: 'answers', days },
      { part: 'mentor', way: 'support', days },
    ]);
    const staff = await shown(id, world.key);
    for (const { canary } of all) expect(staff).toContain(canary);
    expect(await told('coord')).toContain(all[0]?.canary);
    expect((await told(`${id}_mentee`)).includes('check-in')).toBe(true);
  });
});
