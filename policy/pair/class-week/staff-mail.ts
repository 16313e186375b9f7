import type { MessageStep, Role } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import { type PairContext, staffOf } from '../context.ts';

/** Staff mail is of use for a week; after that the case itself speaks. */
export const staffMailFor = 7 * DAY;

/** The flag's and the withdrawal's readers: coordinator and supervisor, one message each, also when they are one person. */
export function leadsOf(
  ctx: PairContext,
  roles: Role[] = ['coordinator', 'supervisor'],
): Array<{ role: Role; personId: string }> {
  const readers: Array<{ role: Role; personId: string }> = [];
  for (const role of roles) {
    const personId = staffOf(ctx, role as 'coordinator' | 'supervisor');
    if (personId && !readers.some((reader) => reader.personId === personId)) readers.push({ role, personId });
  }
  return readers;
}

export function staffMail(
  stepKey: string,
  reader: { role: Role; personId: string },
  template: string,
  slot: Instant,
  fields: Record<string, unknown>,
  because: { rule: string; facts: string[] },
): MessageStep {
  return {
    kind: 'message',
    key: `${stepKey}/${reader.personId}`,
    stepKey: `${stepKey}/${reader.role}`,
    personId: reader.personId,
    role: reader.role,
    template,
    variant: null,
    channel: 'email',
    planned: false,
    slot,
    expiresAt: slot + staffMailFor,
    fields,
    heldBy: [],
    because,
  };
}
