import { z } from 'zod';
import { workloads } from '../../../prisma/store/reports/workload.ts';
import { csvOf, wantsCsv } from '../../csv.ts';
import { type Route, route } from '../../route.ts';
import { reportHeaders, reportQuery, workloadReport } from '../../schemas/report.ts';
import { type ReportDeps, reportAsked, tag } from './report.ts';

const columns = ['staffId', 'pairs', 'openCheckIns', 'overdue', 'openCases'] as const;

/** What lies with each of the staff (K12). */
export function workloadRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/workload',
    operationId: 'reportWorkload',
    summary: 'What lies with each of the staff now: pairs, check-ins to be made, overdue ones, and cases',
    description:
      '`overdue` are check-ins after their due day for which a contact would still count. `from` and `to` bound the due ' +
      'day of check-ins and the opening of cases. `Accept: text/csv` gives it as CSV.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': workloadReport, 'text/csv': z.string() } },
    async handler(request) {
      const { programId, now, ...bounds } = await reportAsked(deps, request);
      const items = await workloads(deps.database, programId, bounds, now);
      if (!wantsCsv(request.headers.accept)) return { status: 200, body: { items, next: null } } as const;
      const rows = items.map((item) => columns.map((column) => item[column]));
      return { status: 200, body: csvOf([[...columns], ...rows]), type: 'text/csv' } as const;
    },
  });
}
