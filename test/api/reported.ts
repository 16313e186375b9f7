import request from 'supertest';
import { inboundMessageRoutes } from '../../api/routes/inbound-messages.ts';
import { webhookRoutes } from '../../api/webhooks/index.ts';
import type { SendOutcome } from '../../policy/delivery/consequences.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { recordOutcomes } from '../../prisma/store/send-outcomes.ts';
import { claimSends } from '../../prisma/store/sends.ts';
import { readSuppressions } from '../../prisma/store/suppressions.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { classify } from '../../templates/table.ts';
import { row } from '../policy/rows.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertMessage } from '../support/ledger.ts';
import { counted, seedPerson, seedProgram } from '../support/mentoring.ts';
import { providerSettings, publicUrl, sendGridHeaders, twilioHeaders } from '../support/signed.ts';

/** The webhooks on a database of its own, with sends that were claimed and await their reports. */

export const classified = { classify: () => classify('task') };

export interface Sent {
  id: string;
  message: string;
  channel: Channel;
  address: string;
  providerId: string;
}

export interface Reporting extends TestApi {
  clock: { at: Instant };
  nudged: string[];
  /** Statements that the webhooks gave to the database. */
  statements: { count(): number; reset(): void };
  /** A message that was handed over under a send of its own, whose answer has not come yet. */
  claim(channel: Channel, given?: { address?: string; retriedPassing?: boolean }): Promise<Sent>;
  /** Our own answer to the hand-over comes. */
  answer(sent: Sent, outcome?: SendOutcome): Promise<void>;
  /** Posts a body to SendGrid's webhook, signed, and answers the status. */
  events(body: unknown): Promise<number>;
  /** An event of SendGrid about a send. */
  event(sent: Sent, event: string, more?: object): object;
  /** Posts a status of Twilio about a text, signed, and answers the status. */
  status(sent: Sent, status: string, code?: number): Promise<number>;
  /** Posts a form to a path, signed as Twilio does. */
  twilio(path: string, form: Record<string, string>): Promise<number>;
  /** `state of the send, status / state of the message, reason` */
  stands(sent: Sent): Promise<string>;
  /** What an address gets no more, as `category reason`. */
  suppressed(sent: Pick<Sent, 'channel' | 'address'>): Promise<string[]>;
  count(name: string, labels: Record<string, string>): Promise<number>;
}

export async function startReporting(): Promise<Reporting> {
  const clock = { at: Date.UTC(2026, 10, 24, 15) };
  const metrics = createMetrics();
  const nudged: string[] = [];
  const statements = { count: () => 0, reset: (): void => undefined };
  const api = await createTestApi({
    clock: { now: async () => clock.at },
    routes(database, now) {
      const count = counted(database);
      Object.assign(statements, { count: count.statements, reset: count.reset });
      const nudge = async (shard: string) => void nudged.push(shard);
      const received = { relay: { wake: () => undefined }, inboundDomain: null, providerSettings, publicUrl };
      const deps = { database: count.database, clock: now, metrics, nudge, ...received };
      return [...webhookRoutes(deps), ...inboundMessageRoutes(deps)];
    },
  });
  const { database, app } = api;
  await seedProgram(database, 'school', clock.at);
  await seedPerson(database, 'mentor', { programs: ['school'] });
  let made = 0;
  const post = async (path: string, body: string, headers: Record<string, string>) => {
    const sending = request(app).post(path).set(headers);
    return (await sending.serialize((given) => given as unknown as string).send(body)).status;
  };
  const reporting: Reporting = {
    ...api,
    clock,
    nudged,
    statements,
    async claim(channel, { address, retriedPassing = false } = {}) {
      const number = ++made;
      const sent: Sent = {
        id: `snd_${number}`,
        message: `msg_${number}`,
        channel,
        address: address ?? (channel === 'email' ? `Mentor${number}@example.org` : `+1212555${1000 + number}`),
        providerId: channel === 'email' ? `X-message${number}` : `SM${String(number).padStart(32, '0')}`,
      };
      await insertMessage(database, { id: sent.message, programId: 'school', channel, at: clock.at });
      await execute(database, 'update messages set retried_passing = $2 where id = $1', sent.message, retriedPassing);
      const provider = channel === 'email' ? 'sendgrid' : 'twilio';
      const rows = [row(String(number), { id: sent.message, channel })];
      const words = { subject: 'S', body: 'B', bcc: [], deliverBy: clock.at };
      const planned = { ...words, id: sent.id, personId: 'mentor', channel, provider, leaseSeconds: 60, rows };
      await claimSends(database, [{ ...planned, address: sent.address }], clock.at);
      return sent;
    },
    async answer({ id, providerId }, outcome = { kind: 'accepted', providerId }) {
      await recordOutcomes(database, [{ id, outcome }], clock.at, classified);
    },
    events(body) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = { 'Content-Type': 'application/json', ...sendGridHeaders(text, clock.at) };
      return post('/webhooks/sendgrid/events', text, headers);
    },
    event: ({ id, address, providerId }, event, more = {}) => ({
      event,
      email: address,
      timestamp: Math.floor(clock.at / 1000),
      tandem_send: id,
      sg_event_id: `${Math.random()}`,
      sg_message_id: `${providerId}.recvd-5f54b6d9b4-4-0`,
      ...more,
    }),
    status({ id, providerId }, status, code) {
      const form = { MessageSid: providerId, MessageStatus: status, ...(code ? { ErrorCode: String(code) } : {}) };
      return reporting.twilio(`/webhooks/twilio/status?send=${id}`, form);
    },
    twilio: (path, form) => post(path, new URLSearchParams(form).toString(), twilioHeaders(path, form)),
    async stands({ id, message }) {
      const sql = `
        select concat_ws(' ', s.state, s.provider_status, '/', m.state, m.reason) as line
        from sends s, messages m where s.id = $1 and m.id = $2`;
      const [found] = await queryRows<{ line: string }>(database, sql, id, message);
      return found?.line ?? '';
    },
    async suppressed({ channel, address }) {
      const of = { email: channel === 'email' ? address : null, phone: channel === 'sms' ? address : null };
      return (await readSuppressions(database, of)).map(({ category, reason }) => `${category} ${reason}`);
    },
    async count(name, labels) {
      const metric = await metrics.registry.getSingleMetric(name)?.get();
      const found = metric?.values.find((value) =>
        Object.entries(labels).every(([label, wanted]) => value.labels[label] === wanted),
      );
      return found?.value ?? 0;
    },
  };
  return reporting;
}
