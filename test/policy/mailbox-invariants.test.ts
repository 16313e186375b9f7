import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountedSend, MailboxContext } from '../../policy/mailbox/context.ts';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import { isExempt, type MessageRow } from '../../policy/mailbox/row.ts';
import { DAY, dateOf, HOUR, type Instant, MINUTE, minuteOfDay } from '../../policy/time.ts';
import { at, lesser, reminder, row, safety, staffMail, transactional } from './rows.ts';
import { openMailbox } from './support.ts';

/** The "never" lines of the mailbox, over whatever may lie in it across a clock change. */

const start = at('00:00', '2026-10-31');
const end = start + 6 * DAY;
const runs = { numRuns: 120 };
/** A broken variant has to be noticed, not to be explained: nothing is shrunk. */
const noticed = { ...runs, endOnFailure: true };
const zones = ['America/New_York', 'Asia/Tokyo', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Los_Angeles'];

const rowsOf: fc.Arbitrary<MessageRow[]> = fc
  .array(
    fc.record({
      slot: fc.integer({ min: 0, max: 3 * 96 }),
      life: fc.integer({ min: 1, max: 3 * 96 }),
      channel: fc.constantFrom('sms' as const, 'email' as const),
      classification: fc.constantFrom(reminder, reminder, lesser, lesser, transactional, staffMail, safety),
      template: fc.constantFrom('one', 'two'),
      planned: fc.boolean(),
      pair: fc.constantFrom('pair_1', 'pair_2'),
      onlyIfSent: fc.constantFrom(...Array(9).fill(null), 'row_0', 'missing') as fc.Arbitrary<string | null>,
    }),
    { maxLength: 8 },
  )
  .map((items) =>
    items.map(({ slot, life, channel, classification, template, planned, pair, onlyIfSent }, index) => {
      const notBefore = start + slot * 15 * MINUTE;
      const expiresAt = notBefore + life * 15 * MINUTE;
      const owner = `pair:program_1:${pair}`;
      return row(`row_${index}`, {
        notBefore,
        expiresAt,
        channel,
        classification,
        template,
        planned,
        pairIds: [pair],
        owner,
        onlyIfSent,
      });
    }),
  );

const contexts: fc.Arbitrary<MailboxContext> = fc
  .record({
    zone: fc.constantFrom(null, ...zones),
    dailyCap: fc.constantFrom(1, 1, 2, null),
    textConsent: fc.constantFrom(true, true, true, false),
    hasEmail: fc.constantFrom(true, true, true, false),
    heldPairs: fc.constantFrom<string[]>([], [], [], ['pair_2']),
    unsettledOwners: fc.constantFrom<string[]>([], [], [], ['pair:program_1:pair_1']),
    resumeAt: fc.constantFrom<MailboxContext['resumeAt']>(
      {},
      {},
      { sms: start + 30 * HOUR },
      { email: end + 400 * DAY },
    ),
  })
  .map((given) => openMailbox(given));

interface Handed {
  at: Instant;
  rows: MessageRow[];
}

type Decider = typeof decideMailbox;

/** A person's mailbox, asked whenever a verdict says so; what was handed over, and how each row ended. */
function lived(
  rows: MessageRow[],
  ctx: MailboxContext,
  decider: Decider = decideMailbox,
): { handed: Handed[]; waiting: MessageRow[] } {
  const handed: Handed[] = [];
  const sends: CountedSend[] = [];
  const states: Record<string, string> = Object.fromEntries(rows.map((item) => [item.key, 'waiting']));
  let waiting = rows;
  for (let now = start, looks = 0; waiting.length > 0 && now < end; looks++) {
    if (looks > 20_000) throw new Error('the mailbox is asked again and again and gets nowhere');
    const verdicts = decider(waiting, { ...ctx, sends: [...sends], statesByKey: { ...states } }, now);
    expectOneVerdictEach(waiting, verdicts);
    let next = end;
    let again = false;
    for (const verdict of verdicts) {
      if (verdict.act === 'wait') {
        if (!(verdict.until > now)) throw new Error(`a wait that is over: ${verdict.row.key} ${verdict.gate}`);
        next = Math.min(next, verdict.until);
      } else if (verdict.act === 'fall-back') {
        waiting = waiting.map((item) => (item === verdict.row ? { ...item, channel: verdict.to } : item));
        again = true;
      } else {
        const gone = verdict.act === 'send' ? verdict.rows : [verdict.row];
        for (const item of gone) states[item.key] = verdict.act === 'send' ? 'sent' : 'skipped';
        waiting = waiting.filter((item) => !gone.includes(item));
        if (verdict.act === 'send') {
          const { priority } = verdict.rows[0]!.classification;
          handed.push({ at: now, rows: verdict.rows });
          sends.push({
            at: now,
            channel: verdict.rows[0]!.channel,
            priority,
            exempt: isExempt(verdict.rows[0]!.classification),
          });
        }
      }
    }
    now = again ? now : next;
  }
  return { handed, waiting };
}

function expectOneVerdictEach(rows: MessageRow[], verdicts: Verdict[]): void {
  const keys = verdicts
    .flatMap((verdict) => (verdict.act === 'send' ? verdict.rows : [verdict.row]))
    .map((item) => item.key);
  expect(keys.sort()).toEqual(rows.map((item) => item.key).sort());
}

function zoneFor(item: MessageRow, ctx: MailboxContext): string {
  return ctx.zone ?? item.zone;
}

function textOutsideHours(handed: Handed[], ctx: MailboxContext): boolean {
  return handed.some(({ at: when, rows }) =>
    rows.some((item) => {
      if (item.channel !== 'sms' || item.classification.audience !== 'participant') return false;
      const minute = minuteOfDay(when, zoneFor(item, ctx));
      return minute < 9 * 60 || minute >= 20 * 60;
    }),
  );
}

/** The cap is broken where a message is sent although as many as it allows, and no less important, went that day. */
function overTheCap(handed: Handed[], ctx: MailboxContext): boolean {
  if (ctx.dailyCap === null) return false;
  const counted = handed.filter(({ rows }) => !isExempt(rows[0]!.classification));
  return counted.some((message, index) => {
    const item = message.rows[0]!;
    const zone = zoneFor(item, ctx);
    const { priority } = item.classification;
    const before = counted
      .slice(0, index)
      .filter((other) => dateOf(other.at, zone) === dateOf(message.at, zone))
      .filter((other) => priority > 2 || other.rows[0]!.classification.priority <= priority);
    return before.length >= (ctx.dailyCap as number);
  });
}

function tooManyTexts(handed: Handed[]): boolean {
  const texts = handed.filter(
    ({ rows }) => rows[0]!.channel === 'sms' && rows[0]!.classification.audience === 'participant',
  );
  return texts.some(({ at: when }) => texts.filter((other) => other.at > when - DAY && other.at <= when).length > 3);
}

function outOfTime(handed: Handed[]): boolean {
  return handed.some(({ at: when, rows }) =>
    rows.some((item) => when >= item.expiresAt || (!item.planned && when < item.notBefore)),
  );
}

function holds(
  check: (handed: Handed[], ctx: MailboxContext) => boolean,
  decider: Decider = decideMailbox,
): fc.IProperty<unknown> {
  return fc.property(rowsOf, contexts, (rows, ctx) => {
    if (check(lived(rows, ctx, decider).handed, ctx)) throw new Error('broken');
  }) as fc.IProperty<unknown>;
}

describe('the mailbox never', () => {
  it('M2 sends a participant a text outside the hours', () => fc.assert(holds(textOutsideHours), runs));
  it('M3 sends more than the cap on one local day', () => fc.assert(holds(overTheCap), runs));
  it('M2 sends more than three texts in any 24 hours', () => fc.assert(holds(tooManyTexts), runs));
  it('W19 sends before a time that was not planned, or after an expiry', () => fc.assert(holds(outOfTime), runs));

  it('stands still: every wait lies ahead, leads on, and every row ends unless a hold keeps it', () => {
    fc.assert(
      fc.property(rowsOf, contexts, (rows, ctx) => {
        const { waiting } = lived(rows, ctx);
        const held = waiting.filter((item) => item.pairIds.some((pair) => ctx.heldPairs.includes(pair)));
        expect(waiting).toEqual(held);
      }),
      runs,
    );
  });
});

describe('the check of the mailbox notices', () => {
  const broken = (change: (ctx: MailboxContext) => MailboxContext): Decider => {
    return (rows, ctx, now) => decideMailbox(rows, change(ctx), now);
  };

  it('broken quiet hours', () => {
    const always = { sms: { from: 0, until: 1440 }, email: { from: 0, until: 1440 } };
    const check = fc.check(
      holds(
        textOutsideHours,
        broken((ctx) => ({ ...ctx, hours: always })),
      ),
      noticed,
    );
    expect(check.failed).toBe(true);
  });

  it('quiet hours of the wrong zone', () => {
    const check = fc.check(
      holds(
        textOutsideHours,
        broken((ctx) => ({ ...ctx, zone: 'UTC' })),
      ),
      noticed,
    );
    expect(check.failed).toBe(true);
  });

  it('a broken cap', () => {
    expect(
      fc.check(
        holds(
          overTheCap,
          broken((ctx) => ({ ...ctx, dailyCap: 3 })),
        ),
        noticed,
      ).failed,
    ).toBe(true);
    expect(
      fc.check(
        holds(
          overTheCap,
          broken((ctx) => ({ ...ctx, sends: [] })),
        ),
        noticed,
      ).failed,
    ).toBe(true);
  });

  it('texts that are not counted', () => {
    const hourly = ['12:00', '13:00', '14:00', '15:00'].map((time, index) => {
      return row(`row_${index}`, { notBefore: at(time, '2026-11-02'), channel: 'sms', template: `text_${index}` });
    });
    const ctx = openMailbox({ dailyCap: null, textConsent: true });
    const uncounted = broken((counted) => ({ ...counted, sends: [] }));
    expect(tooManyTexts(lived(hourly, ctx).handed)).toBe(false);
    expect(tooManyTexts(lived(hourly, ctx, uncounted).handed)).toBe(true);
  });
});
