import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../../policy/time.ts';
import { messageIdOf, type ProviderReport } from '../../prisma/store/provider-reports.ts';
import type { Route } from '../route.ts';
import { type ReportDeps, takeReports } from './report-taking.ts';
import { usualLimitBytes, type Verifier, webhook } from './webhook.ts';

const id = z.string().regex(/^[\w.-]{1,200}$/);

/** What is read of an event; the custom argument that names the send is at its top level. */
const eventSchema = z.object({
  event: z.string().regex(/^[a-z_]{1,40}$/),
  /** Epoch seconds. */
  timestamp: z.int().min(0).max(7_000_000_000),
  email: z.string().regex(/^[^\s\0\p{Cs}]{3,320}$/u),
  tandem_send: id.optional(),
  sg_message_id: id.optional(),
  /** Of a bounce: `blocked` where the mail was refused and the address is good. */
  type: z.unknown().optional(),
});
type Event = z.output<typeof eventSchema>;

/** SendGrid's event webhook: what became of mail, up to a thousand events a request (M8, M9, M10). */
export function sendGridEventsWebhook(deps: ReportDeps, verify: Verifier): Route {
  return webhook({
    path: '/webhooks/sendgrid/events',
    operationId: 'takeSendGridEvents',
    summary: "SendGrid's event webhook",
    mediaType: 'application/json',
    limitBytes: usualLimitBytes,
    verify,
    async take({ bytes }) {
      await takeReports(deps, 'sendgrid', readEvents(bytes, await deps.clock.now()));
    },
  });
}

/** The reports of a body; what cannot be read is a report of no known send, which is kept apart. */
export function readEvents(bytes: Buffer, now: Instant): ProviderReport[] {
  return itemsOf(bytes).map((item, index) => {
    const event = eventSchema.safeParse(item);
    return event.success ? reportOf(event.data) : unreadable(bytes, index, now);
  });
}

/** A body that is no list is one thing that cannot be read. */
function itemsOf(bytes: Buffer): unknown[] {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    return [undefined];
  }
}

/** `sg_event_id` is another at each telling; an event of one send, address and second is the same one. */
function reportOf({ event, timestamp, email, tandem_send, sg_message_id = '', type }: Event): ProviderReport {
  const status = event === 'bounce' && type === 'blocked' ? 'blocked' : event;
  const providerId = messageIdOf(sg_message_id);
  const about = tandem_send ?? providerId;
  return {
    key: [about, event, timestamp, digest(`${about} ${email.toLowerCase()}`)].join('/'),
    sendId: tandem_send ?? null,
    providerId,
    status,
    code: null,
    address: email,
    occurredAt: timestamp * 1000,
  };
}

function unreadable(bytes: Buffer, index: number, now: Instant): ProviderReport {
  const key = `unreadable/${digest(bytes)}/${index}`;
  return { key, sendId: null, providerId: '', status: 'unreadable', code: null, address: null, occurredAt: now };
}

function digest(of: string | Buffer): string {
  return createHash('sha256').update(of).digest('base64url').slice(0, 22);
}
