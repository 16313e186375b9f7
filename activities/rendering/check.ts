import type { TemplateContext } from '../../templates/context.ts';
import { type Channel, type TemplateKey, templateOf } from '../../templates/table.ts';
import { sourceLimit } from './engine.ts';
import { UnfilledTemplateError } from './fault.ts';
import { otherMissedDate, sampleContext, sampleLinks, sampleMentees, sampleMissedDate } from './samples.ts';
import type { Rendered, RenderInput } from './types.ts';
import { hasControlInBody, hasControlInSubject } from './values.ts';

/** The most segments one text about one pair may take. */
const segmentLimit = 4;

/** A program's own words for one template, as they are about to be stored. */
export interface TemplateDraft {
  key: TemplateKey;
  channel: Channel;
  variant: string;
  locale: string;
  subject?: string | undefined;
  body: string;
  /** The program's own links, which its words may carry as they stand. */
  allowedLinks?: readonly string[];
}

/** One thing wrong with a draft: where, as a JSON pointer into it, and what. */
export interface Finding {
  pointer: string;
  detail: string;
}

type Render = (input: RenderInput) => Rendered;
type Trial = { rendered: Rendered | null; findings: Finding[] };

/** How a draft is rendered with sample data; without a body, the default text. */
export function previewInput(draft: Omit<TemplateDraft, 'body'> & { body?: string | undefined }): RenderInput {
  const { key, channel, variant, locale, subject, body } = draft;
  return {
    key,
    channel,
    variant,
    locale,
    own: body === undefined ? null : { subject, body },
    context: sampleContext(key, [variant]),
    allowedLinks: [...sampleLinks, ...(draft.allowedLinks ?? [])],
  };
}

/**
 * Everything wrong with a draft: what is plain from its source, then what shows when it is rendered with sample data, alone
 * and merged, full and with every optional field empty (M4, M11, W6).
 */
export function checkTemplate(render: Render, draft: TemplateDraft): Finding[] {
  const plain = [...placeFindings(draft), ...sourceFindings(draft)];
  if (plain.length > 0) return plain;
  const single = attempt(render, draft, sampleContext(draft.key, [draft.variant]));
  const findings = [
    ...single.findings,
    ...attempt(render, draft, sampleContext(draft.key, [draft.variant], { sparse: true })).findings,
    ...segmentFindings(render, draft),
    ...mergedSamples(draft).flatMap((context) => mergedFindings(render, draft, context)),
    ...(single.rendered === null ? [] : missedWeekFindings(render, draft, single.rendered)),
  ];
  return unique(findings);
}

function placeFindings({ key, channel, variant }: TemplateDraft): Finding[] {
  const { channels, variants } = templateOf(key);
  const findings: Finding[] = [];
  if (!channels.includes(channel)) findings.push({ pointer: '/channel', detail: `${key} does not go by ${channel}` });
  if (!variants.includes(variant)) findings.push({ pointer: '/variant', detail: `${key} has no variant ${variant}` });
  return findings;
}

function sourceFindings({ channel, subject, body }: TemplateDraft): Finding[] {
  const findings: Finding[] = [];
  if (channel === 'email' && !subject?.trim()) findings.push({ pointer: '/subject', detail: 'a mail needs a subject' });
  if (channel === 'sms' && subject !== undefined)
    findings.push({ pointer: '/subject', detail: 'a text has no subject' });
  if (hasControlInSubject(subject ?? ''))
    findings.push({ pointer: '/subject', detail: 'contains a line break or another control character' });
  if (hasControlInBody(body.replaceAll('\r\n', '\n')))
    findings.push({ pointer: '/body', detail: 'contains a control character' });
  if (body.length > sourceLimit) findings.push({ pointer: '/body', detail: `is over ${sourceLimit} characters` });
  if ((subject ?? '').length > sourceLimit)
    findings.push({ pointer: '/subject', detail: `is over ${sourceLimit} characters` });
  return findings;
}

function attempt(render: Render, draft: TemplateDraft, context: TemplateContext): Trial {
  try {
    return { rendered: render({ ...previewInput(draft), context }), findings: [] };
  } catch (error) {
    if (!(error instanceof UnfilledTemplateError)) throw error;
    const line = error.line === null || error.message.includes(', line:') ? '' : `, line:${error.line}`;
    return { rendered: null, findings: [{ pointer: `/${error.part}`, detail: `${error.message}${line}` }] };
  }
}

/** Judged at its longest: the first text to a number, which also says how to stop. */
function segmentFindings(render: Render, draft: TemplateDraft): Finding[] {
  const { rendered, findings } = attempt(render, draft, sampleContext(draft.key, [draft.variant], { firstText: true }));
  const segments = rendered?.segments ?? 0;
  if (segments <= segmentLimit) return findings;
  return [{ pointer: '/body', detail: `takes ${segments} text segments, more than ${segmentLimit}` }];
}

/** Two of the same wording, and for a template with several wordings the mix its last one has to carry (M4, W6). */
function mergedSamples({ key, variant }: TemplateDraft): TemplateContext[] {
  const same = sampleContext(key, [variant, variant]);
  return variant === 'missed-week' ? [same, sampleContext(key, [variant, 'regular'])] : [same];
}

function mergedFindings(render: Render, draft: TemplateDraft, context: TemplateContext): Finding[] {
  const { rendered, findings } = attempt(render, draft, context);
  if (rendered === null || draft.key !== 'class-reminder') return findings;
  const missing = sampleMentees.filter((name) => !rendered.body.includes(name));
  if (missing.length === 0) return [];
  return [{ pointer: '/body', detail: 'must name every mentee: go through items and use item.mentee.name' }];
}

/** A text names the missed week when another missed week makes another text (W6). */
function missedWeekFindings(render: Render, draft: TemplateDraft, single: Rendered): Finding[] {
  if (draft.key !== 'class-reminder' || draft.variant !== 'missed-week') return [];
  const context = sampleContext(draft.key, [draft.variant]);
  const items = context.items.map((item) => ({ ...item, missedDate: otherMissedDate }));
  const other = attempt(render, draft, { ...context, items }).rendered;
  if (other?.body !== single.body) return [];
  return [{ pointer: '/body', detail: `must name the missed week (${sampleMissedDate}): use item.missedDate | day` }];
}

function unique(findings: Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.pointer} ${finding.detail}`, finding])).values()];
}
