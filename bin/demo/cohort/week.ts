import type { CivilDate } from '../../../policy/program.ts';
import { addDays, dateOf, type Instant } from '../../../policy/time.ts';
import type { ApiClient } from '../../scenario/api-client.ts';
import { type CaseItem, everyItem, isOpen, openedAt } from './case-item.ts';
import { zone } from './pairs.ts';

/** What the API says of one week of a program. */

export interface Change {
  at: string;
  kind: string;
  id: string;
  change: string;
  personId?: string;
}

interface Sentiment {
  responses: number;
  mean: number | null;
  temperature: string | null;
}

export interface CohortWeek {
  /** From the Friday before, when the last page was made, to this one. */
  from: Instant;
  friday: CivilDate;
  pairs: Record<'active' | 'paused' | 'closed', number>;
  sentiment: Sentiment & { previous: Sentiment | null };
  /** Of the check-ins that fell due in the week. */
  contacts: Record<'due' | 'made' | 'late' | 'missed' | 'open' | 'excused', number>;
  /** In the whole run so far. */
  conversations: number;
  meetings: number;
  /** What was sent, by template. */
  sent: Record<string, number>;
  opened: CaseItem[];
  ended: CaseItem[];
  waiting: CaseItem[];
  changes: Change[];
  overdue: Array<{ pairId: string; respondent: string; dueOn: CivilDate }>;
  rematches: Array<{ id: string; rematchAfter: string }>;
}

/** Reads what happened since `from`; `changes` goes on from where the week before ended. */
export async function readWeek(api: ApiClient, from: Instant, now: Instant, feed: Feed): Promise<CohortWeek> {
  const friday = dateOf(now, zone);
  const monday = addDays(friday, -4);
  const inWeek = (at: Instant): boolean => at > from && at <= now;
  const lately = `from=${addDays(friday, -20)}&to=${friday}`;
  const [cases, pairs, messages, sentiment, standards, overdue, rematches, changes] = await Promise.all([
    everyItem<CaseItem>(api, '/v1/cases?programId=program'),
    everyItem<{ state: 'active'; conversations: number; meetings: number }>(api, '/v1/pairs?programId=program'),
    everyItem<Message>(api, '/v1/messages?programId=program&state=sent'),
    api.call<CohortWeek['sentiment']>('GET', `/v1/reports/sentiment?programId=program&${lately}`),
    api.call<{ totals: CohortWeek['contacts'] }>(
      'GET',
      `/v1/reports/standards?programId=program&from=${monday}&to=${addDays(monday, 6)}`,
    ),
    everyItem<CohortWeek['overdue'][number]>(api, `/v1/check-ins?programId=program&due=${addDays(friday, -1)}`),
    everyItem<CohortWeek['rematches'][number]>(api, '/v1/people?rematch=due&programId=program'),
    feed.next(),
  ]);
  const states = { active: 0, paused: 0, closed: 0 };
  for (const { state } of pairs) states[state]++;
  return {
    from,
    friday,
    pairs: states,
    sentiment,
    contacts: standards.totals,
    conversations: pairs.reduce((sum, pair) => sum + pair.conversations, 0),
    meetings: pairs.reduce((sum, pair) => sum + pair.meetings, 0),
    sent: countsOf(messages.filter(({ sentAt }) => inWeek(Date.parse(sentAt))).map(({ template }) => template)),
    opened: cases.filter((item) => inWeek(openedAt(item))),
    ended: cases.filter(({ endedAt }) => endedAt !== null && inWeek(Date.parse(endedAt))),
    waiting: cases.filter(isOpen).sort((a, b) => openedAt(a) - openedAt(b)),
    changes,
    overdue,
    rematches,
  };
}

interface Message {
  template: string;
  sentAt: string;
}

function countsOf(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The feed of changes, read on from week to week. */
export interface Feed {
  next(): Promise<Change[]>;
}

export function changesFeed(api: ApiClient): Feed {
  let cursor: string | null = null;
  return {
    async next() {
      const changes: Change[] = [];
      for (;;) {
        const after: string = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
        const page: { items: Change[]; next: string } = await api.call('GET', `/v1/changes?limit=200${after}`);
        cursor = page.next;
        changes.push(...page.items);
        if (page.items.length === 0) return changes;
      }
    },
  };
}
