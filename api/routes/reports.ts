import type { Route } from '../route.ts';
import { engagementRoute } from './reports/engagement.ts';
import { meetingsRoute } from './reports/meetings.ts';
import type { ReportDeps } from './reports/report.ts';
import { requestsRoute } from './reports/requests.ts';
import { sentimentRoute } from './reports/sentiment.ts';
import { standardsRoute } from './reports/standards.ts';
import { workloadRoute } from './reports/workload.ts';

/** Reports for staff, evaluators and funders, as JSON, or as CSV where the caller accepts that. */
export function reportRoutes(deps: ReportDeps): Route[] {
  const reports = [requestsRoute, engagementRoute, meetingsRoute, sentimentRoute, standardsRoute, workloadRoute];
  return reports.map((report) => report(deps));
}
