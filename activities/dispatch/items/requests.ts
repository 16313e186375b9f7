import { maskContacts } from '../../../policy/request/mask.ts';
import { dateOf } from '../../../policy/time.ts';
import type { RequestItem } from '../../../templates/items/requests.ts';
import { type ItemOf, linkOf, named } from '../item.ts';

/** What the templates about requests say of one row. */

const request: ItemOf = (row, context): RequestItem => {
  const { requestId, kind, menteeId, mentorId, reason, status, closesAt, openedAt } = row.fields;
  const words = context.wording.requests.get(String(requestId));
  // Mail goes where nobody can take it back: what people wrote to each other leaves without ways to meet elsewhere.
  const shown = (text: string | null | undefined): string | null =>
    text == null || words?.withMinor || words?.withDanger ? null : maskContacts(text);
  const links = context.wording.programs.get(row.programId)?.links;
  return {
    kind: kind as RequestItem['kind'],
    mentor: named(context, mentorId),
    mentee: named(context, menteeId),
    message: shown(words?.message),
    reply: shown(words?.reply),
    reason: status === 'declined' ? String(reason) : null,
    askedOn: dateOf(Number(openedAt), row.zone),
    closesOn: closesAt == null ? null : dateOf(Number(closesAt), row.zone),
    requestId: String(requestId),
    link: links?.request?.replaceAll('{id}', String(requestId)) ?? null,
    pairLink: linkOf(row, context),
  };
};

const recommendations: ItemOf = (row, context) => ({
  mentors: (Array.isArray(row.fields.mentorIds) ? row.fields.mentorIds : []).map((id) => named(context, id)),
});

const noRequestNudge: ItemOf = (row) => ({ joinedOn: dateOf(Number(row.fields.joinedAt), row.zone) });

const pendingAlert: ItemOf = ({ fields }) => ({
  pending: Number(fields.pending),
  longPending: Number(fields.longPending),
  olderThanDays: Number(fields.olderThanDays),
});

export const requestsItems = {
  'request-received': request,
  'request-reminder': request,
  'request-accepted': request,
  'request-declined': request,
  'request-closed': request,
  'request-withdrawn': request,
  'mentor-full': request,
  'offer-received': request,
  'first-message-prompt': request,
  'assign-reminder': request,
  recommendations,
  'no-request-nudge': noRequestNudge,
  'pending-alert': pendingAlert,
} satisfies Record<string, ItemOf>;
