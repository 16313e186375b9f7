import { z } from 'zod';
import { daysBefore } from '../../../policy/reports/span.ts';
import { dateOf } from '../../../policy/time.ts';
import { sentimentOf } from '../../../prisma/store/reports/sentiment.ts';
import { csvOf, wantsCsv } from '../../csv.ts';
import { type Route, route } from '../../route.ts';
import { reportHeaders, reportQuery, sentimentReport } from '../../schemas/report.ts';
import { type ReportDeps, reportAsked, tag } from './report.ts';

/** The program's overall sentiment, beside that of the time before (S7). */
export function sentimentRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/sentiment',
    operationId: 'reportSentiment',
    summary: 'How people rated their matches, beside the same number of days before',
    description:
      '`from` and `to` bound the day of an answer; `to` is today unless told. `Accept: text/csv` gives it as CSV.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': sentimentReport, 'text/csv': z.string() } },
    async handler(request) {
      const { programId, zone, now, days } = await reportAsked(deps, request);
      const before = daysBefore(days, dateOf(now, zone));
      const current = await sentimentOf(deps.database, programId, days);
      const previous = before && (await sentimentOf(deps.database, programId, before));
      if (!wantsCsv(request.headers.accept)) return { status: 200, body: { ...current, previous } } as const;
      const rows = Object.entries({ current, previous }).flatMap(([span, told]) =>
        told ? [[span, told.responses, told.mean, told.temperature, told.low]] : [],
      );
      return {
        status: 200,
        body: csvOf([['span', 'responses', 'mean', 'temperature', 'low'], ...rows]),
        type: 'text/csv',
      } as const;
    },
  });
}
