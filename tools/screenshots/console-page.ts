import { writeFileSync } from 'node:fs';
import { views } from './album.ts';

/** The pages of the console with their states, by the names of their pictures. */
const pages: Readonly<Record<string, { readonly text: string; readonly states: Readonly<Record<string, string>> }>> = {
  Import: {
    text: 'Takes a file, shows how it is understood, and starts the job. An upload that breaks off goes on where it stopped. Each type has a template to start from.',
    states: {
      import: 'Users or Delete Users; the file is dropped or selected. Segments are added, removed or cleared for every user of the file.',
      'import-preview':
        'Before anything is applied: the number of rows, each column as it was understood, what is ignored and was perhaps meant otherwise, the first rows, and which of them would fail. All rows can be checked too.',
      'deletion-confirmation': 'A deletion starts only after the number of its rows was typed.',
    },
  },
  'Imports & Exports': {
    text: 'All jobs, newest first, by type, status and time: live progress with rate and remaining time, counts per outcome, downloads, and cancelling.',
    states: {
      jobs: 'A job that runs, and others that are done.',
      'jobs-empty': 'Before the first import.',
      loading: 'While the answer takes its time.',
      'server-away': 'When the server is away the page says what to do, keeps what it has, and goes on by itself.',
    },
  },
  Job: {
    text: 'One job: counts, progress over time, errors by cause, files, options and what happened when.',
    states: {
      'job-running': 'Running: share, rate and remaining time move, and so does the line.',
      'job-failed-rows':
        'Failed rows by cause, with the first of each: record, line, column and the value that stands there. They are also a file of their own, to be corrected and imported again.',
      'job-aborted': 'Aborted: why, and a way to go on once that is repaired.',
      'job-expired': 'Files are kept for 30 days; then they are gone, and the counts remain.',
    },
  },
  Participants: {
    text: 'Finds people by account, user id, e-mail address or referral code.',
    states: {
      participants: 'Whoever has the id, in whichever account.',
      account:
        'An account with its users: fields, codes and links, segments, custom fields, referrals on either side, and the job and row that last changed them.',
    },
  },
};

const widths: Readonly<Record<string, string>> = { desktop: '37%', phone: '11%' };

/** Writes the page that shows the pictures. */
export function writeConsolePage(file: string): void {
  const lines = [
    '# The console',
    '',
    '`advocate serve` prints its address; on its own it is `node apps/console/src/main.ts`. It fits a phone, follows the setting for dark, and is used by keyboard and',
    'screen reader. All of its pages together weigh less than 150 kB and paint within a second; tests hold it to that. What it is safe against is in',
    '[ADR 7](adr/0007-console-gateway.md). The people in the pictures are made up; `npm run screenshots` takes the pictures anew.',
  ];
  for (const [title, { text, states }] of Object.entries(pages)) {
    lines.push('', `## ${title}`, '', text);
    for (const [name, what] of Object.entries(states)) lines.push('', what, '', picturesOf(name));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

const picturesOf = (name: string): string =>
  views
    .map(({ view }) => {
      const [size = '', scheme = ''] = view.split('-');
      const alt = `${name.replaceAll('-', ' ')}, ${size}, ${scheme}`;
      return `<img src="screenshots/${name}-${view}.png" alt="${alt}" width="${widths[size]}" align="top">`;
    })
    .join('\n');
