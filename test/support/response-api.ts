import request from 'supertest';
import { responseRoutes } from '../../api/pages/responses.ts';
import type { ResponseKind, ResponseSubject } from '../../policy/delivery/answer-link.ts';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { responseToken } from '../../runtime/response-token.ts';
import { createSigner } from '../../runtime/signing.ts';
import { createTestApi, type TestApi } from './api.ts';
import { insertPair } from './facts.ts';
import { seedPerson, seedProgram } from './mentoring.ts';
import { notedRelay } from './noted-relay.ts';

/** The forms on which the people of some pairs answer, for tests. */

export const now = Date.UTC(2026, 10, 21, 14);
export const signer = createSigner('a key of this test');
export const form = 'application/x-www-form-urlencoded';

export interface Answered {
  seq: bigint;
  eventId: string;
  ref: string;
  type: string;
  subject: string;
  state: string;
  urgent: boolean;
  data: Record<string, unknown>;
  texts: Record<string, string>;
}

export interface ResponseApi extends TestApi {
  clock: { at: number };
  /** Each time the relay was told, and whether of something urgent. */
  woken: boolean[];
  get(path: string): request.Test;
  post(path: string, fields: Record<string, string> | string): request.Test;
  /** What is on the journal of a pair, with its words, oldest first. */
  journal(pairId: string): Promise<Answered[]>;
  /** A pair of its own: `{id}_mentor`, `{id}_mentee` with the guardian `{id}_guardian`. */
  pair(id: string, programId?: string): Promise<string>;
}

export async function createResponseApi(): Promise<ResponseApi> {
  const clock = { at: now };
  const { woken, relay } = notedRelay();
  const api = await createTestApi({
    clock: { now: async () => clock.at },
    routes: (database, given) => responseRoutes({ database, clock: given, relay, signer }),
  });
  const { database } = api;
  await seedProgram(database, 'school', now, { name: 'Elm <Street>', policy: { checkIns: {}, surveys: {} } });
  const journalSql = `
    select j.seq, j.event_id as "eventId", j.ref, j.type, j.subject, j.state, j.urgent, j.data,
      coalesce((select jsonb_object_agg(field, text) from free_texts t where t.seq = j.seq), '{}') as texts
    from journal j where j.subject = $1 order by j.seq`;
  return {
    ...api,
    clock,
    woken,
    get: (path) => request(api.app).get(path),
    post: (path, fields) =>
      request(api.app)
        .post(path)
        .type(form)
        .send(typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()),
    journal: (pairId) => queryRows(database, journalSql, pairId),
    async pair(id, programId = 'school') {
      const [mentorId, menteeId, guardianId] = [`${id}_mentor`, `${id}_mentee`, `${id}_guardian`];
      await seedPerson(database, guardianId);
      await seedPerson(database, mentorId, { programs: [programId] });
      await seedPerson(database, menteeId, { programs: [programId], role: 'mentee', minor: true, guardianId });
      await insertPair(database, { id, programId, mentorId, menteeId });
      await execute(database, `update people set name = 'Maya "M" <b>Mentor</b>' where id = $1`, mentorId);
      await execute(database, `update people set name = 'Kit' where id = $1`, menteeId);
      return id;
    },
  };
}

/** Where the mentor of a pair answers the check-in due tomorrow, unless told otherwise. */
export function pathOf(pairId: string, given: Partial<ResponseSubject> & { part?: string } = {}): string {
  const { part = 'mentor', ...subject } = given;
  const kind: ResponseKind = subject.kind ?? 'check-in';
  const occasion = kind === 'check-in' ? `2026-11-22/${part}` : `2026-11-20/survey-${part}`;
  const whole = { kind, of: pairId, personId: `${pairId}_${part}`, occasion, expires: now + 6 * DAY, ...subject };
  return `/responses/${responseToken(signer, whole)}`;
}

/** The fields of a page by name, each with what it is filled with or which option is chosen; null where nothing is. */
export function fieldsOf(text: string): Record<string, string | null> {
  const fields: Record<string, string | null> = {};
  for (const [, name, value, checked] of text.matchAll(
    /<input type="radio"[^>]* name="([^"]+)" value="([^"]+)"( checked)?/g,
  ))
    fields[name as string] = checked ? (value as string) : (fields[name as string] ?? null);
  for (const [, name, value] of text.matchAll(/<input type="text"[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g))
    fields[name as string] = value || null;
  for (const [, name, value] of text.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</g))
    fields[name as string] = value || null;
  return fields;
}
