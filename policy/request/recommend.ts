import type { Say } from '../pair/say.ts';
import { DAY, type Instant } from '../time.ts';

/** Mentors whom staff recommend to one mentee, as they are mailed (R17). */
export interface Recommendation {
  programId: string;
  menteeId: string;
  mentorIds: string[];
  /** How often this mentee was mailed recommendations, this time included. */
  push: number;
  /** Of the program as it is now. */
  zone: string;
  policyVersion: number;
  gatherMinutes: number;
}

const standsFor = 7 * DAY;

/** What is said with one push: one mail, which takes the place of one before it that has not gone yet. */
export function sayOfRecommendation(recommendation: Recommendation, now: Instant): Say {
  const { programId, menteeId, mentorIds, push, zone, policyVersion, gatherMinutes } = recommendation;
  const owner = `recommendations:${programId}:${menteeId}`;
  const key = `${programId}/recommendations-${push}/${menteeId}`;
  return {
    owner,
    programId,
    pairId: null,
    facts: push,
    at: now,
    nextAt: null,
    messages: [
      {
        kind: 'message',
        key,
        stepKey: key,
        personId: menteeId,
        role: 'mentee',
        template: 'recommendations',
        variant: null,
        channel: 'email',
        planned: false,
        slot: now,
        expiresAt: now + standsFor,
        fields: { mentorIds },
        heldBy: [],
        because: { rule: 'R17', facts: [] },
      },
    ],
    cases: [],
    effects: [],
    records: [],
    fresh: [],
    marks: [],
    readMarks: [],
    zone,
    gatherMinutes,
    policyVersion,
    closed: false,
    projection: null,
    counts: null,
    retires: false,
  };
}
