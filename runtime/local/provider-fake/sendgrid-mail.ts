import { z } from 'zod';
import type { SendgridFault } from './answers.ts';
import type { Submission } from './journal.ts';

const DAY_SECONDS = 86_400;

const address = z.looseObject({
  email: z.string().regex(/^[^\s@<>]{1,64}@[^\s@<>]+\.[^\s@<>.]+$/, 'Not an e-mail address'),
  name: z
    .string()
    .regex(/^[^;,\r\n]*$/, 'A name may not hold ; or , or a line break')
    .optional(),
});
const addresses = z.array(address).min(1, 'At least one address').max(1000, 'At most 1000 addresses');
const argumentsOf = z
  .record(z.string(), z.string())
  .refine((given) => JSON.stringify(given).length < 10_000, 'Custom arguments are less than 10,000 bytes');
const reserved =
  /^(x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i;
const headers = z.record(
  z.string().refine((name) => !reserved.test(name), 'A reserved header'),
  z.string().regex(/^[^\r\n]*$/, 'A header may not hold a line break'),
);

const personalization = z
  .looseObject({
    to: addresses,
    cc: addresses.optional(),
    bcc: addresses.optional(),
    subject: z.string().min(1).optional(),
    headers: headers.optional(),
    custom_args: argumentsOf.optional(),
  })
  .superRefine((given, context) => {
    const seen = new Set<string>();
    for (const field of ['to', 'cc', 'bcc'] as const) {
      for (const [index, { email }] of (given[field] ?? []).entries()) {
        const again = seen.has(email.toLowerCase());
        if (again)
          context.addIssue({ code: 'custom', path: [field, index], message: `An address occurs twice: ${email}` });
        seen.add(email.toLowerCase());
      }
    }
  });

const content = z
  .array(z.looseObject({ type: z.string().min(1), value: z.string().min(1, 'Content is empty') }))
  .min(1, 'At least one content')
  .refine(
    (parts) => !parts.slice(1).some(({ type }) => type === 'text/plain'),
    'Plain text comes first, and HTML after it',
  );

const mail = z
  .looseObject({
    personalizations: z.array(personalization).min(1, 'At least one').max(1000, 'At most 1000'),
    from: address,
    reply_to: address.optional(),
    subject: z.string().min(1).optional(),
    content,
    headers: headers.optional(),
    categories: z.array(z.string().max(255)).max(10, 'At most 10 categories').optional(),
    custom_args: argumentsOf.optional(),
    send_at: z.int().optional(),
    mail_settings: z.looseObject({ sandbox_mode: z.looseObject({ enable: z.boolean() }).optional() }).optional(),
  })
  .superRefine(({ subject, personalizations }, context) => {
    if (subject !== undefined || personalizations.every((one) => one.subject !== undefined)) return;
    context.addIssue({ code: 'custom', path: ['subject'], message: 'A subject is needed' });
  });

/** A request to send mail: what it asks, as far as it can be read, and what SendGrid has against it. */
export interface MailReading {
  submission: Submission;
  faults: SendgridFault[];
  sandbox: boolean;
}

/**
 * Reads a mail as SendGrid does.
 * @param now epoch milliseconds; a mail is scheduled at most three days ahead
 */
export function readMail(given: unknown, now: number): MailReading {
  const result = mail.safeParse(given);
  const faults = (result.error?.issues ?? []).map(({ path, message }) => ({ message, field: path.join('.') }));
  const lenient = lenientMail.parse(given);
  if (lenient.send_at !== null && lenient.send_at > now / 1000 + 3 * DAY_SECONDS) {
    faults.push({ field: 'send_at', message: 'More than three days ahead' });
  }
  const sandbox = result.data?.mail_settings?.sandbox_mode?.enable ?? false;
  return { submission: submissionOf(lenient), faults, sandbox };
}

const text = z.string().nullable().catch(null);
const texts = z.record(z.string(), z.coerce.string()).catch({});
const lenientAddresses = z.array(z.object({ email: z.string() }).catch({ email: '' })).catch([]);
const lenientOne = z.object({
  to: lenientAddresses,
  cc: lenientAddresses,
  bcc: lenientAddresses,
  subject: text,
  headers: texts,
  custom_args: texts,
});
/** Whatever can be read of a mail that may be wrong in any way. */
const lenientMail = z
  .object({
    personalizations: z.array(lenientOne).catch([]),
    from: z.object({ email: z.string() }).nullable().catch(null),
    subject: text,
    content: z.array(z.object({ type: z.string(), value: z.string() })).catch([]),
    headers: texts,
    custom_args: texts,
    send_at: z.number().nullable().catch(null),
  })
  .catch({
    personalizations: [],
    from: null,
    subject: null,
    content: [],
    headers: {},
    custom_args: {},
    send_at: null,
  });

function submissionOf(given: z.output<typeof lenientMail>): Submission {
  const all = given.personalizations;
  const emails = (field: 'to' | 'cc' | 'bcc') => all.flatMap((one) => one[field].map(({ email }) => email));
  const part = (type: string) => given.content.find((one) => one.type === type)?.value;
  const customArgs = Object.assign({}, given.custom_args, ...all.map((one) => one.custom_args));
  return {
    provider: 'sendgrid',
    from: given.from?.email ?? null,
    to: emails('to'),
    cc: emails('cc'),
    bcc: emails('bcc'),
    subject: all[0]?.subject ?? given.subject,
    body: part('text/plain') ?? '',
    html: part('text/html') ?? null,
    headers: Object.assign({}, given.headers, ...all.map((one) => one.headers)),
    sendId: customArgs.tandem_send ?? null,
    customArgs,
    statusCallback: null,
    messagingServiceSid: null,
    validityPeriodSeconds: null,
  };
}
