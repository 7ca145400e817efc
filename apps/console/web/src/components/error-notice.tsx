import type { ApiError } from '../api/api-error.ts';
import { remedy } from '../text/remedy.ts';
import { Icon } from './icon.tsx';

/** What went wrong, where, and what to do. Read out when it appears. */
export const ErrorNotice = ({ error, title, retry }: { error: ApiError; title: string; retry?: () => void }) => (
  <div class="notice notice-bad" role="alert">
    <Icon name="alert" />
    <div class="notice-text">
      <p class="notice-title">{title}</p>
      <p>{error.message}</p>
      {error.violations.length > 0 && (
        <ul>
          {error.violations
            .filter(({ description }) => description !== error.message)
            .map(({ field, description }) => (
              <li key={field + description}>{field === '' ? description : `${field}: ${description}`}</li>
            ))}
        </ul>
      )}
      {remedy(error) !== undefined && <p>{remedy(error)}</p>}
    </div>
    {retry !== undefined && (
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
);
