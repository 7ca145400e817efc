import type { Counted, CompletionNotice } from './completion-mail.ts';

/** Markup; everything else that comes into a template is escaped. */
class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

function html(texts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const parts = values.map((value, index) => markupOf(value) + (texts[index + 1] ?? ''));
  return new Html((texts[0] ?? '') + parts.join(''));
}

const markupOf = (value: string | Html | readonly Html[]): string =>
  typeof value === 'string'
    ? escape(value)
    : [value]
        .flat()
        .map(({ markup }) => markup)
        .join('');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

// Mail clients know tables and inline styles, and little else.
const accents = { COMPLETED: '#1f7a4d', ABORTED: '#b3261e', CANCELLED: '#6b5b00' } as const;
const cell = 'padding:4px 0;font-size:15px;line-height:22px;vertical-align:top';
const number = `${cell};padding-right:12px;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;font-weight:600`;
const paragraph = 'margin:0 0 16px;font-size:15px;line-height:22px';
const heading = 'margin:24px 0 8px;font-size:16px;line-height:22px';
const link = 'color:#0b57d0;text-decoration:underline';

/** A notice as an HTML document. It loads nothing from elsewhere. */
export function htmlOf(notice: CompletionNotice): string {
  const { subject, status, reason, rows, counts, causes, otherErrors, nextSteps, links, expires, page, warnings } = notice;
  const more = otherErrors === undefined ? [] : [{ label: 'of other causes', count: otherErrors }];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${subject}</title>
      </head>
      <body style="margin:0;padding:0;background:#f3f4f6;color:#1b1c1e;font-family:Arial,Helvetica,sans-serif">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f6">
          <tr>
            <td align="center" style="padding:24px 12px">
              <table
                role="presentation"
                width="600"
                cellpadding="0"
                cellspacing="0"
                style="width:100%;max-width:600px;background:#ffffff;border-top:4px solid ${accents[status]}"
              >
                <tr>
                  <td style="padding:24px">
                    <h1 style="margin:0 0 16px;font-size:20px;line-height:28px">${subject}</h1>
                    ${reason === undefined ? [] : html`<p style="${paragraph}"><strong>Reason:</strong> ${reason}</p> `}${table([{ label: 'rows', count: rows }, ...counts])}
                    ${
                      causes.length === 0
                        ? []
                        : html`<h2 style="${heading}">Why rows failed</h2>
                            ${table([...causes, ...more])} `
                    }
                    <h2 style="${heading}">What to do next</h2>
                    ${nextSteps.map((step) => html`<p style="${paragraph}">${step}</p> `)}
                    ${
                      links.length === 0
                        ? []
                        : html`<h2 style="${heading}">Files</h2>
                            <p style="${paragraph}">
                              ${links.map(({ label, url }) => html`<a href="${url}" style="${link}">${label}</a><br /> `)}They are kept
                              until ${expires}. Whoever has this mail can download them.
                            </p> `
                    }
                    <p style="${paragraph}"><a href="${page}" style="${link}">Open it in the console</a></p>
                    ${warnings.map((warning) => html`<p style="${paragraph};color:#54565a">Note: ${warning}</p> `)}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `.markup;
}

function table(rows: readonly Counted[]): Html {
  const lines = rows.map(
    ({ label, count }) =>
      html`<tr>
        <td style="${number}">${count}</td>
        <td style="${cell}">${label}</td>
      </tr> `,
  );
  return html`<table role="presentation" cellpadding="0" cellspacing="0">
    ${lines}
  </table>`;
}
