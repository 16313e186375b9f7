import { coordinator, menteeOf, peopleOf, type Sample, web } from './sample.ts';

const counterpart: Sample = ({ second, sparse }) => ({
  counterpart: menteeOf(second),
  link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
});

const help = [
  { title: 'Five first questions', text: 'Ask what made them smile this week.', url: null },
  { title: 'When a reply takes long', text: null, url: `${web}/p/17` },
];

export const contactSamples = {
  'log-conversation': counterpart,
  'flag-invitation': counterpart,
  'encourage-contact': counterpart,
  'how-to-reach-out': ({ variant, second, sparse }) => ({
    variant: variant === 'recheck' ? 'recheck' : 'regular',
    counterpart: menteeOf(second),
    link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
    resources: sparse ? [] : help,
    links: [],
  }),
  resources: ({ second, sparse }) => ({
    resources: sparse ? [] : help.slice(second ? 1 : 0),
    links: [],
    link: sparse ? null : `${web}/p/17`,
  }),
  celebrate: counterpart,
  'trouble-case': ({ variant, second, sparse }) => ({
    ...peopleOf(second),
    reporter: sparse ? null : menteeOf(second),
    option: variant === 'immediate' || second ? null : 'talk_to_someone',
    topic: sparse || (variant !== 'immediate' && !second) ? null : 'schedule_conflicts',
    immediate: variant === 'immediate',
    since: '2026-11-25',
    resources: sparse ? [] : [{ name: 'When plans collide' }],
  }),
  'trouble-received': ({ sparse }) => ({ contact: sparse ? null : coordinator, answerBy: '2026-11-27' }),
  'pair-closed': ({ second, sparse }) => ({
    counterpart: menteeOf(second),
    contact: sparse ? null : coordinator,
  }),
} satisfies Record<string, Sample>;
