import type { Channel } from '../step.ts';
import type { SuppressedCategory } from './consequences.ts';

/** What a person may switch off for an address and on again (M8). What is needed has no switch. */

export interface Choice {
  channel: Channel;
  category: SuppressedCategory;
}

/** A choice, and whether the address is to get no more of it. */
export interface Chosen extends Choice {
  stopped: boolean;
}

/** Every switch, in one order, so that those who change them at once never wait for each other in a circle. */
export const choices: readonly Choice[] = [
  { channel: 'email', category: 'reminder' },
  { channel: 'email', category: 'survey' },
  { channel: 'email', category: 'announcement' },
  { channel: 'email', category: 'optional' },
  { channel: 'sms', category: 'all' },
];

/** One click stops what is not needed (RFC 8058). */
export const oneClick: readonly Chosen[] = [{ channel: 'email', category: 'optional', stopped: true }];

export function nameOf({ channel, category }: Choice): string {
  return `${channel}.${category}`;
}

/**
 * What a filled form asks for: a channel that it did not show keeps its switches as they are.
 * @param stopped names of the choices that were switched off
 */
export function chosenBy(shown: readonly Channel[], stopped: readonly string[]): Chosen[] {
  return choices
    .filter(({ channel }) => shown.includes(channel))
    .map((choice) => ({ ...choice, stopped: stopped.includes(nameOf(choice)) }));
}

/** Whether a choice comes at present: whatever is wider than it stops it too. */
export function comes({ channel, category }: Choice, suppressed: readonly Choice[]): boolean {
  const wider: SuppressedCategory[] = ['all', 'optional', category];
  return !suppressed.some((one) => one.channel === channel && wider.includes(one.category));
}
