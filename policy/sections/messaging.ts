import { error, type LintRule, warning } from '../finding.ts';
import type { TimeOfDay } from '../program.ts';
import { minutesOf } from '../time.ts';
import type { Section } from './section.ts';

/** Section M of the behaviours: what one person hears in a day, and when. */
export interface MessagingPolicy {
  dailyCap: number | null;
  gatherMinutes: number;
  quietHours: { sms: [TimeOfDay, TimeOfDay]; email: [TimeOfDay, TimeOfDay] };
  copyOperations: boolean;
}

const MAX_GATHER_MINUTES = 60;
/** Before and after these hours of the recipient a text is a nuisance everywhere and unlawful in many places. */
const EARLIEST_TEXT = '08:00';
const LATEST_TEXT = '21:00';

const quietHoursHaveRoom: LintRule = ({ policy }) =>
  (['sms', 'email'] as const).flatMap((channel) => {
    const [from, to] = policy.messaging.quietHours[channel];
    if (minutesOf(from) < minutesOf(to)) return [];
    const detail = `nothing could ever be sent: the hours from ${from} to ${to} are empty or run backwards`;
    return [error('quiet_hours_empty', `/policy/messaging/quietHours/${channel}`, detail)];
  });

const textsAtDecentHours: LintRule = ({ policy }) => {
  const [from, to] = policy.messaging.quietHours.sms;
  if (minutesOf(from) >= minutesOf(EARLIEST_TEXT) && minutesOf(to) <= minutesOf(LATEST_TEXT)) return [];
  const detail = `texts before ${EARLIEST_TEXT} or after ${LATEST_TEXT} local time are unlawful in many places`;
  return [warning('quiet_hours_wide', '/policy/messaging/quietHours/sms', detail)];
};

const capLetsSomethingThrough: LintRule = ({ policy }) => {
  const { dailyCap } = policy.messaging;
  const pointer = '/policy/messaging/dailyCap';
  if (dailyCap === null) return [warning('no_daily_cap', pointer, 'one person may get any number of messages a day')];
  return dailyCap >= 1 ? [] : [error('daily_cap_too_small', pointer, 'at least 1, or null for no cap')];
};

const gatheringIsShort: LintRule = ({ policy }) => {
  const { gatherMinutes } = policy.messaging;
  if (gatherMinutes >= 0 && gatherMinutes <= MAX_GATHER_MINUTES) return [];
  return [error('gather_minutes', '/policy/messaging/gatherMinutes', `from 0 to ${MAX_GATHER_MINUTES}`)];
};

export const messaging: Section<MessagingPolicy> = {
  defaults: {
    dailyCap: 1,
    gatherMinutes: 2,
    quietHours: { sms: ['09:00', '20:00'], email: ['07:00', '21:00'] },
    copyOperations: true,
  },
  always: true,
  rules: [quietHoursHaveRoom, textsAtDecentHours, capLetsSomethingThrough, gatheringIsShort],
};
