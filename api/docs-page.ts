import { createHash } from 'node:crypto';
import type { OpenApiDocument } from './openapi.ts';
import { escapeHtml } from './pages/html.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;background:#f4f4f4;color:#222;padding:1rem}
h3{margin:2rem 0 0}h3 b{text-transform:uppercase}`;

/** What the content security policy must allow for the page: its one style sheet, and nothing else. */
export const docsStyleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

type Paths = NonNullable<OpenApiDocument['paths']>;
type Operation = NonNullable<Paths[string]['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The document as one page of HTML without scripts, which loads nothing from anywhere. */
export function docsPage(document: OpenApiDocument): string {
  const { info, paths = {}, tags = [], components } = document;
  const sections = tags.map(({ name }) => `<h2>${escapeHtml(name)}</h2>${operationsOf(paths, name)}`);
  const schemas = Object.entries(components?.schemas ?? {}).map(([name, schema]) => details(name, schema));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(info.title)}</title>
<meta name="viewport" content="width=device-width"><style>${style}</style></head><body>
<h1>${escapeHtml(info.title)}</h1><p>${escapeHtml(info.description ?? '')}</p>
<p><a href="openapi.json">openapi.json</a></p>
${sections.join('\n')}<h2>Schemas</h2>${schemas.join('\n')}</body></html>`;
}

function operationsOf(paths: Paths, tag: string): string {
  const found: string[] = [];
  for (const [path, item] of Object.entries(paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation?.tags?.includes(tag)) found.push(operationOf(method, path, operation));
    }
  }
  return found.join('\n');
}

function operationOf(method: string, path: string, operation: Operation): string {
  const { operationId = '', summary = '', description = '', parameters, requestBody, responses } = operation;
  return `<section id="${escapeHtml(operationId)}"><h3><b>${method}</b> <code>${escapeHtml(path)}</code></h3>
<p>${escapeHtml(summary)}. ${escapeHtml(description)}</p>
${parameters?.length ? details('Parameters', parameters) : ''}
${requestBody ? details('Body', requestBody) : ''}
${details('Answers', responses)}</section>`;
}

function details(title: string, value: unknown): string {
  return `<details><summary>${escapeHtml(title)}</summary><pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre></details>`;
}
