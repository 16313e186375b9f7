import { z } from 'zod';
import { type PairEventName, type PersonEventName, pairEventNames, personEventNames } from '../../policy/event.ts';
import { id, instant } from './common.ts';
import { eventForms } from './event-data.ts';

/** Events as a platform sends them: CloudEvents 1.0. */

export const structuredType = 'application/cloudevents+json';
export const batchType = 'application/cloudevents-batch+json';
/** How many events a batch holds at most. */
export const batchLimit = 100;

const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

const source = z
  .string()
  .max(200)
  .regex(URI_REFERENCE, 'A URI reference was expected')
  .refine((given) => !/^tandem(\/|$)/.test(given), 'The source "tandem" is Tandem\'s own')
  .meta({ format: 'uri-reference', examples: ['https://platform.example.org'] });

const contentType = z
  .string()
  .max(200)
  .regex(/^application\/([\w.-]+\+)?json\s*(;.*)?$/i, 'Data is JSON');

function eventOf<N extends PairEventName | PersonEventName>(name: N) {
  return z.looseObject({
    specversion: z.literal('1.0'),
    id,
    source,
    type: z.literal(`tandem.${name}`),
    subject: id,
    time: instant,
    datacontenttype: contentType.nullish(),
    dataschema: z.string().max(1_000).nullish(),
    data: eventForms[name].schema,
  });
}

const names = [...pairEventNames, ...personEventNames];

/** One event; extension attributes are allowed and not kept. */
export const cloudEvent = z
  .discriminatedUnion('type', names.map(eventOf) as unknown as [ReturnType<typeof eventOf<'lesson.completed'>>], {
    error: (issue) => (issue.code === 'invalid_union' ? 'There is no such event type' : undefined),
  })
  .meta({ id: 'CloudEvent', description: 'CloudEvents 1.0; `time` is when it occurred' });

/** An event that was checked, with `time` in epoch milliseconds. */
export interface CloudEvent {
  id: string;
  source: string;
  /** `tandem.` and the name. */
  type: string;
  subject: string;
  time: number;
  data?: Record<string, unknown> | null;
}

const reference = { $ref: '#/components/schemas/CloudEvent' };

/** A batch; each item is checked, and answered, by itself (E3). */
export const eventBatch = z
  .array(z.unknown())
  .max(batchLimit)
  .meta({ override: { type: 'array', maxItems: batchLimit, items: reference } });

/** A whole event, or with `ce-` headers (binary mode) its data alone. */
export const eventOrData = z.unknown().meta({ override: { anyOf: [reference, { type: 'object' }] } });

/** The attributes of an event in binary mode, and what the caller wants to wait for. */
export const eventHeaders = z.object({
  'ce-specversion': z.string().optional(),
  'ce-id': z.string().optional(),
  'ce-source': z.string().optional(),
  'ce-type': z.string().optional(),
  'ce-subject': z.string().optional(),
  'ce-time': z.string().optional(),
  prefer: z.string().optional().meta({
    description: '`wait=5` answers what the event changed, if it is applied within so many seconds (at most 10)',
  }),
});

export const eventAccepted = z
  .object({ id: z.string(), state: z.enum(['accepted', 'parked']) })
  .meta({ id: 'EventAccepted', description: 'It is stored; `parked` while its subject is not known' });

export const eventApplied = z
  .object({
    id: z.string(),
    state: z.literal('applied'),
    cancelled: z.array(z.string()),
    streak: z.int(),
    next: z.looseObject({ key: z.string(), at: z.string() }).nullable(),
  })
  .meta({
    id: 'EventApplied',
    description: 'What it changed: keys of withdrawn messages, missed weeks in a row, next step',
  });

export const batchAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string().nullable(),
      status: z.int(),
      state: z.enum(['accepted', 'parked']).optional(),
      code: z.string().optional(),
      detail: z.string().optional(),
      errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    }),
  ),
});
