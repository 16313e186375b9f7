import { z } from 'zod';

export const providers = ['sendgrid', 'twilio'] as const;
export type Provider = (typeof providers)[number];

const milliseconds = z.int().min(0).max(3_600_000);
const status = z.int().min(200).max(599);

/** Whom and when a rule concerns. All that is given must hold. */
const match = {
  provider: z.enum(providers).optional(),
  /** An address or number; `*` stands for any characters, `?` for one; case does not matter. */
  to: z.string().min(1).max(320).optional(),
  /** Of the requests that provider and recipient let through, the first and last that the rule concerns, from 1. */
  requests: z.strictObject({ first: z.int().min(1).default(1), last: z.int().min(1).optional() }).optional(),
  /** The share of these requests, drawn by the plan's seed, recipient and count. */
  share: z.number().min(0).max(1).optional(),
};

/** Waits so long before answering; a request counts as accepted before the wait. */
const delayMs = milliseconds.optional();
const accepted = z.boolean().optional();
/** The request counts as accepted only so long after it arrived, although nobody waits for it any more. */
const acceptedAfterMs = milliseconds.optional();

/**
 * What a fault does to the answer. `accepted` says whether the message goes out; left out, it does where only the answer
 * suffers (`hang`, `reset`, `drip`), and does not where the provider says that it failed.
 */
export const faultSchema = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('normal'), delayMs: milliseconds }),
  z.strictObject({ answer: z.literal('hang'), accepted, acceptedAfterMs }),
  z.strictObject({ answer: z.literal('reset'), delayMs, accepted, acceptedAfterMs }),
  z.strictObject({ answer: z.literal('drip'), overMs: milliseconds }),
  z.strictObject({
    answer: z.literal('status'),
    status,
    delayMs,
    accepted,
    retryAfterSeconds: z.int().min(0).optional(),
    /** Seconds from now; SendGrid gives the instant itself, in epoch seconds. */
    rateLimitResetSeconds: z.int().min(0).optional(),
  }),
  z.strictObject({
    answer: z.literal('twilioError'),
    code: z.int().min(10_000).max(99_999),
    status: status.optional(),
    delayMs,
    accepted,
  }),
  z.strictObject({ answer: z.literal('html'), status, delayMs, accepted }),
  z.strictObject({ answer: z.literal('redirect'), status: z.union([z.literal(302), z.literal(307)]).default(307) }),
  z.strictObject({ answer: z.literal('sandbox'), delayMs }),
]);
export type Fault = z.output<typeof faultSchema>;

export const twilioStatuses = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'] as const;
export const sendgridEvents = [
  'processed',
  'delivered',
  'deferred',
  'bounce',
  'dropped',
  'spamreport',
  'unsubscribe',
  'group_unsubscribe',
] as const;

const report = {
  /** After the request was accepted. */
  afterMs: milliseconds.default(0),
  /** How often it is told; SendGrid gives each telling an id of its own. */
  times: z.int().min(1).max(5).default(1),
  /** It happened, and nobody is told. */
  lost: z.boolean().default(false),
};

const delivery = {
  ...match,
  /** Tells what happened in the opposite order, at the same instants. */
  reversed: z.boolean().default(false),
  /** Tells all of it before the request is answered. */
  beforeAnswer: z.boolean().default(false),
};

const deliveryRule = z.discriminatedUnion('provider', [
  z.strictObject({
    ...delivery,
    provider: z.literal('twilio'),
    reports: z
      .array(z.strictObject({ ...report, status: z.enum(twilioStatuses), errorCode: z.int().min(10_000).optional() }))
      .max(20),
  }),
  z.strictObject({
    ...delivery,
    provider: z.literal('sendgrid'),
    reports: z
      .array(
        z.strictObject({ ...report, status: z.enum(sendgridEvents), reason: z.string().min(1).max(1000).optional() }),
      )
      .max(20),
  }),
]);
export type DeliveryRule = z.output<typeof deliveryRule>;

const faultRule = z
  .strictObject({ ...match, on: z.enum(['send', 'lookUp']).default('send'), fault: faultSchema })
  .refine(({ provider, fault }) => fault.answer !== 'twilioError' || provider === 'twilio', {
    path: ['provider'],
    error: 'Only twilio answers with such codes',
  })
  .refine(({ provider, fault }) => fault.answer !== 'sandbox' || provider === 'sendgrid', {
    path: ['provider'],
    error: 'Only sendgrid has a sandbox mode',
  });
export type FaultRule = z.output<typeof faultRule>;

/** What goes wrong. Of the rules that concern a request the first applies; where none does, all goes well. */
export const planSchema = z.strictObject({
  seed: z.int().default(1),
  faults: z.array(faultRule).max(1000).default([]),
  deliveries: z.array(deliveryRule).max(1000).default([]),
  /** A message shows in look-ups only so long after it was accepted. */
  lookUpLagMs: milliseconds.default(0),
});
export type Plan = z.output<typeof planSchema>;
/** A plan as it is written, with what has a default left out. */
export type PlanInput = z.input<typeof planSchema>;
