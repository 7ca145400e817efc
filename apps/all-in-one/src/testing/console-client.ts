import type { ImportJob, UploadMessage } from '@advocate/contracts';
import { until } from './suite-client.ts';

/** An answer of the console. */
export interface ConsoleAnswer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** What its JSON says; the text when it is none. */
  readonly body: Body;
}

/** Speaks to a console as its page does. */
export class ConsoleClient {
  readonly #url: string;

  constructor(url: string | undefined) {
    if (url === undefined) throw new TypeError('The suite serves no console');
    this.#url = url;
  }

  /** Asks for a path below the tenant, or, when it begins with `/`, below the root. */
  async ask<Body>(method: string, path: string, body?: object): Promise<ConsoleAnswer<Body>> {
    const answer = await this.fetch(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json') === true;
    return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as Body };
  }

  fetch(path: string, init: Omit<RequestInit, 'headers'> = {}): Promise<Response> {
    const url = `${this.#url}${path.startsWith('/') ? '' : '/api/tenants/default/'}${path}`;
    return fetch(url, { ...init, headers: { 'X-Advocate-Console': '1' } });
  }

  /** Uploads a file in one go and answers its name for a job. */
  async upload(content: string, filename = 'users.csv'): Promise<string> {
    const { body: upload } = await this.ask<UploadMessage>('POST', 'uploads', { filename, sizeBytes: Buffer.byteLength(content) });
    const path = uploadPath(upload);
    await this.fetch(`${path}?offset=0`, { method: 'PUT', body: content });
    return (await this.ask<{ fileRef: string }>('POST', `${path}/finish`)).body.fileRef;
  }

  /** Starts a job with a file. */
  async start(content: string, importJob: Partial<ImportJob> = {}): Promise<ImportJob> {
    const fileRef = await this.upload(content);
    const answer = await this.ask<{ importJob: ImportJob }>('POST', 'importJobs', { importJob: { type: 'USERS', ...importJob, fileRef } });
    return answer.body.importJob;
  }

  /** The job once it has its final status. */
  async ended({ id }: ImportJob): Promise<ImportJob> {
    const look = async (): Promise<ImportJob | undefined> => {
      const { body } = await this.ask<ImportJob>('GET', `importJobs/${id}`);
      return body.status === 'PENDING' ? undefined : body;
    };
    return until(look, `the end of job ${id}`);
  }

  /** Deletes a job that has ended once its last event has gone out. */
  async remove(id: string): Promise<ConsoleAnswer> {
    const tryTo = async (): Promise<ConsoleAnswer | undefined> => {
      const answer = await this.ask<{ readonly error?: { readonly reason: string } }>('DELETE', `importJobs/${id}`);
      return answer.body.error?.reason === 'JOB_OWES_EVENT' ? undefined : answer;
    };
    return until(tryTo, `job ${id} can be deleted`);
  }
}

/** Where an upload is, below the tenant. */
export const uploadPath = ({ name }: UploadMessage): string => `uploads/${name.split('/').at(-1)}`;

/** A server-sent event; one without a name is a message. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Reads the events of a stream in order. */
export async function* eventsOf({ body }: Response): AsyncGenerator<ServerEvent> {
  let text = '';
  for await (const block of (body ?? []) as AsyncIterable<Uint8Array>) {
    text += Buffer.from(block).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const lines of blocks) {
      const fields = new Map(lines.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', data: JSON.parse(data) };
    }
  }
}
