import type { ItemOf } from '../item.ts';

/** What staff wrote, as it was checked when they sent it. */
const custom: ItemOf = (row, { wording }) => {
  const words = wording.broadcasts.get(String(row.fields.broadcastId));
  if (!words) return { subject: null, lines: [null], links: [] };
  return { subject: words.subject, lines: words.text.split('\n'), links: words.links };
};

export const customItems = { custom } satisfies Record<string, ItemOf>;
