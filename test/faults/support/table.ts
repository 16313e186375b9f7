import type { Evidence, Findings } from './checker.ts';

/** What a run of the send path came to, as lines of a table. */
export interface Line {
  what: string;
  kills: number;
  found: Findings;
  evidence: Evidence;
  /** Milliseconds until all was at rest. */
  recovery: number;
}

const columns = ['kills', 'messages', 'sent', 'waiting', 'lost', 'duplicated', 'other', 'unknown', 'recovery'];

function cellsOf({ kills, found, evidence, recovery }: Line): Array<string | number> {
  const { rows, requests } = evidence;
  const inState = (state: string): number => rows.filter((row) => row.state === state).length;
  const { lost, twice, ...others } = found;
  const other = Object.values(others).flat().length;
  const accepted = new Set(requests.filter((request) => request.accepted).map((request) => request.sendId)).size;
  return [
    kills,
    rows.length,
    accepted,
    inState('waiting'),
    lost.length,
    twice.length,
    other,
    inState('unknown'),
    `${(recovery / 1000).toFixed(1)} s`,
  ];
}

/** Prints the lines as a table; `sent` counts what providers accepted, which is fewer than messages where some merge. */
export function printTable(lines: Line[]): void {
  const rows = [['', ...columns], ...lines.map((line) => [line.what, ...cellsOf(line).map(String)])];
  console.info(`${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}
