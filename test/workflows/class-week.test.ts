import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const firstWeek = ['3 09:00 email class-reminder/regular', '6 16:00 sms class-reminder/regular'] as const;

describe('a class week, live', () => {
  it('W2 W3 W6 a mentor who does nothing gets mail and text, in the second week with the missed-week wording', async () => {
    const term = await openTerm(world, { weeks: 3 });
    await term.until(14, '09:00');
    expect(await term.heard()).toEqual([
      `${firstWeek[0]} sent`,
      `${firstWeek[1]} sent`,
      '10 09:00 email class-reminder/missed-week sent',
      '13 16:00 sms class-reminder/missed-week sent',
    ]);
  });

  it('W1 W4 a lesson on the day of the class means no message at all', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(0, '15:00');
    await term.lesson();
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([]);
    expect((await term.view()).classWeek).toMatchObject({ complete: true, missedStreak: 0 });
  });

  it('W4 M6 completing while the mail already waits in the mailbox withdraws it and plans no text', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(2, '18:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} waiting`]);
    await term.lesson();
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} withdrawn`]);
  });

  it('W4 completing between email and text cancels the text', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(4, '12:00');
    await term.lesson();
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} sent`]);
  });

  it('W4 M6 a lesson a minute before the text slot takes the waiting text back', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(6, '15:59');
    await term.lesson();
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} sent`, `${firstWeek[1]} withdrawn`]);
  });

  it('W1 what the mentee writes completes nothing, what the mentor writes does', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(1, '12:00');
    await term.event('message.sent', { by: 'mentee' });
    await term.until(4, '12:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} sent`]);
    await term.event('message.sent', { by: term.person('mentor') });
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} sent`]);
  });

  it('W1 under `completion: lesson` a message completes nothing', async () => {
    const term = await openTerm(world, { weeks: 2, policy: { classWeek: { completion: 'lesson' } } });
    await term.until(1, '12:00');
    await term.event('message.sent', { by: 'mentor' });
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual(firstWeek.map((line) => `${line} sent`));
  });

  it('W1 W13 a lesson for last week clears the streak and leaves the current week open', async () => {
    const term = await openTerm(world, { weeks: 3 });
    await term.until(8, '12:00');
    expect((await term.view()).classWeek).toMatchObject({ complete: false, missedStreak: 1 });
    await term.lesson({ sessionDate: term.date(0) });
    expect((await term.view()).classWeek).toMatchObject({ complete: false, missedStreak: 0 });
    await term.until(14, '09:00');
    expect((await term.heard()).slice(2)).toEqual([
      '10 09:00 email class-reminder/regular sent',
      '13 16:00 sms class-reminder/regular sent',
    ]);
  });

  it('W6 a late lesson changes the wording of a reminder that already waits', async () => {
    const term = await openTerm(world, { weeks: 3 });
    await term.until(9, '18:00');
    expect((await term.heard()).at(-1)).toBe('10 09:00 email class-reminder/missed-week waiting');
    await term.lesson({ sessionDate: term.date(0) });
    expect((await term.heard()).at(-1)).toBe('10 09:00 email class-reminder/regular waiting');
  });

  it('W4 a retracted lesson brings the reminders back', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(1, '12:00');
    const id = await term.lesson();
    await term.until(2, '18:00');
    expect(await term.heard()).toEqual([]);
    await term.lesson({ retracts: id });
    await term.until(7, '09:00');
    expect(await term.heard()).toEqual(firstWeek.map((line) => `${line} sent`));
  });

  it('W5 the words of a program reach the mentor at an unchanged time', async () => {
    const term = await openTerm(world, { weeks: 2 });
    await term.until(2, '18:00');
    const words = {
      subject: 'Our own words',
      body: 'Write to {% for item in items %}{{ item.mentee.name }}{% endfor %}',
    };
    await world.call('PUT', `/v1/programs/${term.programId}/templates/class-reminder?channel=email`, words);
    await term.until(3, '09:00');
    expect(await term.heard()).toEqual([`${firstWeek[0]} sent`]);
    const [sent = ''] = await term.wordsSent();
    expect(sent.split('\n')[0]).toBe('Our own words: Write to Name of mentee');
  });

  it('W22 a mentor of two pairs has a week, a streak and a case for each', async () => {
    const term = await openTerm(world, { weeks: 3 });
    await term.openPair('other', { mentee: 'mentee' });
    for (const day of [1, 8]) {
      await term.until(day, '12:00');
      await term.lesson();
    }
    await term.until(14, '11:00');
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 0, escalated: false });
    expect((await term.view('other')).classWeek).toMatchObject({ missedStreak: 2, escalated: true });
    expect(await term.cases()).toEqual(['escalation other open']);
  });
});
