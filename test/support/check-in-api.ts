import request from 'supertest';
import { checkInRoutes } from '../../api/routes/check-ins.ts';
import { contactRoutes } from '../../api/routes/contacts.ts';
import { eventRoutes } from '../../api/routes/events.ts';
import { queryRows } from '../../prisma/database.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { createTestApi, type TestApi } from './api.ts';
import { fakeGateway, seedProgram } from './mentoring.ts';
import { notedRelay } from './noted-relay.ts';

/** The API of check-ins and contacts, on a database of its own, with a clock that tests move. */

export const now = Date.UTC(2026, 10, 21, 14);

export interface CheckInApi extends TestApi {
  clock: { at: number };
  /** Each time the relay was told, and whether of something urgent. */
  woken: boolean[];
  auth: { Authorization: string };
  get(path: string, auth?: { Authorization: string }): request.Test;
  post(path: string, body: unknown, headers?: Record<string, string>): request.Test;
  /** Sends an event of the platform, and answers its id. */
  event(type: string, subject: string, data: object, change?: object): Promise<string>;
  /** What is on the journal of a pair, with its words, oldest first. */
  journal(pairId: string): Promise<JournalLine[]>;
}

export interface JournalLine {
  eventId: string;
  ref: string;
  type: string;
  at: Date;
  history: boolean;
  urgent: boolean;
  data: Record<string, unknown>;
  texts: Record<string, string>;
}

export async function createCheckInApi(): Promise<CheckInApi> {
  const clock = { at: now };
  const { woken, relay } = notedRelay();
  const api = await createTestApi({
    clock: { now: async () => clock.at },
    routes(database, given) {
      const deps = { database, clock: given, relay, metrics: createMetrics(), gateway: fakeGateway() };
      return [...checkInRoutes(deps), ...contactRoutes(deps), ...eventRoutes(deps)];
    },
  });
  for (const id of ['school', 'other']) await seedProgram(api.database, id, now, { policy: { checkIns: {} } });
  const auth = await api.bearer();
  const post = (path: string, body: unknown, headers = {}) =>
    request(api.app)
      .post(path)
      .set(auth)
      .set(headers)
      .send(body as object);
  let events = 0;
  const journalSql = `
    select j.event_id as "eventId", j.ref, j.type, j.occurred_at as at, j.history, j.urgent, j.data,
      coalesce((select jsonb_object_agg(field, text) from free_texts t where t.seq = j.seq), '{}') as texts
    from journal j where j.subject = $1 order by j.seq`;
  return {
    ...api,
    clock,
    woken,
    auth,
    get: (path, given = auth) => request(api.app).get(path).set(given),
    post,
    async event(type, subject, data, change = {}) {
      const id = `evt_${++events}`;
      const time = new Date(clock.at).toISOString();
      const event = { specversion: '1.0', id, source: 'https://platform.example.org', type: `tandem.${type}`, subject };
      await post('/v1/events', { ...event, time, data, ...change }).expect(202);
      return id;
    },
    journal: (pairId) => queryRows(api.database, journalSql, pairId),
  };
}
