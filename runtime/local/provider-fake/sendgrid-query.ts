import type { Entry } from './journal.ts';

type Condition = (entry: Entry) => boolean;

/** A part of a query that cannot be read. */
export class QueryFault extends Error {}

/**
 * The filter of a look-up: conditions joined by AND, each a name, `=` and a value in double quotes; a round bracket
 * around one is allowed. Names: `to_email`, `from_email`, `subject`, `msg_id` and `unique_args['name']`.
 * @throws {QueryFault}
 */
export function parseQuery(query: string): Condition {
  const conditions = splitAtAnd(query).map(parseCondition);
  return (entry) => conditions.every((condition) => condition(entry));
}

/** Splits outside of quotes. */
function splitAtAnd(query: string): string[] {
  return query.match(/(?:"(?:[^"\\]|\\.)*"|(?!\sAND\s)[\s\S])+/g)?.map((part) => part.replace(/^\s*AND\s/, '')) ?? [];
}

function parseCondition(text: string): Condition {
  const pattern = /^\s*\(?\s*(\w+)(?:\[['"]([^'"\]]+)['"]\])?\s*=\s*("(?:[^"\\]|\\.)*")\s*\)?\s*$/;
  const [, name, argument, quoted] = pattern.exec(text) ?? [];
  if (name === undefined || quoted === undefined) throw new QueryFault('a condition is not of the form name="value"');
  const value = unquote(quoted);
  if (name === 'unique_args' && argument !== undefined) return (entry) => entry.customArgs[argument] === value;
  const same = (given: string | null | undefined) => given?.toLowerCase() === value.toLowerCase();
  if (argument !== undefined) throw new QueryFault(`${name} takes no name in brackets`);
  switch (name) {
    case 'to_email':
      return (entry) => [...entry.to, ...entry.cc, ...entry.bcc].some(same);
    case 'from_email':
      return (entry) => same(entry.from);
    case 'subject':
      return (entry) => entry.subject === value;
    case 'msg_id':
      return (entry) => value.split('.')[0] === entry.id;
    default:
      throw new QueryFault(`there is no query by ${name}`);
  }
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
