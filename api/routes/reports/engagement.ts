import { z } from 'zod';
import { engagementOf } from '../../../prisma/store/reports/engagement.ts';
import { csvOf, wantsCsv } from '../../csv.ts';
import { type Route, route } from '../../route.ts';
import { engagementReport, reportHeaders, reportQuery } from '../../schemas/report.ts';
import { type ReportDeps, reportAsked, tag } from './report.ts';

/** How many pairs of a program talk with each other (T12). */
export function engagementRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/engagement',
    operationId: 'reportEngagement',
    summary: 'How many pairs have had no conversation, one or two, or three and more',
    description:
      'Pairs that lasted at some time between `from` and `to`, by their conversations in that time; without bounds every ' +
      'pair, with what was counted before it was known here. `Accept: text/csv` gives it as CSV.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': engagementReport, 'text/csv': z.string() } },
    async handler(request) {
      const { programId, now, ...bounds } = await reportAsked(deps, request);
      const { pairs, active, ...talks } = await engagementOf(deps.database, programId, bounds, now);
      const conversations = { none: talks.none, one_or_two: talks.oneOrTwo, three_or_more: talks.threeOrMore };
      if (!wantsCsv(request.headers.accept)) return { status: 200, body: { pairs, active, conversations } } as const;
      const flat = { pairs, active, ...conversations };
      return { status: 200, body: csvOf([Object.keys(flat), Object.values(flat)]), type: 'text/csv' } as const;
    },
  });
}
