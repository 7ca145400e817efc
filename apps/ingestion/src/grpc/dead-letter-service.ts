import type { DeadLetterServiceServer } from '@advocate/contracts';
import { DeadLetterServiceService } from '@advocate/contracts';
import type { EventLog } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { GrpcHandlers, pageOf, readPageSize, readResourceName, RequestError, resourceName } from '@advocate/service';

const defaultPageSize = 100;

/** Serves DeadLetterService. */
export function deadLetterService({ log, logger }: { readonly log: EventLog; readonly logger: Logger }): GrpcService {
  const handlers = new GrpcHandlers(logger);
  const implementation: DeadLetterServiceServer = {
    listDeadLetters: handlers.unary(async ({ pageSize, pageToken }) => {
      const size = readPageSize(pageSize, defaultPageSize);
      const found = await log.deadLetters(size + 1, pageToken || undefined);
      const { items, nextPageToken } = pageOf(found, size, ({ id }) => id);
      const deadLetters = items.map(({ id, date, ...letter }) => ({
        ...letter,
        name: resourceName('deadLetters', id),
        date: date.getTime(),
      }));
      return { deadLetters, nextPageToken };
    }),

    replayDeadLetter: handlers.unary(async ({ name }) => {
      const [id = ''] = readResourceName('name', name, 'deadLetters');
      if (!(await log.replay(id))) {
        throw new RequestError('NOT_FOUND', 'DEAD_LETTER_NOT_FOUND', `There is no dead letter ${name}. List the dead letters to find it.`);
      }
      return {};
    }),
  };
  return { definition: DeadLetterServiceService, implementation };
}
