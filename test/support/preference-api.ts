import request from 'supertest';
import { preferenceRoutes } from '../../api/pages/preferences.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { preferenceToken } from '../../runtime/preference-token.ts';
import { createSigner } from '../../runtime/signing.ts';
import { createTestApi, type TestApi } from './api.ts';
import { seedPerson, seedProgram } from './mentoring.ts';

/** The preference pages of some people in one program, for tests. */

export const now = Date.UTC(2026, 10, 21, 14);
export const clock = { now: async () => now };
export const signer = createSigner('a key of this test');
export const form = 'application/x-www-form-urlencoded';

/** What the form sends when everything is to come. */
export const everything =
  'shown=email&get=email.reminder&get=email.survey&get=email.announcement&shown=sms&get=sms.all';

type Person = [id: string, name: string, email: string | null, phone: string | null, locale: string | null];

const people: Person[] = [
  ['maya', 'Maya "M" <b>Mentor</b>', 'maya@example.org', '+12125550123', null],
  ['sol', 'Sol', 'sol@example.org', null, 'es-MX'],
  ['ann', 'Ann', 'ann@example.org', null, 'tlh'],
  ['none', 'Nobody', null, null, null],
  ['twin', 'Twin', 'MAYA@example.org ', null, null],
  ['grown', 'Greta Guardian', 'greta@example.org', null, null],
  ['kid', 'Kit', 'kit@example.org', null, null],
];

export interface PreferenceApi extends TestApi {
  get(path: string): request.Test;
  post(path: string, body: string, type?: string): request.Test;
  /** What is suppressed, each as `channel:category:reason`. */
  suppressed(): Promise<string[]>;
}

export async function createPreferenceApi(): Promise<PreferenceApi> {
  const api = await createTestApi({ clock, routes: (database) => preferenceRoutes({ database, clock, signer }) });
  await seedProgram(api.database, 'school', now, { name: 'Elm Street <School>' });
  for (const [id, ...values] of people) {
    const minor = id === 'kid' ? { role: 'mentee', minor: true, guardianId: 'grown' } : {};
    await seedPerson(api.database, id, { programs: ['school'], ...minor });
    const known = 'update people set name = $2, email = $3, phone = $4, locale = $5 where id = $1';
    await execute(api.database, known, id, ...values);
  }
  const names = `select concat_ws(':', channel, category, reason) as name from suppressions order by 1`;
  return {
    ...api,
    get: (path) => request(api.app).get(path),
    post: (path, body, type = form) => request(api.app).post(path).type(type).send(body),
    suppressed: async () => (await queryRows<{ name: string }>(api.database, names)).map(({ name }) => name),
  };
}

export const pathOf = (personId: string, programId = 'school') =>
  `/preferences/${preferenceToken(signer, { personId, programId })}`;

/** The boxes of a page by name, each with whether it is ticked. */
export function boxesOf(text: string): Record<string, boolean> {
  const boxes = text.matchAll(/<input type="checkbox" name="\w+" value="([\w.]+)"( checked)?>/g);
  return Object.fromEntries([...boxes].map(([, name, ticked]) => [name, ticked !== undefined]));
}
