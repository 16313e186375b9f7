import { type ComposeContext, compose } from '../activities/dispatch/compose.ts';
import { type Renderer, UnfilledTemplateError } from '../activities/render.ts';
import { sampleRecipient } from '../activities/rendering/samples.ts';
import { type Broadcast, rowFor } from '../policy/broadcast/broadcast.ts';
import type { Channel } from '../policy/step.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import type { BroadcastWords } from '../prisma/store/broadcast-words.ts';
import type { ProgramVersionRecord } from '../prisma/store/programs.ts';
import { readWording, type Wording } from '../prisma/store/wording.ts';
import { classify } from '../templates/table.ts';
import type { Fault } from './problem.ts';

/** Reading a broadcast before it is sent, in the very words and frame that its recipients will get. */

export interface PreviewDeps {
  database: Database;
  renderer: Renderer;
  publicUrl: string;
}

export interface PreviewedWords {
  subject: string | null;
  body: string;
  /** Of a text, at its longest; null of a mail. */
  segments: number | null;
}

/** The most segments that one text may take, as for every other template. */
const segmentsAtMost = 4;

/** Nobody has this id: ids of people never begin with a colon. */
const nobody = ':nobody';

/** The words as an invented recipient would read them, or why they may not leave (M11). */
export async function previewWords(
  deps: PreviewDeps,
  program: ProgramVersionRecord,
  { words, channel, now }: { words: BroadcastWords; channel: Channel; now: Instant },
): Promise<{ words: PreviewedWords } | { faults: Fault[] }> {
  const rendered = await rendering(deps, program, words, now);
  // A text that cannot go to somebody goes as a mail with the same words (M5).
  const mail = rendered('email', false);
  if (mail instanceof UnfilledTemplateError) return { faults: [faultOf(mail)] };
  if (channel === 'email') return { words: { subject: mail.subject, body: mail.body, segments: null } };
  const [text, longest] = [rendered('sms', false), rendered('sms', true)];
  if (text instanceof UnfilledTemplateError) return { faults: [faultOf(text)] };
  if (longest instanceof UnfilledTemplateError) return { faults: [faultOf(longest)] };
  const segments = longest.segments ?? 0;
  if (segments > segmentsAtMost) {
    const detail = `Takes ${segments} text segments, more than ${segmentsAtMost}`;
    return { faults: [{ pointer: '/text', detail }] };
  }
  return { words: { subject: null, body: text.body, segments } };
}

async function rendering(
  { database, renderer, publicUrl }: PreviewDeps,
  { id: programId, version: policyVersion, document }: ProgramVersionRecord,
  words: BroadcastWords,
  now: Instant,
) {
  const id = 'preview';
  const classification = classify('custom');
  const about = { id, programId, policyVersion, classification, whilePaired: false, gatherMinutes: 0 };
  const candidate = { personId: nobody, role: 'mentor', pairIds: [], zone: document.zone } as const;
  const rowBy = (channel: Channel) =>
    rowFor({ ...candidate, pairIds: [] }, { ...about, channel } satisfies Broadcast, now);
  const read = await readWording(database, [rowBy('email')]);
  const wording: Wording = {
    ...read,
    people: new Map([[nobody, { ...sampleRecipient, locale: document.locale, email: null, phone: null }]]),
    broadcasts: new Map([[id, words]]),
  };
  const links = linksOf(publicUrl);
  return (channel: Channel, isFirst: boolean) => {
    const texted = new Set(isFirst ? [] : [`${nobody}|${programId}`]);
    return compose([rowBy(channel)], { ...wording, texted }, renderer, links);
  };
}

/** Signed links are their recipients' alone. */
function linksOf(publicUrl: string): ComposeContext {
  return {
    inboundDomain: null,
    preferencesPage: () => `${publicUrl}/preferences`,
    responsePage: () => `${publicUrl}/responses`,
  };
}

function faultOf({ part, message }: UnfilledTemplateError): Fault {
  return { pointer: part === 'subject' ? '/subject' : '/text', detail: message };
}
