import { z } from 'zod';
import { isBlank } from '../../activities/rendering/values.ts';
import { declineReasons, requestStatuses } from '../../policy/request/request.ts';
import { id, instantOut, listOf, listQuery } from './common.ts';
import { code } from './event-data.ts';
import { position } from './pair.ts';

/** Requests of mentees, offers of mentors, and lists for staff to assign from. */

/** A pair's id is made of it: `pair_` and the request's. */
const requestId = id.regex(/^.{1,59}$/, 'The id of a request has at most 59 characters');
/** Of what cannot be seen nothing is left. */
const words = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => (isBlank(text) ? '' : text.trim()))
    .meta({ override: { type: 'string', maxLength: max, description: 'Free text' } });
const by = id.meta({ description: 'Person id' });

const staff = z.strictObject({
  operations: id.optional(),
  coordinator: id.optional(),
  supervisor: id.optional(),
  contact: id.optional(),
  safety: z.array(id).max(20).optional(),
});
const pairTerms = { classId: id.nullish(), staff: staff.default({}) };

export const requestInput = z
  .strictObject({
    id: requestId,
    programId: id,
    menteeId: id,
    mentorId: id.optional(),
    mentorIds: z
      .array(id)
      .min(1)
      .max(50)
      .refine((given) => new Set(given).size === given.length, 'Nobody twice')
      .optional(),
    message: words(5_000).optional(),
  })
  .superRefine(({ mentorId, mentorIds, menteeId }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if ((mentorId === undefined) === (mentorIds === undefined)) refuse('mentorId', 'Either `mentorId` or `mentorIds`');
    if (mentorId === menteeId || mentorIds?.includes(menteeId)) refuse('menteeId', 'Nobody is their own mentor');
  })
  .meta({
    id: 'RequestInput',
    description: 'In staff-routed programs `mentorIds` holds the mentors in order of preference',
  });

export const offerInput = z
  .strictObject({ id: requestId, programId: id, mentorId: id, menteeId: id, message: words(5_000).optional() })
  .superRefine(({ mentorId, menteeId }, context) => {
    if (mentorId === menteeId)
      context.addIssue({ code: 'custom', path: ['menteeId'], message: 'Nobody is their own mentor' });
  })
  .meta({ id: 'OfferInput', description: 'A mentor offers, and the mentee answers as a mentor would' });

export const acceptInput = z.strictObject({ by, ...pairTerms });
export const declineInput = z
  .strictObject({ by, reason: z.enum(declineReasons), message: words(5_000).optional(), note: words(5_000).optional() })
  .meta({ description: '`message` goes to who asked, `note` stays with staff' });
export const withdrawInput = z.strictObject({ by });
export const remindInput = z.strictObject({ by });
export const closeRequestInput = z.strictObject({ by, message: words(5_000).optional() });
export const reopenInput = z.strictObject({ by });
export const assignInput = z
  .strictObject({ by, mentorId: id, override: z.boolean().optional(), reason: code.optional(), ...pairTerms })
  .superRefine(({ override = false, reason }, context) => {
    const message = 'An override, and nothing else, has a reason';
    if (override !== (reason !== undefined)) context.addIssue({ code: 'custom', path: ['reason'], message });
  })
  .meta({ description: 'A mentor outside the list only with `override` and a `reason`' });

const nextStep = z.looseObject({ key: z.string(), at: instantOut, template: z.string(), unless: z.string() });

const requestShape = {
  id: z.string(),
  programId: z.string(),
  kind: z.enum(['request', 'offer', 'list']),
  menteeId: z.string(),
  mentorId: z.string().nullable(),
  mentorIds: z.array(z.string()),
  message: z.string().nullable().optional(),
  status: z.enum(requestStatuses),
  createdAt: instantOut,
  openedAt: instantOut.meta({ description: 'When the present round began: reopening starts a fresh clock' }),
  closesAt: instantOut.nullable(),
  closedAt: instantOut.nullable(),
  pairId: z.string().nullable(),
  reason: z.string().nullable(),
  reply: z.string().nullable().optional(),
  staffNote: z.string().nullable().optional(),
  reopenableUntil: instantOut.nullable(),
  policyVersion: z.int(),
};

export const requestAnswer = z.looseObject(requestShape).meta({
  id: 'Request',
  description:
    'Free text is left out without the scope `sensitive`; where either side is a minor it is shown with addresses, numbers and links taken out',
});
export const requestLive = z
  .looseObject({ ...requestShape, next: z.array(nextStep) })
  .meta({ id: 'RequestLive', description: 'With each message that is still to come' });
export const requestReminded = z
  .looseObject({ ...requestShape, plannedFor: instantOut })
  .meta({ id: 'RequestReminded', description: 'With the time for which the reminder is planned' });

export const requestParams = z.strictObject({ id });
export const requestsQuery = listQuery(
  {
    programId: id.optional(),
    status: z.enum(requestStatuses).optional(),
    kind: z.enum(['request', 'offer', 'list']).optional(),
    menteeId: id.optional(),
    mentorId: id.optional(),
    personId: id.optional(),
  },
  position,
);
export const requestList = listOf(requestAnswer);
