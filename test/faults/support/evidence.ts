import { messaging } from '../../../policy/sections/messaging.ts';
import { type Database, execute, queryRows } from '../../../prisma/database.ts';
import type { Entry } from '../../../runtime/local/provider-fake/journal.ts';
import { type Evidence, type Findings, findings, type LedgerRow, type LedgerSend } from './checker.ts';
import { settleAfterSeconds } from './sending-channels.ts';
import type { Portion, Reminder } from './sending-seeds.ts';
import { until, when } from './waiting.ts';

/** What a test did, and what is compared with what came of it. */
export interface Deeds {
  portions: Portion[];
  withdrawn: Array<{ reminder: Reminder; at: number }>;
}

interface Source {
  database: Database;
  fake: { journal(): Promise<Entry[]> };
}

/** Reads ledger and journal and compares them. Nothing may be under way. */
export async function examine(
  { database, fake }: Source,
  { portions, withdrawn }: Deeds,
  requestsBefore = 0,
): Promise<{ found: Findings; evidence: Evidence }> {
  const [rows, sends, closed, requests] = await Promise.all([
    readRows(database),
    readSends(database),
    readClosed(database),
    fake.journal(),
  ]);
  const evidence: Evidence = {
    expected: portions.flatMap(({ reminders }) => reminders.map(({ messageId }) => messageId)),
    rows,
    sends,
    requests: requests.slice(requestsBefore),
    withdrawn: withdrawn.map(({ reminder, at }) => ({ messageId: reminder.messageId, at })),
    suppressed: portions.flatMap(({ suppressed }) => suppressed),
    closed,
    textHours: messaging.defaults.quietHours.sms,
    at: Date.now(),
  };
  return { found: findings(evidence), evidence };
}

function readRows(database: Database): Promise<LedgerRow[]> {
  return queryRows(
    database,
    `select m.id, m.owner, m.channel, m.classification->>'audience' as audience, m.state, m.reason, m.pair_ids as "pairIds",
       coalesce(p.zone, m.zone) as zone, (extract(epoch from m.look_at) * 1000)::float8 as "lookAt", m.send_id as "sendId"
     from messages m join people p on p.id = m.person_id order by m.id`,
  );
}

function readSends(database: Database): Promise<LedgerSend[]> {
  return queryRows(
    database,
    `select id, channel, provider, address, message_ids as "messageIds", state, provider_status as status,
       (extract(epoch from claimed_at) * 1000)::float8 as "claimedAt"
     from sends order by claimed_at, id`,
  );
}

async function readClosed(database: Database): Promise<string[]> {
  const sql = 'select provider from channels where parked_at is not null';
  return (await queryRows<{ provider: string }>(database, sql)).map(({ provider }) => provider);
}

interface Open {
  due: number;
  open: number;
}

/** Rows that can go within a minute, and sends that are claimed or unknown. */
async function readOpen(database: Database): Promise<Open> {
  const [row] = await queryRows<Open>(
    database,
    `select (select count(*)::int from messages where state = 'waiting' and coalesce(look_at, now()) <= now() + interval '1 minute'
         or state = 'waiting' and attempts > 0) as due,
       (select count(*)::int from sends where state in ('claimed', 'unknown')) as open`,
  );
  return row as Open;
}

/**
 * Waits until nothing is due and no send is open; answers how many milliseconds that took. Times that are longer than
 * a test are cut short: what the provider could not tell is asked again, and what did not go out is tried again, as soon as
 * the settle time has passed.
 */
export async function atRest(database: Database, within: number): Promise<number> {
  const from = performance.now();
  await until(
    'nothing is due and no send is open',
    within,
    async () => {
      await passTime(database);
      return when(await isAtRest(database));
    },
    250,
  );
  return performance.now() - from;
}

/** Whether nothing is due and no send is open. */
export async function isAtRest(database: Database): Promise<boolean> {
  const { due, open } = await readOpen(database);
  return due + open === 0;
}

/** Cuts those times short that have begun. Nobody is woken by it. */
export async function passTime(database: Database): Promise<void> {
  await execute(
    database,
    `update sends set lease_until = now() where state = 'unknown' and lease_until > now() + interval '2 seconds'
       and claimed_at < now() - make_interval(secs => $1)`,
    settleAfterSeconds + 2,
  );
  await execute(
    database,
    `update messages set look_at = null where state = 'waiting' and attempts > 0 and look_at > now() + interval '2 seconds'`,
  );
}
