import { createHash } from 'node:crypto';
import { type Html, html } from './html.ts';

/** Pages for the people who get messages: without scripts, for small screens, and nobody keeps or lists them. */

const style = `:root{color-scheme:light dark}
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25}
fieldset{margin:1.5rem 0;padding:.5rem 1rem 1rem;border:1px solid;border-radius:.5rem}
legend{font-weight:bold;padding:0 .5rem}
label{display:flex;gap:.75rem;padding:.5rem 0;cursor:pointer}
input{flex:none;width:1.5rem;height:1.5rem;margin:0}
h2{font-size:1.125rem;margin:1.5rem 0 .25rem}
.field{margin:1.5rem 0}
.field label{display:block;font-weight:bold}
input[type=text],textarea{box-sizing:border-box;width:100%;height:auto;font:inherit;padding:.5rem}
.fault{font-weight:bold}
.faults{border:3px solid;border-radius:.5rem;padding:0 1rem 1rem}
.faults h2{margin-top:1rem}
button{font:inherit;font-weight:bold;width:100%;min-height:3rem;cursor:pointer}`;

const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** What every page is sent with. */
export const pageHeaders: Record<string, string> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${styleSource}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';'),
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
};

/** A whole page; `lang` is a language tag. */
export function page({ lang, title, content }: { lang: string; title: string; content: Html }): string {
  return html`<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${{ html: style }}</style></head>
<body><main>${content}</main></body></html>`.html;
}
