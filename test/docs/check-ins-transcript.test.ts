import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, type Instant, instantOf, localMinute } from '../../policy/time.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { recordRuns } from '../replay/record.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { CheckInStory, dueDays, names, pairId, programId, worry, zone } from './check-ins-story.ts';
import {
  expectDocument,
  inOrder,
  listed,
  messagesOf,
  momentOf,
  quoted,
  type Told,
  type ToldMessage,
} from './transcript.ts';

/** Plays the story of docs/check-ins-transcript.md through a rehearsal and compares what everybody read. */

let world: Rehearsed;
let story: CheckInStory;
beforeAll(async () => {
  world = await startRehearsed();
  story = new CheckInStory(world);
});
afterAll(() => world.stop());

async function opened(): Promise<void> {
  await world.advanceTo(story.at('2031-08-30', '10:00'));
  const staff = { operations: 'paula', coordinator: 'paula', supervisor: 'sven', safety: ['paula', 'sven'] };
  const policy = { checkIns: {}, messaging: { copyOperations: false } };
  const postalAddress = '1 Lake Street, Chicago';
  for (const [id, name] of Object.entries(names)) {
    const role = /\((\w+)\)/.exec(name)?.[1] as string;
    const minor = role === 'mentee' ? { isMinor: true, guardianId: 'ruth' } : {};
    const isStaff = ['coordinator', 'supervisor'].includes(role);
    const profile = { name: name.replace(/ \(.*/, ''), email: `${id}@example.org`, ...minor };
    const phone = isStaff ? { phone: id === 'paula' ? '+13125550101' : '+13125550102' } : {};
    await world.call('PUT', `/v1/people/${id}`, { ...profile, ...phone });
  }
  const program = { name: 'Lakeside Mentoring', zone, staff, policy, postalAddress };
  await world.call('PUT', `/v1/programs/${programId}`, program);
  const wording = 'My child may be written to.';
  const consent = { granted: true, by: 'ruth', source: 'form', wording, at: '2031-08-30T10:00:00-05:00' };
  await world.call('PUT', '/v1/people/sam/consents/contact', consent);
}

async function lived(): Promise<void> {
  const pair = { id: pairId, programId, mentorId: 'ada', menteeId: 'sam' };
  await story.act('2031-08-31', '10:00', 'Ada and Sam are matched.', story.call('POST', '/v1/pairs', pair));
  for (const dueOn of dueDays) {
    if (dueOn === '2031-12-31') await wintered();
    await story.round(dueOn);
    if (dueOn === '2032-07-31') await worried();
  }
  const close = { reason: 'program_complete', by: 'paula' };
  const path = `/v1/pairs/${pairId}:close`;
  await story.act(
    '2032-11-08',
    '10:00',
    'Paula closes the match: the program is complete.',
    story.call('POST', path, close),
  );
  await world.advanceTo(story.at('2032-11-20', '10:00'));
}

async function wintered(): Promise<void> {
  const pause = { reason: 'winter_break', until: '2032-01-05T08:00:00-06:00' };
  const what = 'Paula pauses the match for the winter break, until January 5.';
  await story.act('2031-12-19', '10:00', what, story.call('POST', `/v1/pairs/${pairId}:pause`, pause));
}

/** The concern on a Saturday night; Paula sleeps, Sven answers. */
async function worried(): Promise<void> {
  await story.form('2032-07-31', '22:40', 'mentee', { safetyConcern: 'yes', notes: worry });
  const [concern] = await listed<{ id: string }>(world, `/v1/cases?programId=${programId}&kind=safety`);
  const step = (does: string, body: object) => story.call('POST', `/v1/cases/${concern?.id}:${does}`, body);
  await story.act('2032-07-31', '23:02', 'Sven acknowledges the case.', step('acknowledge', { by: 'sven' }));
  const note = 'Spoken with Sam. Child protection is told.';
  await story.act('2032-08-01', '09:30', 'Sven notes what was done.', step('note', { by: 'sven', text: note }));
  const cleared = 'Sven clears the case; Sam is at an aunt’s.';
  await story.act('2032-08-02', '10:00', cleared, step('resolve', { by: 'sven', outcome: 'cleared' }));
}

const shown = (instant: Instant): string => {
  const day = new Date(instant).toLocaleDateString('en-US', { timeZone: zone, weekday: 'short' });
  return `**${day} ${localMinute(instant, zone).replace('T', ' ')}**`;
};

/** The first of each kind to each person in full, the later ones as one line. */
function toldMessages(messages: ToldMessage[]): Told[] {
  const seen = new Set<string>();
  return [...messages]
    .sort((a, b) => momentOf(a) - momentOf(b) || a.channel.localeCompare(b.channel) || a.to.localeCompare(b.to))
    .map((message) => {
      const { to, channel, template, variant, state, reason } = message;
      const kind = `\`${template}\`${variant && variant !== 'regular' ? ` (${variant})` : ''}`;
      const heading = `${channel === 'sms' ? 'text' : 'mail'} to ${names[to]}: ${kind}, ${reason ?? state}`;
      const first = state === 'sent' && !seen.has(`${to} ${kind} ${channel}`);
      if (first) seen.add(`${to} ${kind} ${channel}`);
      return { at: momentOf(message), lines: [heading, ...(first ? ['', ...quoted(message)] : [])] };
    });
}

function chapters(told: Told[]): string[] {
  const starts = dueDays.map((dueOn) => instantOf(addDays(dueOn, -6), '00:00', zone));
  const until = [...starts.slice(1), Number.POSITIVE_INFINITY];
  return dueDays.flatMap((dueOn, index) => {
    const from = index === 0 ? 0 : (starts[index] as number);
    const own = told.filter(({ at }) => at >= from && at < (until[index] as number));
    return [
      `## Due ${dueOn}`,
      '',
      ...(own.length === 0 ? ['Nobody is asked: the match is paused.', ''] : []),
      ...own.flatMap(({ at, lines: [first, ...rest] }) => [`${shown(at)} ${first}`, ...rest, '']),
    ];
  });
}

async function standards(): Promise<string> {
  const headers = { authorization: `Bearer ${world.key}`, accept: 'text/csv' };
  const answer = await fetch(`${world.url}/v1/reports/standards?programId=${programId}`, { headers });
  return answer.text();
}

test('K1 to K7 fourteen months of a match are in docs as a rehearsal tells them, with every contact', async () => {
  await opened();
  await lived();
  const messages = await messagesOf(world, programId);
  const csv = await standards();
  const document = [
    '# Fourteen months of check-ins',
    '',
    'A rehearsal of one match, as everybody in it read it: each contact of mentor, mentee and guardian, one missed, one late, some made',
    'by phone, a winter break, and a worry on a Saturday night. Made and checked by `test/docs/check-ins-transcript.test.ts` (written anew',
    'with `WRITE_TRANSCRIPT=1`). A message is given in full the first time somebody gets it.',
    '',
    ...chapters(inOrder([...story.done, ...toldMessages(messages)])),
    '## What the standards export says',
    '',
    '`GET /v1/reports/standards`, as CSV:',
    '',
    '```',
    csv.trim(),
    '```',
    '',
  ].join('\n');
  const told = messages.filter(({ body }) => body?.includes(worry)).map(({ to }) => to);
  expect(new Set(told)).toEqual(new Set(['paula']));
  await expectDocument('check-ins-transcript.md', document);
  await recordRuns(world.environment.client, pairWorkflowId(programId, pairId), 'pair-checked-in');
});
