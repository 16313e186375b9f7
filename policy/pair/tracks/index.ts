import type { Track } from '../track.ts';
import { classWeek } from './class-week.ts';

/** The concerns of a pair. A new one is a file beside this one and a name in this list. */
export const tracks = { classWeek } as unknown as Record<TrackName, Track<unknown>>;

export const trackNames = ['classWeek'] as const;
export type TrackName = (typeof trackNames)[number];
