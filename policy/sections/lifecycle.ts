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

export const lifecycle: Section<LifecyclePolicy> = {
  defaults: {
    kind: 'cohort',
    endsOn: null,
    optOutDaysBefore: 14,
    optOutReminderDays: 7,
    inactiveDays: 90,
    inactiveNoticeDays: 7,
  },
  rules: [],
};
