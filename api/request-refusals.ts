import { toRfc3339 } from '../policy/time.ts';
import type { RequestRefusal } from '../prisma/store/request-answers.ts';
import type { RequestRecord } from '../prisma/store/requests.ts';
import type { RequestKey } from './authentication.ts';
import { conflict, invalid, type Problem, refused } from './problem.ts';

/** What is said of each refusal, and what the caller can do. */
const details: Record<string, string> = {
  held: 'This person is in an open safety case',
  unconfirmed: 'This person has not confirmed to go on',
  consent_missing: "The guardian of a minor has not consented to contact: record the guardian's consent first",
  mentor_unavailable: 'The mentor is not available',
  mentee_unavailable: 'The mentee is not available',
  mentor_full: 'The mentor has no room for another mentee',
  mentee_full: 'The mentee has no room for another mentor',
  pending_limit: 'As many requests are pending as may be: wait for an answer, or withdraw one of `openRequestIds`',
  not_recommended: 'In this program only recommended mentors can be asked',
  offers_off: 'This program takes no offers of mentors',
  list_expected: 'In this program staff assign mentors: send `mentorIds`, in order of preference',
  mentor_expected: 'In this program a mentor is asked directly: send `mentorId`',
  already_answered: 'This has been answered already',
  pending: 'This is still pending: there is nothing to reopen',
  not_reopenable: 'This cannot be opened again: only what closed without an answer can, for some days',
  duplicate: 'The same is pending already, in `openRequestIds`',
  too_soon: 'A reminder by hand goes once in 24 hours',
  not_the_one_asked: 'Only the one who was asked can answer',
  not_the_asker: 'Only the one who asked can withdraw',
  staff_assign: 'A list is answered by staff, who assign a mentor from it',
  not_a_list: 'Mentors are assigned from a list only',
  not_on_list: 'The mentor is not on the list: assign outside it with `override` and a `reason`',
  rematch_cooldown: 'This person has asked for a re-match and may not be matched yet',
  pair_exists: 'There is another pair with the id that this one would have',
};

const ofFields: Record<string, string> = { not_the_one_asked: '/by', not_the_asker: '/by' };

/**
 * A refusal as the caller reads it. What happened first is told with it (R5, R11); whoever may not see safety cases reads
 * that the person is unavailable (K6).
 */
export function refusalOfRequest(
  refusal: RequestRefusal & { request?: RequestRecord | null },
  key: RequestKey,
): Problem {
  const { role = 'mentor', members = {}, request } = refusal;
  const code = publicCode(refusal, key);
  if (code === 'unknown') {
    const fields = Array.isArray(members.fields) ? members.fields.map(String) : [];
    return invalid(
      fields.map((field) => ({ pointer: `/${field}`, detail: 'There is nothing with this id in the program' })),
    );
  }
  const detail = details[code] ?? 'This does not fit the request as it stands';
  const pointer = ofFields[code];
  if (pointer) return refused(code, detail, { errors: [{ pointer, detail }] });
  const party = code.startsWith('mentor_') || code.startsWith('mentee_') || refusal.role ? { field: `${role}Id` } : {};
  return conflict(code, detail, {
    ...members,
    ...party,
    ...(request && request.status !== 'pending' ? what(request) : {}),
  });
}

const readAsUnavailable: ReadonlySet<string> = new Set(['removed', 'opted_out', 'not_to_be_matched']);

function publicCode({ code, role = 'mentor' }: RequestRefusal, key: RequestKey): string {
  const reads = readAsUnavailable.has(code) || (code === 'held' && !key.has('sensitive'));
  return reads ? `${role}_unavailable` : code;
}

/** How it ended: enough for the one who was too late to understand. */
function what({ status, closedAt, pairId }: RequestRecord): Record<string, unknown> {
  return { requestStatus: status, closedAt: closedAt === null ? null : toRfc3339(closedAt), pairId };
}
