import type { Resource } from '../resource.ts';

/** The standard resources for mentors. */
export const forMentors: Resource[] = [
  {
    key: 'first-message',
    title: 'A first message that is easy to answer',
    topics: ['getting_started', 'first_message'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Write first: many mentees wait because they do not want to be a bother. Keep it short and friendly.

Say who you are, what made you become a mentor, and one thing that you enjoy. Then ask one question that has no wrong answer, such as what a good day looks like for them. Say when you will write again.

If there is no answer at first, write again after some days, about something small. It is seldom about you.`,
  },
  {
    key: 'going-quiet',
    title: 'When your mentee goes quiet',
    topics: ['reaching_out', 'going_quiet'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Most silences have plain reasons: exams, a new phone, a busy week at home. Take it as neither a no nor a judgment.

Send a short message that needs no answer: a picture, a joke, something that made you think of them. Do not ask why they were silent. Offer a choice that is easy to take, such as Tuesday or Thursday.

If two weeks pass, tell your coordinator. They often know of another way to reach a family, and they would rather hear early.`,
  },
  {
    key: 'expectations',
    title: 'What to expect of the first months',
    topics: ['getting_started', 'expectations'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Trust grows slowly. In the first weeks you may do most of the talking, and hear little thanks. That is usual.

What counts is that you come when you said you would. A mentee who has been let down before watches that more than anything you say. If you must cancel, say so early and name the next time.

You are not there to repair anything. Be interested, keep your word, and let them lead when they want to.`,
  },
  {
    key: 'boundaries',
    title: 'Boundaries that protect both of you',
    topics: ['boundaries'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Agree early on when and how you two are in touch, and keep to what your program allows. Be friendly and open; leave money, loans and large gifts out of it.

Do not promise to keep a secret. You can say: most things stay between us, and if I think that somebody may be hurt, I have to tell a person who can help.

If you are asked for something that does not feel right, you may say that you need to check, and ask your coordinator.`,
  },
  {
    key: 'goal-setting',
    title: 'Setting a goal together',
    topics: ['goals'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Start from what your mentee wants and not from what they should want. Ask what they would like to be different by the end of the term, then make it smaller until one part fits into two weeks.

Write down the first step, when it is done and who helps. Next time begin with what worked. A goal that turned out wrong may be changed; that is learning too.`,
  },
  {
    key: 'when-you-are-worried',
    title: 'When you are worried about your mentee',
    topics: ['safety', 'worried'],
    audience: 'mentor',
    locale: 'en',
    url: null,
    text: `Listen, stay calm, and thank them for telling you. Do not question them or promise secrecy, and do not look into it yourself.

Tell your program's staff the same day, in the words that you heard. You need no proof: a worry is enough, and they know what to do next.

If somebody is in danger now, call the emergency number first, then the staff.`,
  },
];
