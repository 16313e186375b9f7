import { type Chosen, choices, chosenBy, nameOf } from '../../policy/delivery/choices.ts';
import type { Channel } from '../../policy/step.ts';
import { malformed } from '../problem.ts';

export const urlencoded = 'application/x-www-form-urlencoded';
export const multipart = 'multipart/form-data';

/**
 * What a submitted preference form asks for.
 * @throws {Problem} 400 for what the page's own form never sends
 */
export function chosenIn(body: string): Chosen[] {
  const form = new URLSearchParams(body);
  const shown = form.getAll('shown');
  const [ticked, stops] = [form.getAll('get'), form.getAll('stop')];
  const names: string[] = choices.map(nameOf);
  if (shown.length === 0 || ![...ticked, ...stops].every((name) => names.includes(name)) || !shown.every(isChannel)) {
    throw malformed('This is not what the form of the preference page sends: open the page and use its form');
  }
  const stopped = choices.filter((choice) =>
    choice.category === 'optional' ? stops.includes(nameOf(choice)) : !ticked.includes(nameOf(choice)),
  );
  return chosenBy(shown.filter(isChannel), stopped.map(nameOf));
}

function isChannel(name: string): name is Channel {
  return name === 'email' || name === 'sms';
}

/**
 * Whether a body says `List-Unsubscribe=One-Click`, in either form that RFC 8058 allows.
 * @throws {Problem} 400 for anything else
 */
export function requireOneClick(mediaType: string, body: string | undefined): void {
  const text = body ?? '';
  const said = mediaType === multipart ? multipartField(text) : new URLSearchParams(text).get('List-Unsubscribe');
  if (said !== 'One-Click')
    throw malformed('One-click unsubscribing sends List-Unsubscribe=One-Click, and nothing else');
}

/** The one field of a form in parts, which begins with its own boundary. */
function multipartField(text: string): string | null {
  const part = /^--([^\r\n]{1,200})\r\n([\s\S]{0,1000}?)\r\n\r\n([^\r\n]*)\r\n--([^\r\n]*)--\s*$/.exec(text);
  const [, opening, headers = '', value = '', closing] = part ?? [];
  const named = /^content-disposition: *form-data *; *name="?List-Unsubscribe"? *$/im.test(headers);
  return part && opening === closing && named ? value : null;
}
