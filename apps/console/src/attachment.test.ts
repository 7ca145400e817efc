import { expect, test } from 'vitest';
import { attachmentHeaders } from './attachment.ts';

test.each([
  ['users.csv', 'text/csv; charset=utf-8', `attachment; filename="users.csv"; filename*=UTF-8''users.csv`],
  ['USERS.JSONL', 'application/x-ndjson', `attachment; filename="USERS.JSONL"; filename*=UTF-8''USERS.JSONL`],
  ['évil "name".csv', 'text/csv; charset=utf-8', `attachment; filename="_vil _name_.csv"; filename*=UTF-8''%C3%A9vil%20%22name%22.csv`],
  [
    "a\r\nSet-Cookie: b';.html",
    'application/octet-stream',
    `attachment; filename="a__Set-Cookie: b';.html"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b%27%3B.html`,
  ],
  ['\ud800', 'application/octet-stream', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ['', 'application/octet-stream', `attachment; filename=""; filename*=UTF-8''`],
])('a file is saved under its name and never shown: %j', (filename, type, disposition) => {
  expect(attachmentHeaders(filename)).toEqual({ 'Content-Type': type, 'Content-Disposition': disposition, 'Cache-Control': 'no-store' });
});
