import type { MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import { ownTextKey, type Wording } from '../../prisma/store/wording.ts';
import type { TemplateKey } from '../../templates/table.ts';
import { type Rendered, type Renderer, UnfilledTemplateError } from '../render.ts';
import { type ItemContext, itemOf } from './items.ts';

/** The words of rows that travel as one, or why they may not leave (M11). */
export type Composed = Rendered | UnfilledTemplateError;

/** The variant of merged rows: a missed week is named under its own wording within it (M4). */
function variantOf(rows: MessageRow[]): string {
  const variants = rows.map((row) => row.variant);
  return variants.find((variant) => variant !== null && variant !== 'regular') ?? 'regular';
}

function linkedFrom(links: Record<string, string>, rows: MessageRow[], personId: string): string[] {
  const ids = [...rows.flatMap((row) => row.pairIds), personId];
  return Object.values(links).flatMap((link) => ids.map((id) => link.replaceAll('{id}', id)));
}

/** Puts rows that travel as one into words: the program's own where it has some, in the recipient's language. */
export function compose(
  rows: MessageRow[],
  wording: Wording,
  renderer: Renderer,
  inboundDomain: string | null,
): Composed {
  const first = rows[0] as MessageRow;
  const program = wording.programs.get(first.programId);
  const person = wording.people.get(first.personId);
  const variant = variantOf(rows);
  const locale = person?.locale ?? program?.locale ?? 'en';
  const links = program?.links ?? {};
  const context: ItemContext = { wording, inboundDomain };
  const items = rows.map((row) => itemOf(row, context));
  const mailtos = items.flatMap((item) =>
    'outreachMailto' in item && item.outreachMailto ? [item.outreachMailto] : [],
  );
  const own = [locale, program?.locale ?? 'en'].map((candidate) =>
    wording.ownTexts.get(ownTextKey(first.programId, first.template, first.channel, candidate, variant)),
  );
  try {
    return renderer.render({
      key: first.template as TemplateKey,
      channel: first.channel,
      locale,
      variant,
      own: own.find((text) => text !== undefined) ?? null,
      context: {
        program: { name: program?.name ?? '' },
        recipient: { name: person?.name ?? '' },
        firstText: first.channel === 'sms' && !wording.texted.has(`${first.personId}|${first.programId}`),
        links: {
          pair: first.pairIds[0] && links.pair ? links.pair.replaceAll('{id}', first.pairIds[0]) : null,
          preferences: links.preferences?.replaceAll('{id}', first.personId) ?? null,
        },
        items,
      },
      allowedLinks: [...linkedFrom(links, rows, first.personId), ...mailtos],
    });
  } catch (error) {
    if (error instanceof UnfilledTemplateError) return error;
    throw error;
  }
}

/** Id of a send: the same rows, claimed again after they came back, are another send. */
export function sendIdOf(rows: MessageRow[], now: number, salt: string): string {
  return idOf('snd', `${rows.map((row) => row.key).join('|')}|${now}|${salt}`);
}
