import { z } from 'zod';
import { type MeetingsItem, meetingsItem } from '../../../policy/reports/meetings.ts';
import { recordedPeriods } from '../../../prisma/store/reports/meetings.ts';
import { type Route, route } from '../../route.ts';
import { meetingsReport, reportHeaders, reportQuery } from '../../schemas/report.ts';
import { answered, type ReportAsked, type ReportDeps, reportAsked, tag } from './report.ts';

const columns = ['pairId', 'period', 'unit', 'promised', 'held', 'minutes', 'kept'] as const;

/** What each pair was promised, and what it had (K9). */
export function meetingsRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/meetings',
    operationId: 'reportMeetings',
    summary: 'What each pair was promised in a period, the meetings that it held, and whether the promise was kept',
    description:
      '`from` and `to` bound the last day of a period. It comes whole; `Accept: text/csv` gives it as CSV. A promise is ' +
      'judged by what was known some days after the period; meetings reported later are counted and do not change it.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': meetingsReport, 'text/csv': z.string() } },
    async handler(request) {
      const asked = await reportAsked(deps, request);
      return answered({ columns, batches: meetingsItems(deps, asked) }, request.headers);
    },
  });
}

async function* meetingsItems(
  { database }: ReportDeps,
  { programId, days, now }: ReportAsked,
): AsyncGenerator<MeetingsItem[]> {
  for await (const batch of recordedPeriods(database, programId, days)) {
    yield batch.flatMap(({ pairId, periods, held }) =>
      periods.map((period) => meetingsItem(pairId, period, held, now)),
    );
  }
}
