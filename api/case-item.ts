import type { z } from 'zod';
import { outreachAddress } from '../policy/delivery/inbound-mail.ts';
import { eventIdOf } from '../policy/event.ts';
import type { CaseEntry, CaseRecord } from '../prisma/store/cases.ts';
import type { RequestKey } from './authentication.ts';
import type { caseAnswer } from './schemas/case.ts';

type CaseItem = z.input<typeof caseAnswer>;

/** A case as a key may see it: the words of its entries only with the scope `sensitive`. */
export function caseItem(row: CaseRecord, key: RequestKey, inboundDomain: string | null): CaseItem {
  const { id, kind, programId, pairId, personId, state, assignee, supervisor, openedBy, reason, outcome } = row;
  const { option, topic, priority } = row.details;
  const sensitive = key.has('sensitive');
  return {
    id,
    kind,
    programId,
    ...(pairId !== null && { pairId }),
    ...(personId !== null && { personId }),
    ...(typeof option === 'string' && { option }),
    ...(kind === 'flag' && typeof topic === 'string' && { topic }),
    ...(kind === 'flag' && typeof priority === 'string' && { priority }),
    ...(kind === 'escalation' && inboundDomain !== null && { outreachAddress: outreachAddress(id, inboundDomain) }),
    state,
    assignee,
    supervisor,
    openedBy,
    openedAt: row.openedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    reason,
    outcome,
    facts: row.facts.map(eventIdOf),
    entries: row.entries.map((entry) => entryItem(entry, sensitive)),
  };
}

/** A coded line carries what it is about behind its code. */
function entryItem({ at, by, code, text }: CaseEntry, sensitive: boolean): CaseItem['entries'][number] {
  const colon = code.indexOf(':');
  const coded = colon < 0 ? { code } : { code: code.slice(0, colon), ref: code.slice(colon + 1) };
  return { at: new Date(at).toISOString(), by, ...coded, ...(sensitive && text !== null && { text }) };
}
