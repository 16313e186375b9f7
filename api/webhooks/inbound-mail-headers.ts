/** The headers of a mail, as far as Tandem looks at them. Written by anybody: what is not plain is not taken. */
export interface MailHeaders {
  /** Every value of a header, unfolded, in the order of the mail. */
  all(name: string): string[];
}

/** Reads a block of headers up to its first empty line; a line that is none is passed over. */
export function readHeaders(block: string): MailHeaders {
  const values = new Map<string, string[]>();
  const unfolded = (block.split(/\r?\n\r?\n/, 1)[0] as string).replace(/\r?\n[ \t]+/g, ' ');
  for (const line of unfolded.split(/\r?\n|\r/)) {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const known = values.get(name.toLowerCase()) ?? [];
    known.push(value.trim());
    values.set(name.toLowerCase(), known);
  }
  return { all: (name) => values.get(name.toLowerCase()) ?? [] };
}

/** Header values longer than this are not taken apart. */
const longestList = 64 * 1024;

/**
 * The addresses of a header such as To, without names, comments and groups; null where one cannot be told for certain: a
 * quoted local part, an address beside another, or an open quote, comment or bracket.
 */
export function addressesIn(value: string): string[] | null {
  const mailboxes = value.length > longestList ? null : mailboxesIn(value);
  if (mailboxes === null) return null;
  const addresses = mailboxes.filter((mailbox) => mailbox !== '').map(addressOf);
  return addresses.includes(null) ? null : (addresses as string[]);
}

/** What stands between commas, with every quoted text as `""`; null where something is left open. */
function mailboxesIn(value: string): string[] | null {
  const mailboxes: string[] = [];
  let current = '';
  let inside: 'nothing' | 'quotes' | 'brackets' = 'nothing';
  let comments = 0;
  for (let index = 0; index < value.length; index++) {
    const letter = value[index] as string;
    if (letter === '\\' && (inside === 'quotes' || comments > 0)) index++;
    else if (inside === 'quotes') inside = letter === '"' ? 'nothing' : 'quotes';
    else if (letter === '(') comments++;
    else if (letter === ')') comments--;
    else if (comments > 0) continue;
    else if (inside === 'nothing' && letter === '"') {
      inside = 'quotes';
      current += '""';
    } else if (inside === 'nothing' && /[,;:]/.test(letter)) {
      // Before a colon stands the name of a group, which a semicolon ends.
      if (letter !== ':') mailboxes.push(current.trim());
      else if (current.includes('@')) return null;
      current = '';
    } else {
      if (letter === '<') inside = 'brackets';
      if (letter === '>') inside = 'nothing';
      current += letter;
    }
    if (comments < 0) return null;
  }
  return inside === 'nothing' && comments === 0 ? [...mailboxes, current.trim()] : null;
}

/** Of `name <address>` or an address alone; a name may hold no @ outside quotes. */
function addressOf(mailbox: string): string | null {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(mailbox) ?? [];
  const address = (bracketed ?? mailbox).trim();
  if (name.includes('@')) return null;
  return /^[^\s"@<>\p{Cc}]+@[^\s"@<>\p{Cc}]+$/u.test(address) ? address : null;
}

/** Whether a header says that a program wrote the mail or that it went to a list (RFC 3834 and older habits). */
export function isAutomatic(headers: MailHeaders): boolean {
  const says = (name: string, pattern: RegExp): boolean => headers.all(name).some((value) => pattern.test(value));
  return (
    says('Auto-Submitted', /^(?!no\b)/i) ||
    says('Precedence', /^(bulk|auto_reply|list|junk)\b/i) ||
    ['X-Autoreply', 'X-Autorespond', 'List-Id', 'List-Unsubscribe'].some((name) => headers.all(name).length > 0)
  );
}

/** Whether every DKIM signature names a plain domain: others can make a list of outcomes say what it does not. */
export function signsPlainDomains(headers: MailHeaders): boolean {
  return headers.all('DKIM-Signature').every((value) => {
    const domains = value.split(';').filter((tag) => /^\s*d\s*=/i.test(tag));
    return domains.length === 1 && /^\s*d\s*=\s*[A-Za-z0-9.-]+\s*$/.test(domains[0] as string);
  });
}
