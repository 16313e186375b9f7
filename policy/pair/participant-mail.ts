import type { Respondent } from '../sections/check-ins.ts';
import type { MessageStep } from '../step.ts';
import type { PairContext } from './context.ts';

/** What differs from one mail to a participant to another. */
export type ParticipantMail = Pick<
  MessageStep,
  'template' | 'planned' | 'slot' | 'expiresAt' | 'heldBy' | 'because'
> & {
  /** What is said, without the person. */
  stepKey: string;
  /** Beside the ids of the two. */
  fields?: Record<string, unknown>;
};

/** A mail to one of a pair, in its only variant; mail to staff is `staffMail`. */
export function participantMail(
  { role, personId }: { role: Respondent; personId: string },
  mail: ParticipantMail,
  { mentorId, menteeId }: PairContext,
): MessageStep {
  const { stepKey, template, planned, slot, expiresAt, fields, heldBy, because } = mail;
  return {
    kind: 'message',
    key: `${stepKey}/${personId}`,
    stepKey: `${stepKey}/${role}`,
    personId,
    role,
    template,
    variant: null,
    channel: 'email',
    planned,
    slot,
    expiresAt,
    fields: { mentorId, menteeId, ...fields },
    heldBy,
    because,
  };
}
