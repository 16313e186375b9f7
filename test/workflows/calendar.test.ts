import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const email = 'email class-reminder';
const text = 'sms class-reminder';

describe('the calendar of a class, live', () => {
  it('W14 an excused week is silent and neither adds to the streak nor ends it', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(8, '12:00');
    await term.event('week.excused', { sessionDate: term.date(7), reason: 'holiday' });
    await term.until(14, '12:00');
    expect((await term.heard()).slice(2)).toEqual([]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1, escalated: false });
    await term.until(21, '11:00');
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 2, escalated: true });
  });

  it('W14 a dated leave of the mentor makes the weeks it touches neutral and withdraws what waits', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(2, '18:00');
    const [from, until] = [term.at(2, '18:00'), term.at(9, '12:00')].map((at) => new Date(at).toISOString());
    await world.call('PUT', `/v1/people/${term.person('mentor')}/availability`, { available: false, from, until });
    await term.until(21, '11:00');
    expect(await term.heard()).toEqual([
      `3 09:00 ${email}/regular withdrawn`,
      `17 09:00 ${email}/regular sent`,
      `20 16:00 ${text}/regular sent`,
    ]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1 });
  });

  it('W15 a cancelled session merges its two weeks: the waiting text moves, the sent mail stands', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(5, '18:00');
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular sent`, `6 16:00 ${text}/regular waiting`]);
    await term.change(7, { state: 'cancelled' });
    await term.until(7, '12:00');
    expect((await term.view()).classWeek).toMatchObject({ sessionDate: term.date(0), missedStreak: 0 });
    await term.until(14, '11:00');
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular sent`, `13 16:00 ${text}/regular sent`]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1 });
  });

  it('W15 a moved session moves the slots of its week and the week before', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(4, '12:00');
    await term.change(7, { date: term.date(9) });
    await term.until(14, '09:00');
    expect(await term.heard()).toEqual([
      `3 09:00 ${email}/regular sent`,
      `8 16:00 ${text}/regular sent`,
      `12 09:00 ${email}/missed-week sent`,
      `13 16:00 ${text}/missed-week sent`,
    ]);
  });

  it('W15 W13 an escalation whose session is afterwards reported cancelled is withdrawn with one notice', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(15, '12:00');
    await term.change(7, { state: 'cancelled' });
    await term.until(16, '12:00');
    expect(await term.cases()).toEqual(['escalation pair withdrawn']);
    expect(await term.heard('coord')).toEqual([
      '14 10:02 email escalation-flag sent',
      '15 12:02 email escalation-withdrawn sent',
    ]);
  });

  it('W16 where the week is too short for the mail only the text goes, and the reason is recorded', async () => {
    const term = await openTerm(world, { days: [0, 2, 9], endsAfterWeeks: 2 });
    await term.until(2, '11:00');
    expect(await term.heard()).toEqual([`1 16:00 ${text}/regular sent`, `3 09:00 ${email}/regular window_too_short`]);
  });

  it('W16 where the text would be before the week has begun nothing is sent', async () => {
    const classWeek = { text: { daysBeforeNextSession: 2, at: '16:00' } };
    const term = await openTerm(world, { days: [0, 7, 8, 15], endsAfterWeeks: 4, policy: { classWeek } });
    await term.until(1, '12:00');
    await term.lesson();
    await term.until(11, '10:00');
    expect(await term.heard()).toEqual([
      `6 16:00 ${text}/regular window_too_short`,
      `10 09:00 ${email}/regular window_too_short`,
      `11 09:00 ${email}/missed-week sent`,
    ]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1 });
  });

  it('W17 without a next session the mail goes, the text waits, and after a week operations gets a task', async () => {
    const term = await openTerm(world, { weeks: 1 });
    await term.until(8, '12:00');
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular sent`]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 0 });
    expect(await term.heard('ops')).toEqual(['7 10:02 email task sent']);
    expect(await term.cases()).toEqual(['task - open']);
    await term.putClass([...term.sessions, term.session(14)]);
    await term.until(14, '11:00');
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular sent`, `13 16:00 ${text}/regular sent`]);
    expect(await term.cases()).toEqual(['task - withdrawn']);
  });

  it('W17 the end of the term closes the last week without a miss', async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
    await term.until(22, '12:00');
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1, escalated: false });
    expect(await term.cases()).toEqual([]);
    expect(await term.heard('ops')).toEqual([]);
  });

  it('W18 a pair matched inside a week gets no reminder and no miss for it', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, withoutPair: true });
    await term.until(1, '12:00');
    await term.openPair();
    await term.until(7, '12:00');
    expect(await term.heard()).toEqual([]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 0 });
    await term.until(14, '11:00');
    expect(await term.heard()).toEqual([`10 09:00 ${email}/regular sent`, `13 16:00 ${text}/regular sent`]);
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 1 });
  });

  it('V9 an imported pair starts at its next due moment: what was due before is neither said nor counted', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6, withoutPair: true });
    await term.until(18, '12:00');
    await term.openPair('pair', { matchedAt: term.at(-30, '12:00') });
    expect((await term.view()).classWeek).toMatchObject({ missedStreak: 0, escalated: false });
    await term.until(24, '10:00');
    expect(await term.heard()).toEqual([`20 16:00 ${text}/regular sent`, `24 09:00 ${email}/missed-week sent`]);
    expect(await term.cases()).toEqual([]);
  });

  it('W19 V9 a pair that is opened within a day of its slot is told at the slot', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, withoutPair: true });
    await term.until(2, '18:00');
    await term.openPair('pair', { matchedAt: term.at(-30, '12:00') });
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular waiting`]);
    await term.until(3, '10:00');
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular sent`]);
  });
});
