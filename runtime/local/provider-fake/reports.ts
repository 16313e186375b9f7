import type { Report, Submission } from './journal.ts';
import type { Rules } from './rules.ts';

/** The part of a rule that says what happens, whichever the provider. */
interface Planned {
  reversed?: boolean;
  beforeAnswer?: boolean;
  reports: readonly {
    status: string;
    afterMs: number;
    times?: number;
    lost?: boolean;
    errorCode?: number;
    reason?: string;
  }[];
}

/** Where no rule says otherwise, a message is delivered at once. */
const usual: Record<Submission['provider'], Planned> = {
  twilio: {
    reports: [
      { status: 'queued', afterMs: 0 },
      { status: 'sent', afterMs: 50 },
      { status: 'delivered', afterMs: 100 },
    ],
  },
  sendgrid: {
    reports: [
      { status: 'processed', afterMs: 0 },
      { status: 'delivered', afterMs: 100 },
    ],
  },
};

/** What happens to an accepted message at each of its recipients, blind copies included, in the order in which it does. */
export function reportsOf(submission: Submission, rules: Rules, acceptedAt: number): Report[] {
  const recipients = [...submission.to, ...submission.cc, ...submission.bcc];
  return recipients.flatMap((recipient) => {
    const rule: Planned = rules.delivery(submission.provider, recipient) ?? usual[submission.provider];
    const happening = [...rule.reports].sort((a, b) => a.afterMs - b.afterMs);
    const told = happening.map(({ afterMs }) => afterMs);
    if (rule.reversed) told.reverse();
    return happening.map(({ status, errorCode, reason, afterMs, times = 1, lost = false }, index) => ({
      recipient,
      status,
      errorCode: errorCode ?? null,
      reason: reason ?? null,
      at: new Date(acceptedAt + afterMs).toISOString(),
      toldAt: new Date(acceptedAt + (told[index] ?? afterMs)).toISOString(),
      turn: rule.reversed ? happening.length - 1 - index : index,
      times,
      lost,
      beforeAnswer: rule.beforeAnswer ?? false,
    }));
  });
}

/** The latest report of a recipient by an instant (epoch milliseconds); undefined before the first. */
export function latestReport(reports: readonly Report[], recipient: string, now: number): Report | undefined {
  return reports.findLast((report) => report.recipient === recipient && Date.parse(report.at) <= now);
}
