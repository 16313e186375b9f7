import { heartbeat } from '@temporalio/activity';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import type { Instant } from '../../policy/time.ts';
import { type Mailbox, peopleToLookAt, readMailboxes } from '../../prisma/store/mailbox.ts';
import { nextLookAt, writeVerdicts } from '../../prisma/store/sends.ts';
import { readWording } from '../../prisma/store/wording.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import { providersOf } from '../channels/channel.ts';
import type { DispatchDependencies } from './dependencies.ts';
import { noteSkipped } from './skipped.ts';
import { sendWave } from './wave.ts';

export type { DispatchDependencies } from './dependencies.ts';

export interface DispatchActivities {
  /** Drives the mailboxes of a shard once; answers when it has to be driven again, null when nothing waits. */
  dispatch(input: { shard: DispatchShard; notBefore: Instant }): Promise<{ nextAt: Instant | null }>;
}

/** People decided over in one go, and hand-overs under way at once. */
const peoplePerLook = 400;
const sendsPerWave = 32;
/** A wave waits for the database most of its time. */
const wavesAtOnce = 3;
/** A pass stops claiming after this long, so that nudges and shutdowns are never kept waiting. */
const claimForMillis = 2000;

/** Passes are over before; a slow one tells that it goes on. */
const heartbeatMillis = 3000;

export function createDispatchActivities(deps: DispatchDependencies): DispatchActivities {
  return {
    async dispatch(input) {
      const alive = setInterval(heartbeat, heartbeatMillis);
      try {
        return await drive(deps, input);
      } finally {
        clearInterval(alive);
      }
    },
  };
}

async function drive(
  deps: DispatchDependencies,
  { shard, notBefore }: { shard: DispatchShard; notBefore: Instant },
): Promise<{ nextAt: Instant | null }> {
  const stopAt = performance.now() + claimForMillis;
  for (;;) {
    const now = Math.max(notBefore, await deps.clock.now());
    const people = await peopleToLookAt(deps.database, shard, now, peoplePerLook);
    if (people.length === 0) break;
    const ready = await settleVerdicts(deps, shard, people, now);
    await sendAll(deps, shard, ready, notBefore, stopAt);
    if (performance.now() >= stopAt) break;
  }
  return { nextAt: await nextLookAt(deps.database, shard) };
}

/**
 * Writes every verdict but those to send, and answers the people who have something to send now. Rows stay locked from
 * their reading to their verdict: what a say, a resumed channel or a cleared case frees meanwhile is freed after it.
 */
async function settleVerdicts(
  deps: DispatchDependencies,
  shard: DispatchShard,
  people: string[],
  now: Instant,
): Promise<Mailbox[]> {
  const ready: Mailbox[] = [];
  const verdicts: Verdict[] = [];
  await deps.database.$transaction(async (tx) => {
    for (const mailbox of await readMailboxes(tx, shard, people, now, true, providersOf(deps.channels))) {
      const own = decideMailbox(mailbox.rows, mailbox.context, now);
      if (own.some((verdict) => verdict.act === 'send')) ready.push(mailbox);
      verdicts.push(...own.filter((verdict) => verdict.act !== 'send'));
    }
    await writeVerdicts(tx, verdicts, now);
  });
  await noteSkipped(deps, verdicts, now);
  return ready;
}

/** Waves of people, the most important first; while one is recorded the next is claimed. */
async function sendAll(
  deps: DispatchDependencies,
  shard: DispatchShard,
  ready: Mailbox[],
  notBefore: Instant,
  stopAt: number,
): Promise<void> {
  if (ready.length === 0) return;
  const wording = await readWording(
    deps.database,
    ready.flatMap((mailbox) => mailbox.rows),
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ready.length && performance.now() < stopAt) {
      const wave = ready.slice(next, next + sendsPerWave);
      next += sendsPerWave;
      await sendWave(deps, shard, wave, wording, notBefore);
    }
  };
  await Promise.all(Array.from({ length: wavesAtOnce }, lane));
}
