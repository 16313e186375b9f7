import { error, type Finding, type LintRule, warning } from '../finding.ts';
import type { CivilDate } from '../program.ts';
import type { Section } from './section.ts';

/** Section S of the behaviours: how people and pairs come to an end (S8 to S11). */
export interface LifecyclePolicy {
  kind: 'cohort' | 'always_on';
  /** Last day of a cohort's run. */
  endsOn: CivilDate | null;
  optOutDaysBefore: number;
  optOutReminderDays: number;
  /** Nobody who was active within so many days gets a notice; null: nobody gets one. */
  inactiveDays: number | null;
  inactiveNoticeDays: number;
}

/** Shorter than this somebody on holiday is taken for one who has gone. */
const SHORT_SILENCE_DAYS = 30;

function ofKind(kind: LifecyclePolicy['kind'], judge: (section: LifecyclePolicy) => Finding[]): LintRule {
  return ({ policy: { lifecycle } }) => (lifecycle?.kind === kind ? judge(lifecycle) : []);
}

const runHasAnEnd = ofKind('cohort', ({ endsOn }) => {
  if (endsOn !== null) return [];
  const detail = 'the run has no end: nobody is asked whether to go on, and no pair ends by itself';
  return [warning('no_end', '/policy/lifecycle/endsOn', detail)];
});

const peopleAreAsked = ofKind('cohort', ({ optOutDaysBefore }) => {
  if (optOutDaysBefore >= 1) return [];
  const detail = 'nobody is asked whether to go on, and everybody stays enrolled';
  return [warning('nobody_asked', '/policy/lifecycle/optOutDaysBefore', detail)];
});

/** S9: the reminder comes after the offer and before the end. */
const remindsBeforeTheEnd = ofKind('cohort', ({ optOutDaysBefore, optOutReminderDays }) => {
  if (optOutDaysBefore < 1) return [];
  const pointer = '/policy/lifecycle/optOutReminderDays';
  if (optOutReminderDays < 1) return [error('reminds_at_once', pointer, 'at least 1: people need a day to answer')];
  if (optOutReminderDays < optOutDaysBefore) return [];
  const detail = `the run ends ${optOutDaysBefore} days after people are asked: nobody would be reminded`;
  return [error('reminds_after_end', pointer, detail)];
});

const silenceIsLong = ofKind('always_on', ({ inactiveDays }) => {
  if (inactiveDays === null || inactiveDays >= SHORT_SILENCE_DAYS) return [];
  const detail = `under ${SHORT_SILENCE_DAYS} days people who are away for a while are taken to have left`;
  return [warning('inactive_soon', '/policy/lifecycle/inactiveDays', detail)];
});

const noticeCanBeAnswered = ofKind('always_on', ({ inactiveDays, inactiveNoticeDays }) => {
  if (inactiveDays === null || inactiveNoticeDays >= 1) return [];
  const detail = 'at least 1: whoever gets the notice needs a day to answer it';
  return [error('marks_at_once', '/policy/lifecycle/inactiveNoticeDays', detail)];
});

export const lifecycle: Section<LifecyclePolicy> = {
  defaults: {
    kind: 'cohort',
    endsOn: null,
    optOutDaysBefore: 14,
    optOutReminderDays: 7,
    inactiveDays: 90,
    inactiveNoticeDays: 7,
  },
  rules: [runHasAnEnd, peopleAreAsked, remindsBeforeTheEnd, silenceIsLong, noticeCanBeAnswered],
};
