import { z } from 'zod';
import { type Chosen, oneClick } from '../../policy/delivery/choices.ts';
import type { Database } from '../../prisma/database.ts';
import { choose, type Preferences, readPreferences } from '../../prisma/store/preferences.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type PreferenceSubject, readPreferenceToken } from '../../runtime/preference-token.ts';
import type { Signer } from '../../runtime/signing.ts';
import { type Route, route } from '../route.ts';
import { pageHeaders } from './page.ts';
import { createPageLimit } from './page-limit.ts';
import { chosenIn, multipart, requireOneClick, urlencoded } from './preference-form.ts';
import { preferencePage, savedPage, unknownLinkPage } from './preference-page.ts';

export interface PreferenceRouteDeps {
  database: Database;
  clock: Clock;
  signer: Signer;
}

const tag = 'pages';
const params = z.strictObject({ token: z.string() });
const pageAnswer = { 'text/html': z.string() };
const responses = { 200: pageAnswer, 404: pageAnswer };
const formBody = z.string().meta({ description: 'The form of the page, as a browser sends it' });
const oneClickBody = z.string().optional().meta({ description: '`List-Unsubscribe=One-Click` (RFC 8058)' });

/**
 * Where people choose what they get (M8). The token in the address is the authority: there is no cookie that another
 * site could ride on. Opening a page changes nothing, whoever or whatever opens it (M7).
 */
export function preferenceRoutes(deps: PreferenceRouteDeps): Route[] {
  const limit = createPageLimit();
  const pages: PreferencePages = { ...deps, limit };
  return [
    viewRoute(pages, '/preferences/{token}', 'preferencePage', here),
    saveRoute(pages),
    viewRoute(pages, '/preferences/{token}/unsubscribe', 'unsubscribePage', above),
    unsubscribeRoute(pages),
  ];
}

/** Address of the page from itself and from below it, whatever it is served under. */
const here = (token: string): string => token;
const above = (token: string): string => `../${token}`;

interface PreferencePages extends PreferenceRouteDeps {
  limit: (subject: string) => Promise<void>;
}

function viewRoute(pages: PreferencePages, path: string, operationId: string, address: typeof here): Route {
  return route({
    method: 'get',
    path,
    operationId,
    summary: 'The page on which a person chooses what they get; opening it changes nothing',
    tag,
    scope: null,
    params,
    responses,
    handler: ({ params }) => shown(pages, params.token, (of) => preferencePage(of, address(params.token))),
  });
}

function saveRoute(pages: PreferencePages): Route {
  return route({
    method: 'post',
    path: '/preferences/{token}',
    operationId: 'savePreferences',
    summary: 'What a person has chosen on the page',
    tag,
    scope: null,
    params,
    otherBodies: { [urlencoded]: formBody },
    responses,
    handler: async ({ params, body }) =>
      shown(
        pages,
        params.token,
        (of) => savedPage(of, here(params.token)),
        (subject) => save(pages, subject, chosenIn(body ?? ''), 'preferences'),
      ),
  });
}

function unsubscribeRoute(pages: PreferencePages): Route {
  return route({
    method: 'post',
    path: '/preferences/{token}/unsubscribe',
    operationId: 'unsubscribe',
    summary: 'Stop mail that is not needed, by one click in a mail program (RFC 8058)',
    tag,
    scope: null,
    params,
    otherBodies: { [urlencoded]: oneClickBody, [multipart]: oneClickBody },
    responses,
    async handler({ params, body, mediaType }) {
      const saved = (of: Preferences) => savedPage(of, above(params.token));
      return shown(pages, params.token, saved, (subject) => {
        requireOneClick(mediaType, body);
        return save(pages, subject, oneClick, 'unsubscribed');
      });
    },
  });
}

async function save(
  { database, clock }: PreferencePages,
  { personId }: PreferenceSubject,
  chosen: readonly Chosen[],
  reason: string,
): Promise<void> {
  await choose(database, personId, chosen, { reason, now: await clock.now() });
}

/** Does what was asked of the page behind a token, and shows how things then stand. */
async function shown(
  { database, signer, limit }: PreferencePages,
  token: string,
  show: (preferences: Preferences) => string,
  work: (subject: PreferenceSubject) => Promise<void> = async () => undefined,
) {
  const headers = pageHeaders;
  const unknown = { status: 404, headers, body: unknownLinkPage(), type: 'text/html' } as const;
  const subject = readPreferenceToken(signer, token);
  if (!subject) return unknown;
  await limit(`${subject.personId}/${subject.programId}`);
  if (!(await readPreferences(database, subject))) return unknown;
  await work(subject);
  const preferences = await readPreferences(database, subject);
  if (!preferences) return unknown;
  return { status: 200, headers, body: show(preferences), type: 'text/html' } as const;
}
