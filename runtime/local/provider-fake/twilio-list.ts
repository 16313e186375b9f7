import { type Answer, jsonAnswer, twilioError } from './answers.ts';
import type { Entry } from './journal.ts';
import { messageOf } from './twilio-message.ts';

const MAX_PAGE_SIZE = 1000;
const USUAL_PAGE_SIZE = 50;
const DAY_MS = 86_400_000;

/**
 * One page of a list of messages, newest first, by Twilio's own filters `To`, `From`, `DateSent`, `DateSent<` and
 * `DateSent>` (the last two include the instant they name). A next page begins behind the message that its token names,
 * so messages sent meanwhile move nothing.
 */
export function pageOf(entries: readonly Entry[], query: URLSearchParams, accountSid: string, now: number): Answer {
  const size = Number(query.get('PageSize') ?? USUAL_PAGE_SIZE);
  if (!Number.isInteger(size) || size < 1) return twilioError(20001);
  const wanted = filterOf(query);
  if (wanted === null) return twilioError(20001);
  const all = entries.filter(wanted).reverse();
  const token = query.get('PageToken');
  const start = token === null ? 0 : all.findIndex(({ id }) => id === token) + 1;
  const end = start + Math.min(size, MAX_PAGE_SIZE);
  const shown = all.slice(start, end);
  const page = Number(query.get('Page') ?? 0);
  const last = all.length > end ? shown.at(-1) : undefined;
  const uri = (more: Record<string, string>) => {
    const next = new URLSearchParams([...query].filter(([name]) => !['Page', 'PageToken'].includes(name)));
    for (const [name, value] of Object.entries(more)) next.set(name, value);
    return `/2010-04-01/Accounts/${accountSid}/Messages.json?${next}`;
  };
  return jsonAnswer(200, {
    messages: shown.map((entry) => messageOf(entry, accountSid, now)),
    first_page_uri: uri({ Page: '0' }),
    next_page_uri: last ? uri({ Page: String(page + 1), PageToken: last.id ?? '' }) : null,
    previous_page_uri: null,
    page,
    page_size: Math.min(size, MAX_PAGE_SIZE),
    start,
    end: start + Math.max(0, shown.length - 1),
    uri: uri({ Page: String(page) }),
  });
}

/** Null when an instant cannot be read. */
function filterOf(query: URLSearchParams): ((entry: Entry) => boolean) | null {
  const [to, from] = [query.get('To'), query.get('From')];
  const [on, until, since] = ['DateSent', 'DateSent<', 'DateSent>'].map((name) => instantOf(query.get(name)));
  if ([on, until, since].some(Number.isNaN)) return null;
  return (entry) => {
    // Instants are told to the second.
    const sentAt = Math.floor(Date.parse(entry.at) / 1000) * 1000;
    return (
      (to === null || entry.to[0] === to) &&
      (from === null || entry.from === from) &&
      (on == null || (sentAt >= on && sentAt < on + DAY_MS)) &&
      (until == null || sentAt <= until) &&
      (since == null || sentAt >= since)
    );
  };
}

function instantOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
