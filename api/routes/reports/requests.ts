import { z } from 'zod';
import { type RequestReport, reportRequests } from '../../../prisma/store/request-report.ts';
import { csvOf, wantsCsv } from '../../csv.ts';
import { type Route, route } from '../../route.ts';
import { reportHeaders, reportQuery, requestReport } from '../../schemas/report.ts';
import { type ReportDeps, reportAsked, tag } from './report.ts';

/** How long requests wait (R14). */
export function requestsRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/requests',
    operationId: 'reportRequests',
    summary: 'How long requests were pending, and the age of what is still open',
    description: '`from` and `to` bound when a request ended; `Accept: text/csv` gives it as CSV.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': requestReport, 'text/csv': z.string() } },
    async handler(request) {
      const { programId, span, now } = await reportAsked(deps, request);
      const report = await reportRequests(deps.database, programId, { from: span.from, to: span.until }, now);
      if (wantsCsv(request.headers.accept)) {
        return { status: 200, body: csvOfReport(report), type: 'text/csv' } as const;
      }
      return { status: 200, body: answerOf(report) } as const;
    },
  });
}

function answerOf({ outcomes, open }: RequestReport): z.input<typeof requestReport> {
  return { outcomes: Object.fromEntries(outcomes.map(({ status, ...figures }) => [status, figures])), open };
}

const columns = [
  'outcome',
  'count',
  'meanPendingSeconds',
  'medianPendingSeconds',
  'meanAgeSeconds',
  'oldestAgeSeconds',
];

function csvOfReport({ outcomes, open }: RequestReport): string {
  const ended = outcomes.map(({ status, count, meanPendingSeconds, medianPendingSeconds }) => [
    ...[status, count, meanPendingSeconds, medianPendingSeconds],
    ...[null, null],
  ]);
  return csvOf([columns, ...ended, ['open', open.count, null, null, open.meanAgeSeconds, open.oldestAgeSeconds]]);
}
