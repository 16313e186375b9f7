import { type ItemOf, named } from '../item.ts';

/** What the templates about surveys say of one row. */

const survey: ItemOf = (row, context) => ({
  counterpart: named(context, row.role === 'mentor' ? row.fields.menteeId : row.fields.mentorId),
  afterMeeting: row.fields.instrument === 'post_meeting',
  link: context.answerLink(row),
});

const lowRating: ItemOf = ({ pairIds, fields }, context) => ({
  pairId: pairIds[0] ?? '',
  mentor: named(context, fields.mentorId),
  mentee: named(context, fields.menteeId),
  ratedBy: named(context, fields.personId),
  score: Number(fields.score),
  scale: Number(fields.scale),
  mentorTask: String(fields.mentorTask),
  menteeTask: String(fields.menteeTask),
});

export const surveysItems = { survey, 'low-rating': lowRating } satisfies Record<string, ItemOf>;
