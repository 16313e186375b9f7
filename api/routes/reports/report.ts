import type { z } from 'zod';
import { daysOf, type ReportDays, type ReportSpan, spanOf } from '../../../policy/reports/span.ts';
import type { Instant } from '../../../policy/time.ts';
import type { Database } from '../../../prisma/database.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { RequestKey } from '../../authentication.ts';
import { type CsvCell, csvLine, wantsCsv } from '../../csv.ts';
import { invalid } from '../../problem.ts';
import type { reportHeaders, reportQuery } from '../../schemas/report.ts';
import { requireStoredProgram } from '../programs.ts';

/** What every report is asked for and answered with. */

export interface ReportDeps {
  database: Database;
  clock: Clock;
}

export const tag = 'reports';

export interface ReportAsked {
  programId: string;
  /** Zone of the program. */
  zone: string;
  now: Instant;
  span: ReportSpan;
  days: ReportDays;
  /** Whether the caller may know of safety cases. */
  sensitive: boolean;
}

interface ReportRequest {
  query: z.output<typeof reportQuery>;
  key: RequestKey;
}

/** @throws {Problem} 404 for a program that the key may not see, 422 for a span that ends before it begins */
export async function reportAsked(
  { database, clock }: ReportDeps,
  { query, key }: ReportRequest,
): Promise<ReportAsked> {
  const { programId, from, to } = query;
  const { zone } = (await requireStoredProgram(database, key, programId)).document;
  const span = spanOf(from, to, zone);
  if (span.from !== null && span.until !== null && span.from >= span.until) {
    throw invalid([{ pointer: '/query/to', detail: 'Must be later than from' }]);
  }
  const now = await clock.now();
  return { programId, zone, now, span, days: daysOf(span, zone), sensitive: key.has('sensitive') };
}

/** A report of many items, some at a time. */
export interface ItemReport<T> {
  /** The columns of its CSV, and of each item. */
  columns: ReadonlyArray<string & keyof T>;
  batches: AsyncIterable<T[]>;
  /** What stands beside the items, once all of them were seen; in JSON alone. */
  besides?: () => object;
}

/**
 * The whole of a report as a stream, so that its size costs no memory: evaluators load it into a spreadsheet, and totals of
 * one page would be wrong.
 */
export function answered<T>(report: ItemReport<T>, headers: z.output<typeof reportHeaders>) {
  return wantsCsv(headers.accept)
    ? ({ status: 200, body: csvStream(report), type: 'text/csv' } as const)
    : ({ status: 200, body: jsonStream(report), type: 'application/json' } as const);
}

async function* csvStream<T>({ columns, batches }: ItemReport<T>): AsyncGenerator<string> {
  yield csvLine([...columns]);
  for await (const items of batches) {
    yield items.map((item) => csvLine(columns.map((column) => item[column] as CsvCell))).join('');
  }
}

async function* jsonStream<T>({ batches, besides }: ItemReport<T>): AsyncGenerator<string> {
  let separator = '{"items":[';
  for await (const items of batches) {
    if (items.length === 0) continue;
    yield separator + items.map((item) => JSON.stringify(item)).join(',');
    separator = ',';
  }
  const rest = JSON.stringify({ next: null, ...besides?.() }).slice(1);
  yield `${separator === ',' ? '' : separator}],${rest}`;
}
