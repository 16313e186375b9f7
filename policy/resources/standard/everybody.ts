import type { Resource } from '../resource.ts';

/** The standard resources for guardians, and those for everybody. */
export const forGuardians: Resource[] = [
  {
    key: 'what-mentoring-is',
    title: 'What your child and their mentor do together',
    topics: ['getting_started', 'expectations'],
    audience: 'guardian',
    locale: 'en',
    url: null,
    text: `A mentor is an adult who makes time for your child: to talk, to try things, to think about school and plans. A mentor is not a tutor, and does not take the place of family.

Staff stay in touch with every mentor. From time to time they will ask you too how it goes.

You can help by asking about it now and then, and by telling staff when plans change. Tell them at once if anything worries you.`,
  },
];

export const forAll: Resource[] = [
  {
    key: 'first-meeting-ideas',
    title: 'Ideas for the first meetings',
    topics: ['first_meeting', 'meetings'],
    audience: 'all',
    locale: 'en',
    url: null,
    text: `Do something beside talking: walk, cook, play a game, draw a map of where each of you has lived. It is easier to talk when your hands are busy.

Ask each other three things you would not find out by looking: a skill you have, a place you would like to see, something you changed your mind about.

End with a plan: when you meet next, and who writes first.`,
  },
  {
    key: 'ending-well',
    title: 'Ending well',
    topics: ['ending', 'closure'],
    audience: 'all',
    locale: 'en',
    url: null,
    text: `Every match ends one day, and how it ends is remembered. Talk about it some weeks before, so that nobody is taken by surprise.

Look back together: what was fun, what was hard, what each of you learned. Say thank you in a way that can be kept, such as a letter.

Ask your program what it allows about staying in touch, and make no promise that you may not keep.`,
  },
];
