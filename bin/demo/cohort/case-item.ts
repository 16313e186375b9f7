import type { Instant } from '../../../policy/time.ts';
import type { ApiClient } from '../../scenario/api-client.ts';

/** A case, as the API gives it. */
export interface CaseItem {
  id: string;
  kind: string;
  reason: string;
  state: 'open' | 'acknowledged' | 'resolved' | 'withdrawn';
  outcome: string | null;
  assignee: string | null;
  pairId?: string;
  personId?: string;
  openedAt: string;
  endedAt: string | null;
}

export const isOpen = ({ state }: CaseItem): boolean => state === 'open' || state === 'acknowledged';
export const openedAt = (item: CaseItem): Instant => Date.parse(item.openedAt);

/** All items of a list, page after page. */
export async function everyItem<T>(api: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor = ''; ; ) {
    const page = await api.call<{ items: T[]; next: string | null }>('GET', `${path}&limit=200${cursor}`);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

export async function openCases(api: ApiClient): Promise<CaseItem[]> {
  const of = (state: string) => everyItem<CaseItem>(api, `/v1/cases?programId=program&state=${state}`);
  return [...(await of('open')), ...(await of('acknowledged'))];
}
