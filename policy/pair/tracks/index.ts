import type { Track } from '../track.ts';
import { checkIns } from './check-ins.ts';
import { classWeek } from './class-week.ts';
import { contact } from './contact.ts';
import { firstMeeting } from './first-meeting.ts';
import { lifecycle } from './lifecycle.ts';
import { meetings } from './meetings.ts';
import { safety } from './safety.ts';
import { surveys } from './surveys.ts';

/** The concerns of a pair. A new one is a file beside this one and a name in this list. */
export const tracks = {
  classWeek,
  checkIns,
  contact,
  firstMeeting,
  lifecycle,
  meetings,
  safety,
  surveys,
} as unknown as Record<TrackName, Track<unknown>>;

export const trackNames = [
  'classWeek',
  'checkIns',
  'contact',
  'firstMeeting',
  'lifecycle',
  'meetings',
  'safety',
  'surveys',
] as const;
export type TrackName = (typeof trackNames)[number];
