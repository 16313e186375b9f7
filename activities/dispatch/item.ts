import type { MessageRow } from '../../policy/mailbox/row.ts';
import { dateOf } from '../../policy/time.ts';
import type { Wording } from '../../prisma/store/wording.ts';
import type { Named, TemplateItem } from '../../templates/context.ts';

/** What the items of all templates are made with. */

export interface ItemContext {
  wording: Wording;
  /** Domain of the addresses that staff blind-copy; null where mail cannot come in. */
  inboundDomain: string | null;
  /** Address of the form on which the row's person answers it; null where its template leads to none. */
  answerLink(row: MessageRow): string | null;
}

/** What a template says of a row. */
export type ItemOf = (row: MessageRow, context: ItemContext) => TemplateItem;

/** The name of a person, as it stands now. */
export function named(context: ItemContext, id: unknown): Named {
  return { name: context.wording.people.get(String(id))?.name ?? '' };
}

/** Somebody whom not every message can name. */
export function perhapsNamed(id: unknown, context: ItemContext): Named | null {
  const name = typeof id === 'string' ? named(context, id).name : '';
  return name === '' ? null : { name };
}

/** The shared area of the pair that a message is about; null where the program has set no link. */
export function linkOf(row: MessageRow, context: ItemContext): string | null {
  const template = context.wording.programs.get(row.programId)?.links.pair;
  const pairId = row.pairIds[0];
  return template && pairId ? template.replaceAll('{id}', pairId) : null;
}

/** The day of an instant among a row's fields, in the row's zone; that of its plan where it names none. */
export function dateIn(row: MessageRow, field: string): string {
  return dateOf(Number(row.fields[field] ?? row.plannedFor), row.zone);
}

/** The other one of the pair; to a guardian the mentor. */
export function counterpartOf({ personId, fields }: MessageRow, context: ItemContext): Named {
  return named(context, personId === fields.mentorId ? fields.menteeId : fields.mentorId);
}
