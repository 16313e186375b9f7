import type { Channel, SkipReason } from '../step.ts';
import type { Instant } from '../time.ts';
import type { MailboxContext } from './context.ts';
import { passGates } from './gates.ts';
import { blockedUntil, effectiveAt, localDay, nextDayAt } from './hours.ts';
import { isExempt, type MessageRow } from './row.ts';

/** What the mailbox says of one row, or of several that travel as one. */
export type Verdict =
  | { act: 'send'; rows: MessageRow[] }
  | { act: 'wait'; row: MessageRow; until: Instant; reason: SkipReason | null; gate: string }
  | { act: 'skip'; row: MessageRow; reason: SkipReason; gate: string }
  | { act: 'fall-back'; row: MessageRow; to: Channel; gate: string };

/** Rows that travel as one message at one instant. */
interface Group {
  rows: MessageRow[];
  at: Instant;
  expiresAt: Instant;
}

/** Gates that a consent, a START or a new address can open until the row is due: they bind at its slot. */
const mayStillOpen = new Set(['suppressed', 'address', 'consent', 'guardian_consent']);

/** Up to this rank the cap never holds a message back because of something less important sent earlier (M3). */
const neverBehindLesser = 2;

/**
 * The whole decision over one person's waiting rows at `now`: which go, which wait until when, which are given up and
 * why. Pure; the dispatcher carries it out, the simulator believes it.
 */
export function decideMailbox(rows: MessageRow[], ctx: MailboxContext, now: Instant): Verdict[] {
  const verdicts: Verdict[] = [];
  const timed: Array<{ row: MessageRow; at: Instant }> = [];
  for (const row of [...rows].sort(byKey)) {
    const gate = passGates(row, ctx, now);
    if (!gate.pass) {
      if (gate.act !== 'wait' && now < row.notBefore && mayStillOpen.has(gate.gate)) {
        verdicts.push({ act: 'wait', row, until: row.notBefore, reason: null, gate: gate.gate });
        continue;
      }
      if (gate.act === 'skip') verdicts.push({ act: 'skip', row, reason: gate.reason, gate: gate.gate });
      if (gate.act === 'wait')
        verdicts.push({ act: 'wait', row, until: gate.until, reason: gate.reason, gate: gate.gate });
      if (gate.act === 'fall-back') verdicts.push({ act: 'fall-back', row, to: 'email', gate: gate.gate });
      continue;
    }
    const at = effectiveAt(row, ctx, now, Math.max(now, blockedUntil(row, ctx)));
    if (at === null) verdicts.push(untimed(row, ctx, now));
    else timed.push({ row, at });
  }
  return [...verdicts, ...withinTextLimit(ranked(grouped(timed, ctx), ctx, now), ctx, now)];
}

/** A row that finds no time before it expires: quiet hours end it at once, what can still be lifted only its expiry. */
function untimed(row: MessageRow, ctx: MailboxContext, now: Instant): Verdict {
  if (effectiveAt(row, ctx, now, now) === null) return { act: 'skip', row, reason: 'expired', gate: 'quiet_hours' };
  const gate = (ctx.resumeAt[row.channel] ?? 0) > now ? 'channel_parked' : 'text_limit';
  return { act: 'wait', row, until: row.expiresAt, reason: null, gate };
}

/** Texts that go now count for each other as those of the last 24 hours do; what is one too many waits. */
function withinTextLimit(verdicts: Verdict[], ctx: MailboxContext, now: Instant): Verdict[] {
  const sends = [...ctx.sends];
  return verdicts.flatMap((verdict): Verdict[] => {
    const first = verdict.act === 'send' ? (verdict.rows[0] as MessageRow) : null;
    if (verdict.act !== 'send' || first?.channel !== 'sms' || first.classification.audience !== 'participant')
      return [verdict];
    const later = { ...ctx, sends };
    if (blockedUntil(first, later) > now) {
      return verdict.rows.map((row): Verdict => {
        const at = effectiveAt(row, ctx, now, blockedUntil(row, later));
        return at === null || at <= now
          ? untimed(row, later, now)
          : { act: 'wait', row, until: at, reason: null, gate: 'text_limit' };
      });
    }
    const { priority } = first.classification;
    sends.push({ at: now, channel: 'sms', priority, exempt: isExempt(first.classification) });
    return [verdict];
  });
}

function byKey(a: MessageRow, b: MessageRow): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * Messages of one program, template, channel and day become one, at the latest of their times before one expires (M4). What
 * is urgent joins no others, which could keep it waiting, and safety never does.
 */
function grouped(timed: Array<{ row: MessageRow; at: Instant }>, ctx: MailboxContext): Group[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const { row, at } of [...timed].sort((a, b) => a.at - b.at || byKey(a.row, b.row))) {
    const single = { rows: [row], at, expiresAt: row.expiresAt };
    if (row.classification.safety || row.classification.urgent) {
      groups.push(single);
      continue;
    }
    const name = [row.programId, row.template, row.channel, localDay(row, at, ctx)].join('|');
    const group = open.get(name);
    if (group && at < group.expiresAt && at < row.expiresAt) {
      group.rows.push(row);
      group.at = at;
      group.expiresAt = Math.min(group.expiresAt, row.expiresAt);
    } else {
      groups.push(single);
      open.set(name, single);
    }
  }
  return groups;
}

function rank(a: Group, b: Group): number {
  const first = a.rows[0] as MessageRow;
  const second = b.rows[0] as MessageRow;
  const byPriority = first.classification.priority - second.classification.priority;
  return byPriority || a.expiresAt - b.expiresAt || a.at - b.at || byKey(first, second);
}

/** Gives each day's places to the highest priority that waits for that day; the others move on or are capped (M3). */
function ranked(groups: Group[], ctx: MailboxContext, now: Instant): Verdict[] {
  const verdicts: Verdict[] = [];
  let waiting: Group[] = [];
  for (const group of [...groups].sort(rank)) {
    if (ctx.dailyCap === null || isExempt((group.rows[0] as MessageRow).classification))
      verdicts.push(...timedVerdict(group, now));
    else waiting.push(group);
  }
  while (waiting.length > 0) {
    const earliest = waiting.reduce((a, b) => (b.at < a.at ? b : a));
    const day = localDay(earliest.rows[0] as MessageRow, earliest.at, ctx);
    const sameDay = waiting.filter((group) => localDay(group.rows[0] as MessageRow, group.at, ctx) === day).sort(rank);
    waiting = waiting.filter((group) => !sameDay.includes(group));
    let given = 0;
    for (const group of sameDay) {
      if (placesLeft(group, day, ctx) > given) {
        given++;
        verdicts.push(...timedVerdict(group, now));
      } else {
        for (const row of group.rows) {
          const next = nextDayAt(row, group.at, ctx);
          if (next !== null && next < row.expiresAt) waiting.push({ rows: [row], at: next, expiresAt: row.expiresAt });
          else if (group.at <= now) verdicts.push({ act: 'skip', row, reason: 'capped', gate: 'daily_cap' });
          else verdicts.push({ act: 'wait', row, until: group.at, reason: null, gate: 'daily_cap' });
        }
      }
    }
  }
  return verdicts;
}

function placesLeft(group: Group, day: number, ctx: MailboxContext): number {
  const row = group.rows[0] as MessageRow;
  const { priority } = row.classification;
  const counted = ctx.sends.filter((send) => {
    if (send.exempt || localDay(row, send.at, ctx) !== day) return false;
    return priority > neverBehindLesser || send.priority <= priority;
  });
  return (ctx.dailyCap as number) - counted.length;
}

function timedVerdict(group: Group, now: Instant): Verdict[] {
  if (group.at <= now) return [{ act: 'send', rows: group.rows }];
  return group.rows.map((row) => ({ act: 'wait', row, until: group.at, reason: null, gate: 'time' }));
}
