import { DAY, dateOf, type Instant } from '../../../policy/time.ts';
import type { ApiClient } from '../../scenario/api-client.ts';
import { type CaseItem, everyItem, openCases, openedAt } from './case-item.ts';
import { type CohortPair, staff, zone } from './pairs.ts';

/** What the coordinator of the demo does each working morning: what is overdue is called about, what is done is closed. */

/** After how many days a case of a kind is done with; safety is seen to at once, by the scenario. */
const daysUntilDone: Record<string, number> = {
  'check-in-overdue': 1,
  escalation: 3,
  'first-meeting': 4,
  flag: 2,
  intervention: 8,
  'promise-broken': 5,
  task: 3,
  trouble: 2,
  unreachable: 1,
};
/** Every fourth takes so much longer. */
const slowDays = 9;

export async function workingMorning(api: ApiClient, pairs: CohortPair[], now: Instant): Promise<void> {
  const open = await openCases(api);
  // Tasks before what they belong to.
  const inOrder = [...open].sort((a, b) => Number(b.kind === 'task') - Number(a.kind === 'task'));
  for (const item of inOrder) {
    const days = daysUntilDone[item.kind];
    if (days === undefined || item.assignee === null) continue;
    const slow = Number.parseInt(item.id.slice(-1), 16) % 4 === 0 ? slowDays : 0;
    if (openedAt(item) + (days + slow) * DAY <= now) await seeTo(api, item, pairs, now);
  }
}

async function seeTo(api: ApiClient, item: CaseItem, pairs: CohortPair[], now: Instant): Promise<void> {
  const by = staff.coordinator;
  if (item.kind === 'check-in-overdue' && (await called(api, item, now))) return;
  if (item.reason === 'sentiment_review') {
    if (item.state === 'open') await api.call('POST', `/v1/cases/${item.id}:acknowledge`, { by });
    return;
  }
  const pair = pairs.find(({ id }) => id === item.pairId);
  const parts = item.kind === 'intervention' && pair?.temper === 'rocky';
  const resolution = parts ? { outcome: 'rematch', personId: pair.menteeId } : { outcome: 'resolved' };
  await api.call('POST', `/v1/cases/${item.id}:resolve`, { by, ...resolution });
}

/** Calls whoever is overdue, and records it; false where nobody is owed a contact. */
async function called(api: ApiClient, { pairId, personId }: CaseItem, now: Instant): Promise<boolean> {
  const person = personId === undefined ? '' : `&personId=${personId}`;
  const path = `/v1/check-ins?pairId=${pairId}${person}&due=${dateOf(now, zone)}`;
  const [owed] = await everyItem<{ id: string }>(api, path);
  if (!owed) return false;
  const contact = { mode: 'phone', by: staff.coordinator, answers: {}, safetyConcern: false };
  await api.call('POST', `/v1/check-ins/${owed.id}:record`, contact);
  return true;
}
