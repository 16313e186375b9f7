import { type Sample, web } from './sample.ts';

const custom: Sample = ({ second, sparse }) => ({
  subject: sparse ? null : second ? 'A visit to the library' : 'Our picnic in May',
  lines: second ? ['We go on Friday.'] : ['Come and eat with us.', '', `Details: ${web}/preferences`],
  links: [`${web}/preferences`],
});

export const customSamples = { custom } satisfies Record<string, Sample>;
