import type { Resource } from '../resource.ts';

/** The standard resources for mentees. */
export const forMentees: Resource[] = [
  {
    key: 'your-first-message',
    title: 'Your first message to your mentor',
    topics: ['getting_started', 'first_message'],
    audience: 'mentee',
    locale: 'en',
    url: null,
    text: `You do not have to sound clever. Say hi, what you like to be called, and one thing that you like doing.

If you want, say one thing that you would like help with, or ask your mentor what they were like at your age. Two or three sentences are enough.

Your mentor chose to be here for you. A short answer is better than a perfect one that is never sent.`,
  },
  {
    key: 'reaching-your-mentor',
    title: 'When it is hard to reach your mentor',
    topics: ['reaching_out', 'going_quiet'],
    audience: 'mentee',
    locale: 'en',
    url: null,
    text: `Mentors get busy too, and messages get lost. It is fine to write again: "Hi, just checking that you got my message."

Say when you can talk, and how you like to be reached. If you hear nothing for two weeks, tell the staff of your program. You are not getting anybody into trouble; they can find out what happened.`,
  },
  {
    key: 'when-something-feels-wrong',
    title: 'When something does not feel right',
    topics: ['safety', 'worried', 'boundaries'],
    audience: 'mentee',
    locale: 'en',
    url: null,
    text: `You may say no, to a question, a plan or a picture, and you do not have to explain.

If something makes you uneasy, tell an adult you trust or the staff of your program. You can do so even if you are not sure, and even if somebody asked you to keep it secret. You will not be blamed.

If you are in danger now, call the emergency number.`,
  },
];
