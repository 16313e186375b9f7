import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { contentType, type MailGiven, postedMail } from '../support/inbound-mail.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { providerSettings, sendGridHeaders } from '../support/signed.ts';
import { openTerm, type Term } from './term.ts';

const inboundDomain = 'in.tandem.example';
let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ providerSettings, inboundDomain });
});
afterAll(() => world.stop());

/** The address that the flag to the coordinator names, as the coordinator reads it. */
async function addressInFlag(term: Term): Promise<string> {
  const sql = `
    select s.body from sends s join messages m on m.send_id = s.id
    where m.person_id = $1 and m.template = 'escalation-flag'`;
  const [flag] = await queryRows<{ body: string }>(world.database, sql, term.person('coord'));
  return /mailto:\?bcc=(\S+)/.exec(flag?.body ?? '')?.[1] ?? '';
}

/** The coordinator writes to the mentor and blind-copies an address; SendGrid posts the mail. */
async function reachOut(term: Term, blindCopy: string, given: Partial<MailGiven> = {}): Promise<void> {
  const coordinator = `${term.person('coord')}@example.org`;
  const body = postedMail({
    envelopeTo: [blindCopy],
    envelopeFrom: coordinator,
    from: coordinator,
    to: `${term.person('mentor')}@example.org`,
    ...given,
  });
  const headers = { 'content-type': contentType, ...sendGridHeaders(body, await world.now()) };
  expect(await world.post('/webhooks/sendgrid/inbound', headers, body)).toBe(204);
  await world.settle();
}

/** Two weeks without a lesson, flagged and paused, four days on. */
async function escalated(): Promise<Term> {
  const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
  await term.until(18, '12:00');
  expect((await term.view()).classWeek).toMatchObject({ escalated: true, remindersPaused: true });
  return term;
}

const tasksOf = (term: Term) =>
  queryRows<{ doubt: string }>(
    world.database,
    `select details->>'doubt' as doubt from cases where program_id = $1 and kind = 'task'`,
    term.programId,
  );

describe('outreach by mail, live', () => {
  it('W9 W10 the coordinator blind-copies the address of the flag, and the reminders go on with the next slot', async () => {
    const term = await escalated();
    const address = decodeURIComponent(await addressInFlag(term));
    expect(address).toMatch(/^outreach\+case_[0-9a-f]{32}@in\.tandem\.example$/);
    await reachOut(term, address);
    expect((await term.view()).classWeek).toMatchObject({ escalated: true, remindersPaused: false });
    await term.until(21, '11:00');
    expect((await term.heard()).slice(4)).toEqual(['20 16:00 sms class-reminder/missed-week sent']);
    expect((await term.heard('coord')).filter((line) => line.includes('outreach-prompt'))).toEqual([]);
    expect(await tasksOf(term)).toEqual([]);
    const { items } = await world.call('GET', `/v1/focus-list?coordinator=${term.person('coord')}`);
    const [{ lastOutreach }] = items as [{ lastOutreach: string }];
    expect(Math.floor(Date.parse(lastOutreach) / 60_000)).toBe(term.at(18, '12:00') / 60_000);
  });

  it('W9 W11 a forged one is a task for staff, the reminders stay paused, and the prompt goes', async () => {
    const term = await escalated();
    await reachOut(term, decodeURIComponent(await addressInFlag(term)), { envelopeFrom: 'x@evil.example' });
    expect((await term.view()).classWeek).toMatchObject({ escalated: true, remindersPaused: true });
    await term.until(21, '11:00');
    expect((await term.heard()).slice(4)).toEqual([]);
    expect((await term.heard('coord')).filter((line) => line.includes('outreach-prompt'))).toEqual([
      '21 10:02 email outreach-prompt sent',
    ]);
    expect(await tasksOf(term)).toEqual([{ doubt: 'not_authenticated' }]);
    expect(await term.heard('ops')).toEqual(['18 12:02 email task sent']);
  });

  it('W9 without any mail the reminders stay paused just so', async () => {
    const term = await escalated();
    await term.until(21, '11:00');
    expect((await term.heard()).slice(4)).toEqual([]);
    expect(await tasksOf(term)).toEqual([]);
  });

  it('W9 the words of the mail are in the database alone, and in no workflow', async () => {
    const term = await escalated();
    await reachOut(term, decodeURIComponent(await addressInFlag(term)), { text: 'Unmistakable words' });
    const handle = world.environment.client.workflow.getHandle(term.workflowId());
    const { events } = await handle.fetchHistory();
    const history = JSON.stringify(events).replace(/"data":"([A-Za-z0-9+/=]+)"/g, (_all, data: string) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    expect(history.includes('outreach.recorded')).toBe(true);
    expect(/Unmistakable|example\.org/.test(history)).toBe(false);
    const kept = await queryRows(world.database, `select id from inbound_messages where body = 'Unmistakable words'`);
    expect(kept).toHaveLength(1);
  });
});
