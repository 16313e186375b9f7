import { DAY, type Instant, localMinute } from '../../../policy/time.ts';
import { type CaseItem, openedAt } from './case-item.ts';
import { zone } from './pairs.ts';
import type { CohortWeek } from './week.ts';

/** The coordinator's page of a week: what was new, what was done, what waits. */

const kinds: Record<string, string> = {
  'check-in-overdue': 'check-in overdue',
  escalation: 'missed weeks in a row',
  'first-meeting': 'have not met yet',
  flag: 'raised a flag',
  intervention: 'low rating',
  'promise-broken': 'fewer meetings than promised',
  safety: 'safety',
  trouble: 'asks for help',
  unreachable: 'no channel reaches them',
};
const reasons: Record<string, string> = {
  guardian_missing: 'no guardian to ask',
  live_contact_missing: 'nobody has spoken with them this quarter',
  reach_out_mentee: 'reach out to the mentee',
  reach_out_mentor: 'reach out to the mentor',
  sentiment_review: 'review what was answered',
  sentiment_slow: 'answers come in more slowly',
};
const changed: Record<string, string> = {
  'pair closed': 'match ended',
  'pair active': 'match is active',
  'pair paused': 'match paused',
  'person unavailable': 'not to be matched',
  'person removed': 'left the program',
  'person enrolment.optedOut': 'does not go on',
  'person enrolment.unconfirmed': 'has not said whether to go on',
};
/** More of one kind than this is a number instead of lines. */
const listedAtMost = 6;

/** Names of people and pairs by id. */
export type Names = (id: string) => string;

export function weekPage(
  week: CohortWeek,
  before: CohortWeek | null,
  number: number,
  names: Names,
  now: Instant,
): string {
  const { pairs, friday } = week;
  return [
    `Week ${number}, to Friday ${friday}`,
    `  ${pairs.active} pairs active, ${pairs.paused} paused, ${pairs.closed} ended; ${mood(week)}`,
    ...section('New', newLines(week, names)),
    ...section('Done', doneLines(week, before, names)),
    ...section('Waits', waitingLines(week, names, now)),
    '',
  ].join('\n');
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [`  ${title}: nothing`] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function mood({ sentiment }: CohortWeek): string {
  const { responses, mean, temperature, previous } = sentiment;
  if (mean === null) return 'nobody has been asked yet how it is';
  const then = previous?.mean == null ? '' : `, ${previous.mean.toFixed(2)} in the three weeks before`;
  return `sentiment ${temperature} (${mean.toFixed(2)} of 1 in ${responses} answers of three weeks${then})`;
}

function newLines({ opened, changes }: CohortWeek, names: Names): string[] {
  return [
    ...grouped(
      changes.filter(({ kind, change }) => changed[`${kind} ${change}`]),
      (change) => ({
        group: changed[`${change.kind} ${change.change}`] as string,
        line: `${day(Date.parse(change.at))}  ${names(change.id)}`,
      }),
    ),
    ...grouped(opened, (item) => ({ group: wordsOf(item), line: `${day(openedAt(item))}  ${about(item, names)}` })),
  ];
}

function doneLines(week: CohortWeek, before: CohortWeek | null, names: Names): string[] {
  const { contacts, sent } = week;
  const conversations = week.conversations - (before?.conversations ?? 0);
  const meetings = week.meetings - (before?.meetings ?? 0);
  const messages = Object.entries(sent).sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const total = messages.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${conversations} conversations and ${meetings} meetings came in`,
    `${contacts.made} of ${contacts.due} contacts due this week are made` +
      (contacts.excused > 0 ? `, ${contacts.excused} are excused` : ''),
    `${total} messages sent${total > 0 ? `: ${messages.map(([key, count]) => `${count} ${key}`).join(', ')}` : ''}`,
    ...grouped(week.ended, (item) => ({
      group: `${wordsOf(item)}: ${item.state === 'withdrawn' ? 'no longer so' : (item.outcome ?? item.state)}`,
      line: `${day(Date.parse(item.endedAt ?? ''))}  ${about(item, names)}`,
    })),
  ];
}

function waitingLines({ waiting, overdue, rematches }: CohortWeek, names: Names, now: Instant): string[] {
  const age = (item: CaseItem): string => {
    const days = Math.floor((now - openedAt(item)) / DAY);
    return `${days === 0 ? 'today' : days === 1 ? '1 day' : `${days} days`}${item.state === 'open' ? '' : ', seen'}`;
  };
  return [
    ...grouped(waiting, (item) => ({ group: wordsOf(item), line: `${about(item, names)} (${age(item)})` })),
    ...grouped(overdue, ({ pairId, respondent, dueOn }) => ({
      group: 'contacts still owed',
      line: `${respondent} of ${names(pairId)}, due ${dueOn}`,
    })),
    ...grouped(rematches, ({ id }) => ({ group: 'wait for a new match', line: names(id) })),
  ];
}

/** One line for each group, with its items below where they are few. */
function grouped<T>(items: T[], tell: (item: T) => { group: string; line: string }): string[] {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const { group, line } = tell(item);
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  return [...groups].flatMap(([group, lines]) => [
    `${String(lines.length).padStart(3)}  ${group}`,
    ...(lines.length > listedAtMost ? [] : lines.map((line) => `       ${line}`)),
  ]);
}

function wordsOf({ kind, reason }: CaseItem): string {
  return (kind === 'task' || kind === 'check-in-overdue' ? reasons[reason] : undefined) ?? kinds[kind] ?? reason;
}

function about({ pairId, personId }: CaseItem, names: Names): string {
  if (pairId === undefined) return personId === undefined ? 'the program' : names(personId);
  return personId === undefined ? names(pairId) : `${names(personId)} of ${names(pairId)}`;
}

function day(at: Instant): string {
  const weekday = new Date(at).toLocaleDateString('en-US', { timeZone: zone, weekday: 'short' });
  return `${weekday} ${localMinute(at, zone).slice(11)}`;
}
