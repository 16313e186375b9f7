import { checkIns } from './check-ins.ts';
import { classWeek } from './class-week.ts';
import { contact } from './contact.ts';
import { firstMeeting } from './first-meeting.ts';
import { lifecycle } from './lifecycle.ts';
import { meetings } from './meetings.ts';
import { messaging } from './messaging.ts';
import { requests } from './requests.ts';
import { safety } from './safety.ts';
import type { Section } from './section.ts';
import { sentiment } from './sentiment.ts';
import { surveys } from './surveys.ts';

/** The sections of a policy document, each one file, in the order in which their findings are reported. */
export const sections = {
  messaging,
  classWeek,
  requests,
  contact,
  checkIns,
  meetings,
  safety,
  firstMeeting,
  surveys,
  sentiment,
  lifecycle,
} satisfies Record<string, Section<object>>;
