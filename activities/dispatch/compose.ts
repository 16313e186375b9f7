import { type ResponseSubject, responseOf } from '../../policy/delivery/answer-link.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { ProgramDocument } from '../../policy/program.ts';
import type { PlannedSend } from '../../prisma/store/sends.ts';
import { ownTextKey, type Wording } from '../../prisma/store/wording.ts';
import { type TemplateKey, templateOf } from '../../templates/table.ts';
import { type Rendered, type Renderer, type RenderInput, UnfilledTemplateError } from '../render.ts';
import { type ItemContext, itemOf } from './items.ts';

/** The words of rows that travel as one, or why they may not leave (M11). */
export type Composed = Rendered | UnfilledTemplateError;

/** The variant of merged rows: a missed week is named under its own wording within it (M4). */
function variantOf(rows: MessageRow[]): string {
  const variants = rows.map((row) => row.variant);
  return variants.find((variant) => variant !== null && variant !== 'regular') ?? 'regular';
}

/** Addresses and links of this installation that messages carry. */
export interface ComposeContext {
  /** Domain of the addresses that staff blind-copy; null where mail cannot come in. */
  inboundDomain: string | null;
  /** The page on which a person chooses what they get of a program. */
  preferencesPage(personId: string, programId: string): string;
  /** The signed address of the form on which a person answers. */
  responsePage(subject: ResponseSubject): string;
}

function linkedFrom(links: Record<string, string>, rows: MessageRow[], personId: string): string[] {
  const ids = [...rows.flatMap((row) => [...row.pairIds, ...requestIdsOf(row)]), personId];
  return Object.values(links).flatMap((link) => ids.map((id) => link.replaceAll('{id}', id)));
}

function requestIdsOf({ fields }: MessageRow): string[] {
  return typeof fields.requestId === 'string' ? [fields.requestId] : [];
}

/** Puts rows that travel as one into words: the program's own where it has some, in the recipient's language. */
export function compose(rows: MessageRow[], wording: Wording, renderer: Renderer, links: ComposeContext): Composed {
  const first = rows[0] as MessageRow;
  const program = wording.programs.get(first.programId);
  const person = wording.people.get(first.personId);
  const variant = variantOf(rows);
  const locale = person?.locale ?? program?.locale ?? 'en';
  const own = program?.links ?? {};
  const preferences = preferencesOf(first, own, links);
  const answerLink = (row: MessageRow): string | null => answerLinkOf(row, links);
  const context: ItemContext = { wording, inboundDomain: links.inboundDomain, answerLink };
  const items = rows.map((row) => itemOf(row, context));
  const mailtos = items.flatMap((item) =>
    'outreachMailto' in item && item.outreachMailto ? [item.outreachMailto] : [],
  );
  const ownTexts = [locale, program?.locale ?? 'en'].map((candidate) =>
    wording.ownTexts.get(ownTextKey(first.programId, first.template, first.channel, candidate, variant)),
  );
  try {
    return renderer.render({
      key: first.template as TemplateKey,
      channel: first.channel,
      locale,
      variant,
      own: ownTexts.find((text) => text !== undefined) ?? null,
      context: {
        program: { name: program?.name ?? '' },
        recipient: { name: person?.name ?? '' },
        firstText: isFirstText(first, wording),
        links: {
          pair: first.pairIds[0] && own.pair ? own.pair.replaceAll('{id}', first.pairIds[0]) : null,
          preferences,
        },
        items,
      },
      footer: footerOf(first, program, preferences),
      allowedLinks: [
        ...linkedFrom(own, rows, first.personId),
        ...mailtos,
        ...items.flatMap((item) => ('links' in item ? item.links : [])),
        ...signedLinks(rows, preferences, answerLink),
      ],
    });
  } catch (error) {
    if (error instanceof UnfilledTemplateError) return error;
    throw error;
  }
}

function answerLinkOf(row: MessageRow, links: ComposeContext): string | null {
  const { answers } = templateOf(row.template as TemplateKey);
  return answers ? links.responsePage(responseOf(row, answers)) : null;
}

function signedLinks(rows: MessageRow[], preferences: string | null, answerLink: ItemContext['answerLink']): string[] {
  return [preferences, ...rows.map(answerLink)].filter((link) => link !== null);
}

/** The first text names the program and says how to stop; who wrote to us has been told by the answer itself. */
function isFirstText(row: MessageRow, wording: Wording): boolean {
  if (row.channel !== 'sms' || row.classification.answersText) return false;
  return !wording.texted.has(`${row.personId}|${row.programId}`);
}

/** The program's own page, else Tandem's; staff have nothing to choose. */
function preferencesOf(row: MessageRow, own: Record<string, string>, links: ComposeContext): string | null {
  if (row.classification.audience === 'staff') return null;
  return own.preferences?.replaceAll('{id}', row.personId) ?? links.preferencesPage(row.personId, row.programId);
}

/** What every mail to a participant says at its end: who sends it, from where, and how to choose what comes. */
function footerOf(
  { channel, classification }: MessageRow,
  program: ProgramDocument | undefined,
  preferences: string | null,
): RenderInput['footer'] {
  if (channel !== 'email' || classification.audience === 'staff' || !program) return null;
  return { sender: program.name, postalAddress: program.postalAddress, preferences };
}

/** One click ends promotional mail (RFC 8058), unless it is blind-copied: whoever reads the copy would click for another. */
export function unsubscribeUrlOf({ rows, bcc }: PlannedSend, links: ComposeContext): string | null {
  const { channel, classification, personId, programId } = rows[0] as MessageRow;
  if (channel !== 'email' || classification.category !== 'announcement' || bcc.length > 0) return null;
  return `${links.preferencesPage(personId, programId)}/unsubscribe`;
}

/** Id of a send: the same rows, claimed again after they came back, are another send. */
export function sendIdOf(rows: MessageRow[], now: number, salt: string): string {
  return idOf('snd', `${rows.map((row) => row.key).join('|')}|${now}|${salt}`);
}
