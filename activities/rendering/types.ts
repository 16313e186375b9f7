import type { TemplateContext } from '../../templates/context.ts';
import type { Channel, TemplateKey } from '../../templates/table.ts';

/** A program's own words for a template; Liquid, like the default ones. */
export interface OwnText {
  subject?: string | undefined;
  body: string;
}

/** One message to put into words. */
export interface RenderInput {
  key: TemplateKey;
  channel: Channel;
  /** BCP 47; the default texts fall back to its language and then to English. */
  locale: string;
  variant: string;
  own?: OwnText | null;
  context: TemplateContext;
  /** What stands at the end of a mail to a participant; the page to choose only where the text does not name it itself. */
  footer?: Footer | null;
  /** The only links that may appear in the message (M11). */
  allowedLinks: readonly string[];
}

/** A message ready to hand over: a mail has a subject, a text its number of segments. */
export interface Rendered {
  subject: string | null;
  body: string;
  segments: number | null;
}

/** Who sends a mail, from where, and where its reader chooses what comes. */
export interface Footer {
  sender: string;
  postalAddress: string | null;
  preferences: string | null;
}
