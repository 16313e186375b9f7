import type { PlanInput } from '../../../runtime/local/provider-fake/plan.ts';
import { channelOf, hasSaidStop, isAsleep, type Mentor } from './sending-seeds.ts';

/** What becomes of messages after providers accepted them, how that is told, and what the ledger has to make of it. */

type Rule = NonNullable<PlanInput['deliveries']>[number];
type Reported = { status: string; errorCode?: number };

/** What a reminder ends as, by state, reason and channel, and how often providers accepted it. */
export interface End {
  ends: string;
  accepted: number;
}

export interface Fate extends End {
  what: string;
  channel: 'email' | 'sms';
  /** In the order in which it happens. */
  reports: Reported[];
  /** It happens to every text to the number, not to the first alone. */
  always?: boolean;
  /** What happens to the mail that takes the text's place. */
  mail?: Reported[];
}

const text = (errorCode: number): Pick<Fate, 'channel' | 'reports'> => ({
  channel: 'sms',
  reports: [{ status: 'queued' }, { status: 'sent' }, { status: 'undelivered', errorCode }],
});

const mail = (...statuses: string[]): Pick<Fate, 'channel' | 'reports'> => ({
  channel: 'email',
  reports: ['processed', ...statuses].map((status) => ({ status })),
});

/** Failures after acceptance (`sending.md`). */
export const fates: Fate[] = [
  { what: 'passes', ...text(30003), ends: 'sent sms', accepted: 2 },
  { what: 'does not pass', ...text(30003), always: true, ends: 'failed provider_refused sms', accepted: 2 },
  { what: 'no such number', ...text(30005), ends: 'sent email', accepted: 2 },
  {
    what: 'a landline, and no mailbox',
    ...text(30006),
    mail: mail('bounce').reports,
    ends: 'skipped suppressed email',
    accepted: 2,
  },
  { what: 'filtered', ...text(30007), ends: 'failed provider_refused sms', accepted: 1 },
  { what: 'bounced', ...mail('bounce'), ends: 'skipped suppressed email', accepted: 1 },
  { what: 'returned', ...mail('delivered', 'bounce'), ends: 'skipped suppressed email', accepted: 1 },
  { what: 'dropped', ...mail('dropped'), ends: 'skipped suppressed email', accepted: 1 },
];

/** It arrived after a failure that passed, of which is told last. */
export const arrivedAfterAll: Fate = {
  what: 'arrived after all',
  channel: 'sms',
  reports: [{ status: 'queued' }, { status: 'undelivered', errorCode: 30003 }, { status: 'delivered' }],
  ends: 'sent sms',
  accepted: 1,
};

export const manners = ['once', 'again', 'backward', 'before our answer', 'never'] as const;
/** How a failure is told. */
export type Manner = (typeof manners)[number];

/** One mentor, and what becomes of the reminder. */
export interface Fated extends End {
  mentor: Mentor;
  fate: Fate;
  manner: Manner;
}

/** Each fate in each manner, in turn, for the mentors who get a reminder now in the channel that is theirs. */
export function fatesOf(mentors: Mentor[], from: Fate[] = fates, how: readonly Manner[] = manners): Fated[] {
  return (['email', 'sms'] as const).flatMap((channel) => {
    const cases = from
      .filter((fate) => fate.channel === channel)
      .flatMap((fate) => how.map((manner) => ({ fate, manner })));
    return mentors
      .filter(({ n }) => cases.length > 0 && channelOf(n) === channel && !isAsleep(n) && !hasSaidStop(n))
      .map((mentor, index): Fated => {
        const { fate, manner } = cases[index % cases.length] as (typeof cases)[number];
        // Of what nobody is told the ledger says what it knows.
        const end = manner === 'never' ? { ends: `sent ${channel}`, accepted: 1 } : fate;
        return { mentor, fate, manner, ends: end.ends, accepted: end.accepted };
      });
  });
}

/**
 * The providers' part of it.
 * @param everyMs between one report and the next
 */
export function planOf(fated: Fated[], everyMs: number): PlanInput {
  return {
    deliveries: fated.flatMap(({ mentor, fate, manner }): Rule[] => {
      const to = fate.channel === 'email' ? mentor.email : mentor.phone;
      const requests = fate.always ? {} : { requests: { last: 1 } };
      const rule = { to, ...requests, ...told(fate, manner, everyMs) } as Rule;
      const mail = { to: mentor.email, provider: 'sendgrid', reports: spread(fate.mail ?? [], everyMs) } as Rule;
      return fate.mail ? [rule, mail] : [rule];
    }),
  };
}

function told({ channel, reports }: Fate, manner: Manner, everyMs: number): object {
  const last = reports.length - 1;
  return {
    provider: channel === 'email' ? 'sendgrid' : 'twilio',
    reversed: manner === 'backward',
    beforeAnswer: manner === 'before our answer',
    reports: spread(reports, everyMs).map((report, index) => ({
      ...report,
      times: manner === 'again' ? 3 : 1,
      lost: manner === 'never' && index === last,
    })),
  };
}

function spread(reports: Reported[], everyMs: number): Array<Reported & { afterMs: number }> {
  return reports.map((report, index) => ({ ...report, afterMs: index * everyMs }));
}
