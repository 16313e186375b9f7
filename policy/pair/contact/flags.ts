import type { ContactPolicy } from '../../sections/contact.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, MessageStep, Step } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { idOf, type PairContext, policyNow, staffOf } from '../context.ts';
import { contactPerson } from './contact-person.ts';
import { type ContactState, type Flag, isRetracted, reportPrefix } from './facts.ts';
import { answerFor, answerTo, type Reported, receivedNotice } from './reports.ts';

/** Flags: something that a participant wants staff to look at (T9). Each is a case of its own. */

export function flagKey({ ref }: Flag, ctx: PairContext): string {
  return `${reportPrefix(ref, ctx)}/flag`;
}

/** Whether staff still have it before them: what is urgent outlives the match, and so does what came after its end. */
function isOpen(flag: Flag, state: ContactState, ctx: PairContext): boolean {
  if (isRetracted(state, flag)) return false;
  const key = flagKey(flag, ctx);
  if (state.resolutions.some(({ caseKey }) => caseKey === key)) return false;
  return ctx.closed === null || flag.immediate || flag.receivedAt > ctx.closed.at;
}

function openFlags(state: ContactState, ctx: PairContext): Flag[] {
  return policyNow(ctx).policy.contact ? state.flags.filter((flag) => isOpen(flag, state, ctx)) : [];
}

/** The open cases, with what is said about each. */
export function dueFlags(state: ContactState, now: Instant, ctx: PairContext): Step[] {
  const section = policyNow(ctx).policy.contact;
  if (!section) return [];
  return openFlags(state, ctx).flatMap((flag): Step[] => [caseOf(flag, ctx), ...messagesOf(flag, section, now, ctx)]);
}

function caseOf(flag: Flag, ctx: PairContext): CaseStep {
  const { ref, receivedAt, reporterId, topic, immediate } = flag;
  return {
    kind: 'case',
    key: flagKey(flag, ctx),
    caseKind: 'flag',
    ...(reporterId !== null && { personId: reporterId }),
    assignee: contactPerson(ctx)?.personId ?? null,
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'flag',
    openedAt: receivedAt,
    facts: [ref],
    details: { topic, priority: immediate ? 'immediate' : 'normal' },
    lines: [],
  };
}

function messagesOf(flag: Flag, section: ContactPolicy, now: Instant, ctx: PairContext): MessageStep[] {
  if (now >= flag.receivedAt + Math.min(staffMailFor, answerFor)) return [];
  return [...staffMailsOf(flag, section, ctx), ...answersOf(flag, section, ctx)];
}

/** What is immediate reaches its reader by mail and text at once, whatever the hour. */
function staffMailsOf(flag: Flag, section: ContactPolicy, ctx: PairContext): MessageStep[] {
  const reader = contactPerson(ctx);
  if (!reader) return [];
  const { ref, receivedAt, by, reporterId, topic, immediate } = flag;
  const fields = {
    mentorId: ctx.mentorId,
    menteeId: ctx.menteeId,
    personId: reporterId,
    by,
    option: null,
    topic,
    immediate,
    proposeResources: section.flagResources === 'propose',
    since: receivedAt,
    caseKey: flagKey(flag, ctx),
  };
  const because = { rule: 'T9', facts: [ref] };
  const key = `${flagKey(flag, ctx)}-case`;
  const mail = staffMail(key, reader, 'trouble-case', receivedAt, fields, because);
  if (!immediate) return [mail];
  const text = staffMail(`${key}-text`, reader, 'trouble-case', receivedAt, fields, because);
  return [
    { ...mail, variant: 'immediate' },
    { ...text, variant: 'immediate', channel: 'sms', mailTwin: mail.key },
  ];
}

/** The sender hears who will be in touch, and gets what there is on the topic where the policy says so. */
function answersOf(flag: Flag, section: ContactPolicy, ctx: PairContext): MessageStep[] {
  const { ref, receivedAt, by, reporterId, topic } = flag;
  if (ctx.closed || by === null || reporterId === null) return [];
  const report: Reported = { ref, receivedAt, by, reporterId };
  const because = { rule: 'T9', facts: [ref] };
  const notice = receivedNotice(report, because, ctx);
  if (section.flagResources !== 'send' || topic === null) return [notice];
  const resources = answerTo(report, 'resources', { topic }, because, ctx);
  return [notice, { ...resources, heldBy: ['automated', 'all'] }];
}

/** The open cases, as the pair shows them. */
export function openFlagCases(
  state: ContactState,
  ctx: PairContext,
): Array<{ id: string; kind: string; since: Instant }> {
  return openFlags(state, ctx).map((flag) => ({
    id: idOf('case', flagKey(flag, ctx)),
    kind: 'flag',
    since: flag.receivedAt,
  }));
}
