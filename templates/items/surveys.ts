import type { Named } from '../context.ts';

/** A question how the match goes (S2). */
export interface SurveyItem {
  counterpart: Named;
  /** The two have just met. */
  afterMeeting: boolean;
  /** Where it is answered; null where there is no form for it. */
  link: string | null;
}

/** A rating low enough to reach out to both (S3). */
export interface LowRatingItem {
  pairId: string;
  mentor: Named;
  mentee: Named;
  ratedBy: Named;
  score: number;
  scale: number;
  /** Ids of the tasks to reach out to each. */
  mentorTask: string;
  menteeTask: string;
}

export type SurveysItems = SurveyItem | LowRatingItem;
