import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { type RequestReport, reportRequests } from '../../prisma/store/request-report.ts';
import type { Clock } from '../../runtime/clock.ts';
import { csvOf, wantsCsv } from '../csv.ts';
import { type Route, route } from '../route.ts';
import { reportHeaders, reportQuery, requestReport } from '../schemas/report.ts';
import { requireStoredProgram } from './programs.ts';

/** Reports for staff, as JSON, or as CSV where the caller accepts that. */
export function reportRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const requests = route({
    method: 'get',
    path: '/v1/reports/requests',
    operationId: 'reportRequests',
    summary: 'How long requests were pending, and the age of what is still open',
    description: '`from` and `to` bound when a request ended; `Accept: text/csv` gives it as CSV.',
    tag: 'reports',
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': requestReport, 'text/csv': z.string() } },
    async handler({ query, headers, key }) {
      const { programId, from = null, to = null } = query;
      await requireStoredProgram(database, key, programId);
      const report = await reportRequests(database, programId, { from, to }, await clock.now());
      if (wantsCsv(headers.accept)) return { status: 200, body: csvOfReport(report), type: 'text/csv' } as const;
      return { status: 200, body: answerOf(report) } as const;
    },
  });
  return [requests];
}

function answerOf({ outcomes, open }: RequestReport): z.input<typeof requestReport> {
  return { outcomes: Object.fromEntries(outcomes.map(({ status, ...figures }) => [status, figures])), open };
}

function csvOfReport({ outcomes, open }: RequestReport): string {
  const ended = outcomes.map((row) => [
    row.status,
    row.count,
    row.meanPendingSeconds,
    row.medianPendingSeconds,
    '',
    '',
  ]);
  const columns = [
    'outcome',
    'count',
    'meanPendingSeconds',
    'medianPendingSeconds',
    'meanAgeSeconds',
    'oldestAgeSeconds',
  ];
  return csvOf([
    columns,
    ...ended,
    ['open', open.count, '', '', open.meanAgeSeconds ?? '', open.oldestAgeSeconds ?? ''],
  ]);
}
