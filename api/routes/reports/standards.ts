import { z } from 'zod';
import { counted, noTotals, type StandardsItem, standardsItem } from '../../../policy/reports/standards.ts';
import { recordedCheckIns } from '../../../prisma/store/reports/standards.ts';
import { type Route, route } from '../../route.ts';
import { reportHeaders, reportQuery, standardsReport } from '../../schemas/report.ts';
import { answered, type ReportAsked, type ReportDeps, reportAsked, tag } from './report.ts';

const columns = ['pairId', 'respondent', 'dueOn', 'state', 'mode', 'by', 'reason'] as const;

/** Every contact that was due, made, late or missed, with the reason (K12). */
export function standardsRoute(deps: ReportDeps): Route {
  return route({
    method: 'get',
    path: '/v1/reports/standards',
    operationId: 'reportStandards',
    summary: 'Every contact due, made, late or missed, with its reason, and how many there are of each',
    description:
      '`from` and `to` bound the due day. It comes whole, however long it is; `Accept: text/csv` gives the items as CSV. ' +
      'Reasons: `after_window` of late ones, `no_contact` of missed ones, and why somebody was excused: `paused`, ' +
      '`trouble`, `safety` (`unavailable` without the scope `sensitive`), `ended`.',
    tag,
    scope: 'read',
    query: reportQuery,
    headers: reportHeaders,
    responses: { 200: { 'application/json': standardsReport, 'text/csv': z.string() } },
    async handler(request) {
      const asked = await reportAsked(deps, request);
      let totals = noTotals();
      const noting = async function* () {
        for await (const items of standardsItems(deps, asked)) {
          totals = items.reduce(counted, totals);
          yield items;
        }
      };
      return answered({ columns, batches: noting(), besides: () => ({ totals }) }, request.headers);
    },
  });
}

async function* standardsItems(
  { database }: ReportDeps,
  { programId, days, now, sensitive }: ReportAsked,
): AsyncGenerator<StandardsItem[]> {
  for await (const batch of recordedCheckIns(database, programId, days)) {
    yield batch.map(({ pairId, record }) => standardsItem(pairId, record, now, sensitive));
  }
}
