import type { ContactPolicy } from '../../sections/contact.ts';
import type { Hold, MessageStep, PlannedStep, Step } from '../../step.ts';
import { dateOf, earliest, type Instant } from '../../time.ts';
import { decideAt, type PairContext, policyNow, zoneOf } from '../context.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import { type ContactState, type OngoingKind, ongoingKinds, type SaidMessage } from './facts.ts';
import {
  expiryOf,
  isWanted,
  type Listener,
  listenersOf,
  nextMessage,
  type Silence,
  type Surroundings,
  silenceOf,
} from './ongoing.ts';

/** The ongoing messages of T1 as steps: those that stand, and those to come. */

function sectionOf(ctx: PairContext): ContactPolicy | null {
  return ctx.closed ? null : (policyNow(ctx).policy.contact ?? null);
}

function keyOf(kind: OngoingKind, slot: Instant, ctx: PairContext): string {
  return `${ctx.pairId}/${dateOf(slot, zoneOf(ctx))}/${kind}`;
}

function messageOf(
  message: Pick<SaidMessage, 'kind' | 'slot' | 'days'>,
  listener: Listener,
  { contact }: Silence,
  ctx: PairContext,
): MessageStep {
  const { kind, slot, days } = message;
  const mail: ParticipantMail = {
    stepKey: keyOf(kind, slot, ctx),
    template: kind,
    planned: true,
    slot,
    expiresAt: expiryOf(slot, ctx),
    fields: { days },
    heldBy: ['automated', 'all'],
    because: { rule: 'T1', facts: kind === 'log-conversation' && contact !== null ? [contact] : [] },
  };
  return participantMail(listener, mail, ctx);
}

/** What stands for both: what was said and is still true, and what is said now. */
export function dueMessages(state: ContactState, now: Instant, ctx: PairContext, holds: Hold[]): MessageStep[] {
  const section = sectionOf(ctx);
  if (!section) return [];
  const silence = silenceOf(state, ctx);
  return listenersOf(state, ctx, holds).flatMap((listener) => {
    const standing = listener.said.filter(
      ({ kind, slot, days }) => now < expiryOf(slot, ctx) && isWanted(kind, slot, days, silence, ctx),
    );
    const next = nextMessage(listener, { section, silence, now, ctx, holds });
    const fresh = next && decideAt(next.slot, ctx) <= now ? [next] : [];
    return [...standing, ...fresh].map((message) => messageOf(message, listener, silence, ctx));
  });
}

/** When the next one is decided; one that could have been and was not is looked at again when its time is over. */
export function nextMessageAt(state: ContactState, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null {
  const section = sectionOf(ctx);
  if (!section) return null;
  const around = { section, silence: silenceOf(state, ctx), now, ctx, holds };
  const instants = listenersOf(state, ctx, holds).flatMap((listener) => {
    const next = nextMessage(listener, around);
    if (!next) return [];
    const at = decideAt(next.slot, ctx);
    return [at > now ? at : expiryOf(next.slot, ctx)];
  });
  return earliest(instants);
}

/** Remembers a message that was said: when the next may come cannot be told from facts alone. */
export function withSaid(state: ContactState, step: Step): ContactState {
  const kind = ongoingKinds.find((known) => step.kind === 'message' && step.template === known);
  if (step.kind !== 'message' || !kind) return state;
  const { personId, slot, fields } = step;
  const isKnown = state.said.some((item) => item.kind === kind && item.personId === personId && item.slot === slot);
  if (isKnown) return state;
  const said = [...state.said, { kind, personId, slot, days: Number(fields.days) }];
  return { ...state, said: said.sort((a, b) => a.slot - b.slot || (a.personId < b.personId ? -1 : 1)) };
}

const unless: Record<OngoingKind, string> = {
  'encourage-contact': 'anything happens before then',
  'log-conversation': 'any contact before then',
  'flag-invitation': 'no reaction to the ones before',
};

/** What both are to hear if nothing happens until then. */
export function plannedMessages(
  state: ContactState,
  now: Instant,
  until: Instant,
  ctx: PairContext,
  holds: Hold[],
): PlannedStep[] {
  const section = sectionOf(ctx);
  if (!section) return [];
  const around = { section, silence: silenceOf(state, ctx), now, ctx, holds };
  return listenersOf(state, ctx, holds).flatMap((listener) => planned(listener, until, around));
}

function planned(listener: Listener, until: Instant, around: Surroundings): PlannedStep[] {
  const { now, ctx, silence } = around;
  const waiting = listener.said.filter(
    ({ kind, slot, days }) => slot > now && isWanted(kind, slot, days, silence, ctx),
  );
  const messages: Array<Pick<SaidMessage, 'kind' | 'slot'>> = [...waiting];
  let said = listener.said;
  for (;;) {
    const next = nextMessage({ ...listener, said }, around);
    if (!next || next.slot > until) break;
    messages.push(next);
    said = [...said, { ...next, personId: listener.personId }];
  }
  return messages
    .filter(({ slot }) => slot > now && slot <= until)
    .map(({ kind, slot }) => ({
      key: `${keyOf(kind, slot, ctx)}/${listener.personId}`,
      at: slot,
      template: kind,
      channel: 'email',
      to: listener.personId,
      variant: null,
      unless: unless[kind],
    }));
}
