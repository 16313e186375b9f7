import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { recordRuns } from '../replay/record.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const twoWeeks = [
  '3 09:00 email class-reminder/regular sent',
  '6 16:00 sms class-reminder/regular sent',
  '10 09:00 email class-reminder/missed-week sent',
  '13 16:00 sms class-reminder/missed-week sent',
];

function withoutDigests(lines: string[]): string[] {
  return lines.filter((line) => !line.includes('focus-digest'));
}

describe('missed weeks, live', () => {
  it('W7 W9 W11 W20 the second miss flags once, pauses the reminders, and prompts go on until someone acts', async () => {
    const term = await openTerm(world, { weeks: 8, endsAfterWeeks: 8 });
    await term.until(14, '11:00');
    expect(await term.cases()).toEqual(['escalation pair open']);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 2, escalated: true, remindersPaused: true });
    await term.until(36, '09:00');
    expect(await term.heard()).toEqual(twoWeeks);
    expect(await term.heard('coord')).toEqual([
      '14 10:02 email escalation-flag sent',
      '19 08:00 email focus-digest sent',
      '21 10:02 email outreach-prompt sent',
      '26 08:00 email focus-digest sent',
      '33 08:00 email focus-digest sent',
      '35 10:02 email outreach-prompt sent',
    ]);
    expect(withoutDigests(await term.heard('sup'))).toEqual([
      '14 10:02 email escalation-flag sent',
      '28 10:02 email outreach-prompt sent',
      '35 10:02 email outreach-prompt sent',
    ]);
    expect(await term.cases()).toEqual(['escalation pair open']);
    const [entry] = await term.caseLines();
    expect(entry).toBe(`missed_again:${term.date(14)}`);
  });

  it('W8 two misses with a completed week between never escalate', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(8, '12:00');
    await term.lesson();
    await term.until(21, '11:00');
    expect(await term.cases()).toEqual([]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1, escalated: false });
  });

  it('W7 `graceHours` puts the escalation off, and a lesson in time prevents it', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, policy: { classWeek: { graceHours: 6 } } });
    await term.until(14, '15:59');
    expect(await term.cases()).toEqual([]);
    await term.until(14, '16:03');
    expect(await term.cases()).toEqual(['escalation pair open']);
  });

  it('W9 W10 outreach resumes with the next future slot, and nothing of the pause is replayed', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(18, '12:00');
    await term.event('outreach.recorded', { by: term.person('coord') });
    expect((await term.view()).classWeek).toMatchObject({ escalated: true, remindersPaused: false });
    await term.until(21, '09:00');
    expect((await term.heard()).slice(4)).toEqual(['20 16:00 sms class-reminder/missed-week sent']);
    expect(withoutDigests(await term.heard('coord'))).toEqual(['14 10:02 email escalation-flag sent']);
  });

  it('W9 staff resume the reminders by hand; without a pause the command is refused', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    expect(await term.command('resumeReminders', { by: term.person('coord') })).toBe('reminders_not_paused');
    await term.until(15, '12:00');
    expect(await term.command('resumeReminders', { by: term.person('coord') })).toBe('applied');
    await term.until(17, '09:00');
    expect((await term.heard()).slice(4)).toEqual(['17 09:00 email class-reminder/missed-week sent']);
  });

  it('W9 W12 a completed week resumes the reminders and proposes closing the case, which stays open', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(15, '12:00');
    await term.lesson();
    expect((await term.view()).classWeek).toMatchObject({ complete: true, missedStreak: 0, remindersPaused: false });
    expect(await term.cases()).toEqual(['escalation pair open']);
    expect(await term.caseLines()).toEqual([`week_completed_propose_closing:${term.date(7)}`]);
    await term.until(24, '12:00');
    expect((await term.heard()).slice(4)).toEqual(['24 09:00 email class-reminder/regular sent']);
  });

  it('W12 two new misses after the case was resolved open a new one', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6 });
    await term.until(14, '12:00');
    await term.resolveCase();
    await term.until(21, '11:00');
    expect(await term.cases()).toEqual(['escalation pair resolved resolved']);
    await term.until(28, '11:00');
    expect(await term.cases()).toEqual(['escalation pair resolved resolved', 'escalation pair open']);
    expect(withoutDigests(await term.heard('coord'))).toEqual([
      '14 10:02 email escalation-flag sent',
      '28 10:02 email escalation-flag sent',
    ]);
  });

  it('W13 a lesson that only arrived late withdraws the escalation, with one notice to those who got the flag', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(15, '12:00');
    await term.lesson({}, { at: term.at(13, '18:00') });
    await term.until(16, '12:00');
    expect(await term.cases()).toEqual(['escalation pair withdrawn']);
    for (const role of ['coord', 'sup']) {
      expect(await term.heard(role)).toEqual([
        '14 10:02 email escalation-flag sent',
        '15 12:02 email escalation-withdrawn sent',
      ]);
    }
    await term.until(17, '10:00');
    expect((await term.heard()).slice(4)).toEqual(['17 09:00 email class-reminder/regular sent']);
    await recordRuns(world.environment.client, term.workflowId(), 'pair-escalated-and-withdrawn');
  });

  it('W13 M6 when the flag still gathers, neither flag nor notice is sent', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(14, '10:01');
    await term.lesson({}, { at: term.at(13, '18:00') });
    await term.until(14, '12:00');
    expect(await term.heard('coord')).toEqual([
      '14 10:00 email escalation-flag withdrawn',
      '14 10:01 email escalation-withdrawn withdrawn',
    ]);
  });

  it('W13 E2 a lesson too old to act is history: the miss and the escalation stand', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(23, '12:00');
    const at = term.at(13, '18:00');
    expect((await world.now()) - at).toBeGreaterThan(7 * DAY);
    await term.lesson({}, { at });
    await term.until(24, '12:00');
    expect(await term.cases()).toEqual(['escalation pair open']);
  });

  it('W21 the flag goes although no reminder reached the mentor', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { email: null, phone: null } });
    await term.until(14, '11:00');
    expect((await term.heard()).map((line) => line.split(' ').at(-1))).toEqual(Array(4).fill('unreachable'));
    expect(await term.heard('sup')).toEqual(['14 10:02 email escalation-flag sent']);
    expect(await term.cases()).toEqual(['unreachable pair open', 'escalation pair open']);
  });
});
