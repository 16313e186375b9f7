import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { recordRuns } from '../replay/record.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const email = 'email class-reminder';
const text = 'sms class-reminder';

describe('pause, closing and new policies, live', () => {
  it('S11 a pause silences the pair, withdraws what waits, and a dated one ends by itself without a burst', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(2, '18:00');
    const until = term.at(15, '12:00');
    expect(await term.command('pause', { reason: 'illness', until: new Date(until).toISOString() })).toBe('applied');
    expect(await term.view()).toMatchObject({ state: 'paused' });
    await term.until(16, '12:00');
    expect(await term.view()).toMatchObject({ state: 'active', classWeek: { missedStreak: 0 } });
    await term.until(28, '11:00');
    expect(await term.heard()).toEqual([
      `3 09:00 ${email}/regular withdrawn`,
      `24 09:00 ${email}/regular sent`,
      `27 16:00 ${text}/regular sent`,
    ]);
    expect(await term.cases()).toEqual([]);
  });

  it('S11 a pause without an end lasts until staff resume the pair; neither can be asked twice', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(1, '12:00');
    expect(await term.command('resume')).toBe('not_paused');
    expect(await term.command('pause', { reason: 'illness' })).toBe('applied');
    expect(await term.command('pause', { reason: 'illness' })).toBe('already_paused');
    await term.until(8, '12:00');
    expect(await term.heard()).toEqual([]);
    expect(await term.command('resume')).toBe('applied');
    await term.until(21, '11:00');
    expect(await term.heard()).toEqual([`17 09:00 ${email}/regular sent`, `20 16:00 ${text}/regular sent`]);
  });

  it('S11 closing withdraws every planned step, makes the case moot, and the run ends 30 days later', async () => {
    const term = await openTerm(world, { weeks: 12, endsAfterWeeks: 12 });
    await term.until(15, '12:00');
    await term.command('resumeReminders', { by: term.person('coord') });
    await term.until(16, '18:00');
    expect((await term.heard()).at(-1)).toBe(`17 09:00 ${email}/missed-week waiting`);
    expect(await term.command('close', { reason: 'moved_away' })).toBe('applied');
    expect((await term.heard()).at(-1)).toBe(`17 09:00 ${email}/missed-week withdrawn`);
    expect(await term.cases()).toEqual(['escalation pair resolved moot']);
    expect(await term.view()).toMatchObject({ state: 'closed', openCases: [], next: [] });
    expect(await term.command('pause', { reason: 'illness' })).toBe('pair_closed');
    await term.until(46, '17:00');
    expect(await term.status()).toBe('RUNNING');
    await term.until(47, '09:00');
    expect(await term.status()).toBe('COMPLETED');
    await recordRuns(world.environment.client, term.workflowId(), 'pair-escalated-and-closed');
  });

  it('S11 a fact that comes after the run has ended is applied to the state that was kept, and says nothing', async () => {
    const term = await openTerm(world, { weeks: 12, endsAfterWeeks: 12 });
    await term.until(8, '12:00');
    await term.command('close', { reason: 'moved_away' });
    await term.until(40, '12:00');
    expect(await term.status()).toBe('COMPLETED');
    const heard = await term.heard();
    await term.lesson({}, { at: term.at(36, '12:00') });
    const sql = `select state, applied_order from journal where subject = $1 and type = 'lesson.completed'`;
    expect(await queryRows(world.database, sql, term.pairId())).toEqual([{ state: 'applied', applied_order: 3 }]);
    expect(await term.heard()).toEqual(heard);
    // The say is stored a moment before the server knows that the run has ended.
    await expect.poll(() => term.status()).toBe('COMPLETED');
    expect(await term.view()).toMatchObject({ state: 'closed' });
  });

  it('V7 a changed policy applies from the next class week, and nothing fires retroactively', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '12:00');
    await term.putProgram({ classWeek: { email: { daysAfterSession: 2, at: '10:00' } } });
    expect(await term.view()).toMatchObject({ policyVersion: 1 });
    await term.until(7, '12:00');
    expect(await term.view()).toMatchObject({ policyVersion: 2 });
    await term.until(10, '12:00');
    expect(await term.heard()).toEqual([
      `3 09:00 ${email}/regular sent`,
      `6 16:00 ${text}/regular sent`,
      `9 10:00 ${email}/missed-week sent`,
    ]);
    expect((await term.messages()).map((row) => row.policy_version)).toEqual([1, 1, 2]);
  });

  it('V7 `applyNow` moves what waits, and does not send what its slot has passed for', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '18:00');
    await term.putProgram({ classWeek: { email: { daysAfterSession: 4, at: '11:00' } } }, { applyNow: true });
    expect(await term.heard()).toEqual([`3 09:00 ${email}/regular withdrawn`]);
    await term.until(3, '12:00');
    expect(await term.heard()).toEqual([`4 11:00 ${email}/regular waiting`]);
    await term.until(5, '12:00');
    await term.putProgram({ classWeek: { text: { daysBeforeNextSession: 3, at: '16:00' } } }, { applyNow: true });
    await term.until(7, '09:00');
    expect((await term.heard()).filter((line) => line.includes('sent'))).toEqual([`4 11:00 ${email}/regular sent`]);
    expect(await term.view()).toMatchObject({ policyVersion: 3 });
    await recordRuns(world.environment.client, term.workflowId(), 'pair-under-new-policies');
  });

  it('V7 staff of the program apply at once: the flag goes to the new coordinator', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(13, '12:00');
    await term.putPerson('coord2');
    const staff = {
      operations: term.person('ops'),
      coordinator: term.person('coord2'),
      supervisor: term.person('sup'),
    };
    const document = { name: 'Example High School', zone: term.zone, staff, policy: { classWeek: {} } };
    await world.call('PUT', `/v1/programs/${term.programId}`, document);
    await term.until(14, '11:00');
    expect(await term.heard('coord')).toEqual([]);
    expect(await term.heard('coord2')).toEqual(['14 10:02 email escalation-flag sent']);
  });

  it('E1 an event that comes twice changes nothing the second time', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '12:00');
    const [id, at] = ['evt-twice', await world.now()];
    await term.lesson({}, { id, at });
    const before = await term.carried();
    await term.lesson({}, { id, at });
    expect(await term.carried()).toEqual(before);
    const rows = await queryRows(world.database, `select 1 from journal where event_id = $1`, id);
    expect(rows).toHaveLength(1);
  });

  it('E1 an entry that Temporal is told again is applied once in effect', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(1, '12:00');
    await term.lesson();
    const { tracks } = (await term.carried()).state;
    await term.deliverAgain();
    expect((await term.carried()).state.tracks).toEqual(tracks);
    await term.until(6, '17:00');
    expect(await term.heard()).toEqual([]);
  });

  it('E2 events that arrive in the wrong order give the week they were meant for', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(8, '12:00');
    const now = await world.now();
    await term.lesson({}, { at: now - HOUR });
    await term.lesson({}, { at: term.at(3, '08:00') });
    expect((await term.view()).classWeek).toMatchObject({ complete: true, missedStreak: 0 });
    await term.until(14, '11:00');
    expect(await term.cases()).toEqual([]);
  });
});
