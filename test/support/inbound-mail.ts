/** A mail as SendGrid's Inbound Parse posts it: multipart, with a boundary that everybody knows. */

export const boundary = 'xYzZY';
export const contentType = `multipart/form-data; boundary=${boundary}`;

export interface MailGiven {
  /** Recipients of the envelope. */
  envelopeTo: string[];
  envelopeFrom?: string;
  from?: string;
  to?: string;
  spf?: string;
  dkim?: string;
  messageId?: string | null;
  /** Further header lines. */
  headers?: string[];
  text?: string | Buffer;
  charsets?: Record<string, string>;
  /** Parts that replace others by name; null leaves one out. */
  parts?: Record<string, string | Buffer | null>;
  attachment?: Buffer;
}

let mails = 0;

/** The body of the post, with every part that SendGrid sends and in its order. */
export function postedMail(given: MailGiven): Buffer {
  const { envelopeTo, from = 'Kim Doyle <kim@school.example>', to = 'rosa@mail.example', spf = 'pass' } = given;
  const { envelopeFrom = 'kim@school.example', messageId = `<m${++mails}@school.example>`, charsets = {} } = given;
  const lines = [
    'Received: from mx.school.example by mx.example.net',
    ...(given.headers ?? []),
    `From: ${from}`,
    `To: ${to}`,
    'Subject: How are you?',
    ...(messageId === null ? [] : [`Message-ID: ${messageId}`]),
  ];
  const parts: Record<string, string | Buffer | null> = {
    headers: `${lines.join('\r\n')}\r\n`,
    dkim: given.dkim ?? 'none',
    to,
    text: given.text ?? 'We miss you in class.',
    from,
    sender_ip: '192.0.2.7',
    envelope: JSON.stringify({ to: envelopeTo, from: envelopeFrom }),
    attachments: given.attachment ? '1' : '0',
    subject: 'How are you?',
    charsets: JSON.stringify({ to: 'UTF-8', subject: 'UTF-8', from: 'UTF-8', text: 'utf-8', ...charsets }),
    SPF: spf,
    ...given.parts,
  };
  const written = Object.entries(parts).flatMap(([name, value]) => (value === null ? [] : [partOf(name, value)]));
  if (given.attachment) written.push(partOf('attachment1"; filename="photo.jpg', given.attachment));
  return Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]);
}

export function partOf(name: string, value: string | Buffer): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')]);
}
