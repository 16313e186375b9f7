import type { Instant } from '../../policy/time.ts';
import type { Queryable } from '../database.ts';

/** Which of a program's texts is meant. */
export interface TemplateName {
  programId: string;
  key: string;
  channel: string;
  locale: string;
  variant: string;
}

export interface OwnTemplate {
  subject: string | null;
  body: string;
  updatedAt: Date;
}

/** The program's own words; null where it has none and the text that ships with Tandem is used. */
export function readTemplate(on: Queryable, name: TemplateName): Promise<OwnTemplate | null> {
  return on.template.findUnique({
    where: { programId_key_channel_locale_variant: name },
    select: { subject: true, body: true, updatedAt: true },
  });
}

/** Stores a program's own words in place of those it had; they have been checked before (W5). */
export async function putTemplate(
  on: Queryable,
  name: TemplateName,
  words: { subject: string | null; body: string; now: Instant },
): Promise<void> {
  const content = { subject: words.subject, body: words.body, updatedAt: new Date(words.now) };
  await on.template.upsert({
    where: { programId_key_channel_locale_variant: name },
    create: { ...name, ...content },
    update: content,
  });
}
