import { z } from 'zod';
import type { Instant } from '../../policy/time.ts';
import { readResponseToken } from '../../runtime/response-token.ts';
import type { Signer } from '../../runtime/signing.ts';
import { type Route, route } from '../route.ts';
import type { OpenForm, ResponseDeps } from './forms/form.ts';
import { responseForms } from './forms/index.ts';
import { pageHeaders } from './page.ts';
import { createPageLimit } from './page-limit.ts';
import { urlencoded } from './preference-form.ts';
import { unknownLinkPage } from './preference-page.ts';
import { enteredIn } from './response-form.ts';
import { alreadyPage, expiredPage, formPage, thanksPage } from './response-page.ts';

export interface ResponseRouteDeps extends ResponseDeps {
  signer: Signer;
}

const tag = 'pages';
const params = z.strictObject({ token: z.string() });
const pageAnswer = { 'text/html': z.string() };
const opened = { 200: pageAnswer, 404: pageAnswer, 410: pageAnswer };
const answered = { ...opened, 409: pageAnswer, 422: pageAnswer };
const formBody = z.string().optional().meta({ description: 'The form of the page, as a browser sends it' });

/**
 * Where people answer check-ins and surveys (K3, K5, S2). The signed token in the address is the authority, for one
 * respondent and occasion. Opening a page changes nothing, whoever or whatever opens it (M7).
 */
export function responseRoutes(deps: ResponseRouteDeps): Route[] {
  const pages: ResponsePages = { ...deps, limit: createPageLimit() };
  return [viewRoute(pages), sendRoute(pages)];
}

interface ResponsePages extends ResponseRouteDeps {
  limit: (subject: string) => Promise<void>;
}

function viewRoute(pages: ResponsePages): Route {
  return route({
    method: 'get',
    path: '/responses/{token}',
    operationId: 'responsePage',
    summary: 'The form on which a person answers; opening it changes nothing',
    tag,
    scope: null,
    params,
    responses: opened,
    async handler({ params: { token } }) {
      const found = await openForm(pages, token);
      if (!found) return shown(404, unknownLinkPage());
      const { view, answered } = found.form;
      if (found.expired) return shown(410, expiredPage(view));
      return shown(200, formPage(view, token, { entered: {}, faults: [], answered }));
    },
  });
}

function sendRoute(pages: ResponsePages): Route {
  return route({
    method: 'post',
    path: '/responses/{token}',
    operationId: 'sendResponse',
    summary: 'What a person has answered on the form; the same once more is one answer, another one is 409',
    tag,
    scope: null,
    params,
    otherBodies: { [urlencoded]: formBody },
    responses: answered,
    async handler({ params: { token }, body }) {
      const found = await openForm(pages, token);
      return found ? taken(found, token, body ?? '') : shown(404, unknownLinkPage());
    },
  });
}

interface Opened {
  form: OpenForm;
  now: Instant;
  /** Its time is over. */
  expired: boolean;
}

/**
 * Checks what was sent, and records it. What was entered is shown again where something is wrong with it, unless it may tell
 * of danger: then it is heard, whatever else is wrong (K6).
 */
async function taken({ form, now, expired }: Opened, token: string, body: string) {
  const { entered, faults } = enteredIn(form.view.fields, body);
  if (expired || faults.length > 0) {
    if (await form.hear(entered, now)) return shown(200, thanksPage(form.view, true));
    if (expired) return shown(410, expiredPage(form.view));
    return shown(422, formPage(form.view, token, { entered, faults, answered: form.answered }));
  }
  const { outcome, urgent } = await form.take(entered, now);
  if (outcome === 'gone') return shown(404, unknownLinkPage());
  if (outcome === 'differs') return shown(409, alreadyPage(form.view));
  return shown(200, thanksPage(form.view, urgent));
}

/** The form behind a token; null where there is none. */
async function openForm(pages: ResponsePages, token: string): Promise<Opened | null> {
  const subject = readResponseToken(pages.signer, token);
  if (!subject) return null;
  await pages.limit(`${subject.kind}/${subject.of}/${subject.personId}`);
  const form = await responseForms[subject.kind](pages, subject);
  if (!form) return null;
  const now = await pages.clock.now();
  return { form, now, expired: now >= subject.expires };
}

interface Page<S extends number> {
  status: S;
  headers: Record<string, string>;
  body: string;
  type: string;
}

function shown<S extends number>(status: S, body: string): Page<S> {
  return { status, headers: pageHeaders, body, type: 'text/html' };
}
