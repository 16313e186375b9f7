import type { Reader } from '../staff-mail.ts';
import type { Role } from '../step.ts';
import { type PairContext, staffOf } from './context.ts';

/** Those of a pair's staff who read something, one message each, also when they are one person in two roles. */
export function leadsOf(ctx: PairContext, roles: Role[] = ['coordinator', 'supervisor']): Reader[] {
  const readers: Reader[] = [];
  for (const role of roles) {
    const personId = staffOf(ctx, role as 'coordinator' | 'supervisor');
    if (personId && !readers.some((reader) => reader.personId === personId)) readers.push({ role, personId });
  }
  return readers;
}
