/** A message in the words of staff (T10). */
export interface CustomItem {
  /** Null where the mail stands in for a text without one. */
  subject: string | null;
  /** Line by line, blank ones included; null where the words are not known any more, which stops the message (M11). */
  lines: ReadonlyArray<string | null>;
  /** The links of the program that stand among the words. */
  links: readonly string[];
}
