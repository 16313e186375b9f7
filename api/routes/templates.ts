import { z } from 'zod';
import type { Finding, Renderer } from '../../activities/render.ts';
import type { DefaultTexts } from '../../activities/rendering/texts.ts';
import type { Database } from '../../prisma/database.ts';
import type { ProgramVersionRecord } from '../../prisma/store/programs.ts';
import { putTemplate, readTemplate, type TemplateName } from '../../prisma/store/templates.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isTemplateKey, type TemplateKey, templateOf } from '../../templates/table.ts';
import type { RequestKey } from '../authentication.ts';
import { type Fault, invalid, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { previewAnswer, previewInput, templateAnswer, templateInput, templateQuery } from '../schemas/template.ts';
import { requireStoredProgram } from './programs.ts';

export interface TemplateRouteDeps {
  database: Database;
  clock: Clock;
  renderer: Pick<Renderer, 'checkTemplate' | 'preview'>;
  /** The texts that ship with Tandem. */
  defaultTexts: DefaultTexts;
}

const params = z.strictObject({ id, key: z.string().max(64) });
const tag = 'templates';
type Query = z.output<typeof templateQuery>;

type Words = z.output<typeof previewInput>;
type Draft = Parameters<Renderer['preview']>[0];

/** A template of a program: which, and whose. */
interface Place {
  program: ProgramVersionRecord;
  key: TemplateKey;
  channel: Query['channel'];
  locale: string;
  variant: string;
}

/** The words of a program's messages (W5). */
export function templateRoutes(deps: TemplateRouteDeps): Route[] {
  return [getRoute(deps), putRoute(deps), previewRoute(deps)];
}

function getRoute({ database, defaultTexts }: TemplateRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/programs/{id}/templates/{key}',
    operationId: 'getTemplate',
    summary: 'Read the words that stand for a template',
    tag,
    scope: 'read',
    params,
    query: templateQuery,
    responses: { 200: templateAnswer },
    async handler({ params, query, key }) {
      const place = await placeOf(database, key, params, query);
      return { status: 200, body: await standingWords(database, defaultTexts, place) };
    },
  });
}

function putRoute({ database, clock, renderer }: TemplateRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/programs/{id}/templates/{key}',
    operationId: 'putTemplate',
    summary: "Put a program's own words in place of those that stand",
    description: 'They are tried on sample data first; changing the words never changes when a message goes.',
    tag,
    scope: 'admin',
    params,
    query: templateQuery,
    body: templateInput,
    responses: { 200: templateAnswer },
    async handler({ params, query, body, key }) {
      const place = await placeOf(database, key, params, query);
      refuseFindings(renderer.checkTemplate(draftOf(place, body)));
      const now = await clock.now();
      const words = { subject: body.subject ?? null, body: body.body };
      await putTemplate(database, nameOf(place), { ...words, now });
      const updatedAt = new Date(now).toISOString();
      return { status: 200, body: { ...placeView(place), ...words, origin: 'own' as const, updatedAt } };
    },
  });
}

function previewRoute({ database, renderer }: TemplateRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/programs/{id}/templates/{key}:preview',
    operationId: 'previewTemplate',
    summary: 'Read a template with sample data, as its recipient would',
    description: 'With words those, without the ones that stand. A text says how many segments it takes.',
    tag,
    scope: 'read',
    params,
    query: templateQuery,
    body: previewInput,
    responses: { 200: previewAnswer },
    async handler({ params, query, body, key }) {
      const place = await placeOf(database, key, params, query);
      if (body.subject !== undefined && body.body === undefined) {
        throw invalid([{ pointer: '/body', detail: 'A subject alone cannot be previewed' }]);
      }
      const draft = await previewDraft(database, place, body);
      if (draft.body !== undefined) refuseFindings(renderer.checkTemplate({ ...draft, body: draft.body }));
      return { status: 200, body: { ...placeView(place), ...renderer.preview(draft) } };
    },
  });
}

/** The words that were sent, else the program's own; without any the shipped ones are meant. */
async function previewDraft(database: Database, place: Place, sent: Words): Promise<Draft> {
  if (sent.body !== undefined) return draftOf(place, sent);
  const own = await readTemplate(database, nameOf(place));
  return own ? draftOf(place, { subject: own.subject ?? undefined, body: own.body }) : draftOf(place, {});
}

/**
 * @throws {Problem} 404 for a program or template that is not there, 422 for a channel or variant it has not
 */
async function placeOf(
  database: Database,
  key: RequestKey,
  params: { id: string; key: string },
  { channel, locale, variant }: Query,
): Promise<Place> {
  const program = await requireStoredProgram(database, key, params.id);
  if (!isTemplateKey(params.key)) throw notFound('There is no template with this key');
  const { channels, variants } = templateOf(params.key);
  const faults: Fault[] = [];
  if (!channels.includes(channel)) faults.push({ pointer: '/query/channel', detail: `One of ${channels.join(', ')}` });
  if (!variants.includes(variant)) faults.push({ pointer: '/query/variant', detail: `One of ${variants.join(', ')}` });
  if (faults.length > 0) throw invalid(faults);
  return { program, key: params.key, channel, locale: locale ?? program.document.locale, variant };
}

function nameOf({ program, key, channel, locale, variant }: Place): TemplateName {
  return { programId: program.id, key, channel, locale, variant };
}

function placeView({ key, channel, locale, variant }: Place) {
  return { key, channel, locale, variant };
}

function draftOf<W extends Words>(place: Place, words: W) {
  return { ...placeView(place), ...words, allowedLinks: Object.values(place.program.document.links) };
}

/** @throws {Problem} 422 with a pointer to each finding */
function refuseFindings(findings: Finding[]): void {
  if (findings.length > 0) throw invalid(findings);
}

async function standingWords(
  database: Database,
  defaultTexts: DefaultTexts,
  place: Place,
): Promise<z.input<typeof templateAnswer>> {
  const own = await readTemplate(database, nameOf(place));
  if (own) {
    const { subject, body, updatedAt } = own;
    return { ...placeView(place), subject, body, origin: 'own', updatedAt: updatedAt.toISOString() };
  }
  const shipped = defaultTexts.find(place.key, place.channel, place.variant, place.locale);
  if (!shipped) throw notFound('There is no text for this template');
  const { subject, body, locale } = shipped;
  return { ...placeView(place), locale, subject, body, origin: 'shipped', updatedAt: null };
}
