import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, instantOf, localMinute } from '../../policy/time.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { expectDocument, inOrder, messagesOf, momentOf, quoted, type Told } from './transcript.ts';

/**
 * Plays the story of docs/requests-transcript.md through a rehearsal and compares what everybody read. With
 * WRITE_TRANSCRIPT it is written instead.
 */

const zone = 'America/Chicago';
const first = '2028-01-10';
const names: Record<string, string> = {
  mia: 'Mia Okafor (mentee)',
  ada: 'Ada Lindqvist (mentor)',
  bo: 'Bo Sandoval (mentor)',
  cy: 'Cy Whitfield (mentor)',
  ops: 'Omar Reyes (operations)',
};

const rules: Record<string, string> = {
  R2: 'a mentor hears of a request at once, and whoever asked hears the answer at once',
  R5: 'accepting makes the pair, and the mentor is prompted to write first',
  R6: 'a decline carries a coded reason and the words of the one who declined',
  R7: 'unanswered for 7 days: a reminder that names the date on which the request closes',
  R8: 'unanswered for 14 days: it closes, and the mentee is told without blame',
  R12: 'what no longer needs an answer is withdrawn, and whoever was asked is told',
};

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
  await world.advanceTo(instantOf(first, '10:00', zone) - DAY);
});
afterAll(() => world.stop());

const at = (days: number, time: string) => instantOf(first, time, zone) + days * DAY;

/** What somebody did, told between the messages. */
const done: Told[] = [];

async function act(days: number, time: string, what: string, path: string, body: object): Promise<void> {
  await world.advanceTo(at(days, time));
  await world.call('POST', path, body);
  await world.settle();
  done.push({ at: at(days, time), lines: [`**${moment(at(days, time))}** ${what}`] });
}

function moment(instant: number): string {
  const days = Math.floor((instant - instantOf(first, '00:00', zone)) / DAY);
  return `day ${days}, ${localMinute(instant, zone).slice(11)}`;
}

async function played(): Promise<string> {
  const links = Object.fromEntries(
    ['request', 'pair', 'preferences'].map((name) => [name, `https://mentors.example.org/${name}/{id}`]),
  );
  const staff = { operations: 'ops', coordinator: 'ops' };
  const policy = { requests: { noRequestNudgeDays: [] }, messaging: { copyOperations: false } };
  const program = { name: 'Lakeside Mentoring', zone, links, staff, policy, postalAddress: '1 Lake Street, Chicago' };
  await world.call('PUT', '/v1/programs/lakeside', program);
  for (const [id, name] of Object.entries(names)) {
    const role = /\((\w+)\)/.exec(name)?.[1];
    const programs = [{ programId: 'lakeside', role: role === 'operations' ? 'staff' : role }];
    await world.call('PUT', `/v1/people/${id}`, {
      name: name.replace(/ \(.*/, ''),
      email: `${id}@example.org`,
      programs,
    });
  }
  const ask = (mentorId: string, message: string) => ({
    id: `req_${mentorId}`,
    programId: 'lakeside',
    menteeId: 'mia',
    mentorId,
    message,
  });
  await act(0, '10:00', 'Mia asks Ada.', '/v1/requests', ask('ada', 'I want to study biology. How did you choose?'));
  await act(
    0,
    '10:05',
    'Mia asks Bo.',
    '/v1/requests',
    ask('bo', 'You coach a team. I would love to hear how you started.'),
  );
  await act(2, '17:30', 'Ada declines: too busy.', '/v1/requests/req_ada:decline', {
    by: 'ada',
    reason: 'too_busy',
    message: 'Two exams of my own this month. Ask me again in spring!',
    note: 'Would take a mentee from March on.',
  });
  await act(
    3,
    '16:00',
    'Mia asks Cy.',
    '/v1/requests',
    ask('cy', 'Your talk at our school was great. Could we talk now and then?'),
  );
  await act(15, '12:15', 'Cy accepts.', '/v1/requests/req_cy:accept', { by: 'cy' });
  await world.advanceTo(at(20, '12:00'));
  return written(await messages());
}

async function messages(): Promise<Told[]> {
  return (await messagesOf(world, 'lakeside')).map((message) => {
    const { to, template, state, reason, because, policyVersion } = message;
    const instant = momentOf(message);
    const heading = `**${moment(instant)}** to ${names[to]}: \`${template}\`, ${reason ?? state}`;
    const why = `*Why: ${because.rule}, ${rules[because.rule]}; by ${because.facts.join(', ')} under version ${policyVersion} of the policy.*`;
    const words = state === 'sent' ? [...quoted(message), ''] : [];
    return { at: instant, lines: [heading, '', ...words, why] };
  });
}

function written(told: Told[]): string {
  return [
    '# A mentee asks three mentors',
    '',
    'A rehearsal, as everybody in it read it: one mentor declines, one is reminded and lets the request close, one accepts. Made and',
    'checked by `test/docs/requests-transcript.test.ts` (written anew with `WRITE_TRANSCRIPT=1`). Day 0 is Monday, January 10.',
    '',
    ...inOrder([...done, ...told]).flatMap(({ lines }) => [...lines, '']),
  ].join('\n');
}

test('R2 to R12 the transcript in docs is what a rehearsal says, word by word', async () => {
  const story = await played();
  expect(story.match(/: `request-/g)?.length).toBeGreaterThan(6);
  await expectDocument('requests-transcript.md', story);
});
