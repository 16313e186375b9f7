import type { Resource } from './resource.ts';
import { forAll, forGuardians } from './standard/everybody.ts';
import { forMentees } from './standard/mentees.ts';
import { forMentors } from './standard/mentors.ts';

/** What every program offers until it switches it off or puts words of its own in its place. */
export const standardResources: readonly Resource[] = [...forMentors, ...forMentees, ...forGuardians, ...forAll];
