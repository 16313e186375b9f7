import { dateOf, localMinute } from '../../../policy/time.ts';
import type { Named } from '../../../templates/context.ts';
import type { OtherPair, SafetyAlertItem } from '../../../templates/items/safety.ts';
import { type ItemContext, type ItemOf, named } from '../item.ts';

/** What the templates about safety say of one row. */

/** The name of somebody, or the id where there is none: an alert goes whatever is missing. */
function surelyNamed(id: string, context: ItemContext): Named {
  return { name: named(context, id).name || id };
}

function perhaps(id: unknown, context: ItemContext): Named | null {
  return typeof id === 'string' ? surelyNamed(id, context) : null;
}

function otherPairsOf(people: unknown[], own: string | undefined, context: ItemContext): OtherPair[] {
  const found = people.flatMap((id) => {
    if (typeof id !== 'string') return [];
    const pairs = context.wording.otherPairs.get(id) ?? [];
    return pairs.map(({ pairId, program }) => ({
      id: pairId,
      program: { name: program },
      person: surelyNamed(id, context),
    }));
  });
  const others = found.filter(({ id }) => id !== own);
  return [...new Map(others.map((pair) => [pair.id, pair])).values()];
}

const safetyAlert: ItemOf = (row, context): SafetyAlertItem => {
  const { caseId, cause, code, role, personId, openedBy, raisedAt, mentorId, menteeId, more } = row.fields;
  const pairId = row.pairIds[0];
  const at = Number(raisedAt);
  return {
    caseId: String(caseId),
    cause: cause as SafetyAlertItem['cause'],
    keyword: typeof code === 'string' ? code : null,
    more: more === true,
    person: perhaps(personId, context),
    role: (role as SafetyAlertItem['role']) ?? null,
    openedBy: perhaps(openedBy, context),
    pair:
      pairId === undefined
        ? null
        : {
            id: pairId,
            mentor: surelyNamed(String(mentorId), context),
            mentee: surelyNamed(String(menteeId), context),
          },
    raisedOn: dateOf(at, row.zone),
    raisedTime: localMinute(at, row.zone).slice(11),
    otherPairs: otherPairsOf([mentorId, menteeId, personId], pairId, context),
  };
};

export const safetyItems = { 'safety-alert': safetyAlert } satisfies Record<string, ItemOf>;
