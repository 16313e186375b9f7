import type { ClassWeekState } from '../../policy/pair/class-week/facts.ts';
import { type JudgedWindow, judge } from '../../policy/pair/class-week/outcomes.ts';
import { type ClassWindow, windowsOf } from '../../policy/pair/class-week/windows.ts';
import { type Instant, localMinute, MINUTE } from '../../policy/time.ts';
import type { StoryMessage, StoryPair } from '../../prisma/store/story.ts';

/** One line of the Focus List as it stood at the end of a week. */
export interface FocusLine {
  pairId: string;
  streak: number;
  since: string;
}

export interface DemoWeek {
  window: ClassWindow;
  focus: FocusLine[];
}

const why: Record<string, string> = {
  W2: 'no lesson or message 3 days after class',
  W3: 'still nothing on the day before the next class',
  W6: 'the week before was missed; one message names it and this week',
  W7: 'two missed weeks in a row',
  W11: 'nobody has recorded outreach since the flag',
  W13: 'what the flag rested on was no longer true',
  W17: 'no next class is known',
  W20: 'Monday digest of the Focus List',
  M5: 'no channel may carry a message to this person',
};

const notSent: Record<string, string> = {
  withdrawn: 'done before it was due',
  merged: 'merged into the mail or text above',
  window_too_short: 'the week is too short for it',
  expired: 'its time had passed',
  capped: 'something more important that day',
  unreachable: 'no channel may reach this person',
};

function momentOf(message: StoryMessage): Instant {
  return message.sentAt ?? message.plannedFor;
}

function sentLine(message: StoryMessage): string {
  const when = localMinute(momentOf(message), message.zone).replace('T', ' ');
  const variant = message.variant ? ` (${message.variant})` : '';
  const about = message.pairIds.length > 0 ? ` about ${message.pairIds.join(', ')}` : '';
  const channel = message.channel === 'sms' ? 'text' : 'mail';
  const rule = `${message.because.rule}: ${why[message.because.rule] ?? 'see the behaviours'}`;
  return `    ${when}  ${channel}  ${message.name.padEnd(16)} ${message.template}${variant}${about}\n        because ${rule}`;
}

/** Why a mentor heard nothing in a week. */
function quietReason(judged: JudgedWindow, message: StoryMessage | undefined): string {
  if (judged.outcome === 'completed') return `in touch in time (${judged.facts.join(', ')})`;
  const neutral: Record<string, string> = {
    excused: 'the week was excused',
    paused: 'the pair was paused',
    leave: 'the mentor was on leave',
    matched_inside: 'matched within the week',
    term_ended: 'the term ended',
  };
  if (judged.reason) return neutral[judged.reason] ?? judged.reason;
  if (message?.reason) return notSent[message.reason] ?? message.reason;
  return 'the regular reminders were paused while staff reach out';
}

function leftAlone(pairs: StoryPair[], messages: StoryMessage[], window: ClassWindow, now: Instant): string[] {
  const lines: string[] = [];
  for (const { id, mentorName, menteeName, state, ctx } of pairs) {
    const own = messages.filter((message) => message.key.startsWith(`${id}/${window.session}/class-`));
    const told = own.some((message) => message.state === 'sent' || message.reason === 'merged');
    const closed = ctx.closed !== null && ctx.closed.at < (window.closesAt ?? now);
    const index = ctx.calendar ? windowsOf(ctx.calendar).findIndex((item) => item.session === window.session) : -1;
    if (told || index < 0) continue;
    const judged = judge(state.tracks.classWeek as ClassWeekState, index, now, ctx);
    const reason = closed && judged.outcome !== 'completed' ? 'the pair was closed' : quietReason(judged, own[0]);
    lines.push(`    ${mentorName} with ${menteeName}: ${reason}`);
  }
  return lines;
}

/** The report of one class week: who was sent what and why, who was left alone and why, and the Focus List. */
export function weekReport(
  week: DemoWeek,
  messages: StoryMessage[],
  pairs: StoryPair[],
  zone: string,
  now: Instant,
): string {
  const { window, focus } = week;
  const end = Math.min(window.closesAt ?? now, now);
  const sent = messages
    .filter((message) => message.state === 'sent' && momentOf(message) >= window.opensAt && momentOf(message) < end)
    .sort((a, b) => momentOf(a) - momentOf(b) || (a.key < b.key ? -1 : 1));
  const heading = `Week of ${localMinute(window.opensAt, zone).slice(0, 10)} to ${localMinute(end - MINUTE, zone).slice(0, 10)}`;
  const alone = leftAlone(pairs, messages, window, now);
  return [
    heading,
    sent.length > 0 ? `  Sent (${sent.length})` : '  Sent: nothing',
    ...sent.map(sentLine),
    `  Left alone (${alone.length})`,
    ...alone,
    focus.length > 0 ? '  Focus List at the end of the week' : '  Focus List at the end of the week: empty',
    ...focus.map((line) => `    ${line.pairId}: ${line.streak} missed weeks, since ${line.since.slice(0, 10)}`),
    '',
  ].join('\n');
}

/** What the whole term came to. */
export function summary(messages: StoryMessage[], seconds: number, days: number): string {
  const count = (of: (message: StoryMessage) => boolean): number => messages.filter(of).length;
  const templates = [...new Set(messages.map((message) => message.template))].sort();
  const sent = count((message) => message.state === 'sent');
  return [
    'Summary',
    ...templates.map((template) => {
      const all = count((message) => message.template === template && message.state === 'sent');
      return `  ${String(all).padStart(4)}  ${template}`;
    }),
    `  ${sent} messages sent, ${count((message) => message.state === 'skipped')} decided and not sent because things changed`,
    `  ${Math.round(days)} days of real workflows in ${seconds.toFixed(1)} seconds; nothing left this machine`,
  ].join('\n');
}
