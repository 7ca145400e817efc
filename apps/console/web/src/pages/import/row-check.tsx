import type { ImportValidation } from '@advocate/contracts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount, formatNumber } from '@advocate/format';
import { type NewJob, validateJob } from '../../api/jobs.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Icon } from '../../components/icon.tsx';
import { useAction } from '../../hooks/use-action.ts';

const shownErrors = 10;

/** Checks every row on request, before any is applied. Name and mail have no part in it. */
export function RowCheck({ tenant, job }: { tenant: string; job: NewJob }) {
  const [found, setFound] = useState<ImportValidation>();
  const controller = useRef(new AbortController());
  useEffect(() => () => controller.current.abort(), []);
  const check = useAction(async () => {
    const { validation } = await validateJob(tenant, { ...job, displayName: '', mailtoEmail: '' }, controller.current.signal);
    setFound(validation);
  });
  return (
    <div>
      {found === undefined && (
        <div class="row-check">
          <button type="button" class="button" disabled={check.isRunning} onClick={() => void check.run()}>
            {check.isRunning ? 'Checking all rows…' : 'Check all rows'}
          </button>
          <span class="hint">Looks for rows that would fail, and applies nothing.</span>
        </div>
      )}
      {check.error !== undefined && <ErrorNotice title="The rows could not be checked" error={check.error} />}
      <div role="status">{found !== undefined && <Finding found={found} />}</div>
    </div>
  );
}

function Finding({ found: { recordsRead, recordsInvalid, firstErrors } }: { found: ImportValidation }) {
  if (recordsInvalid === 0) {
    return (
      <p class="notice notice-ok">
        <Icon name="check" />
        <span class="notice-text">All {formatCount(recordsRead, 'row')} can be read.</span>
      </p>
    );
  }
  const more = recordsInvalid - Math.min(shownErrors, firstErrors.length);
  return (
    <div class="notice notice-warn">
      <Icon name="alert" />
      <div class="notice-text">
        <p class="notice-title">
          {formatNumber(recordsInvalid)} of {formatCount(recordsRead, 'row')} would fail; the others would be applied.
        </p>
        <ul>
          {firstErrors.slice(0, shownErrors).map(({ recordNumber, message }) => (
            <li key={recordNumber}>
              Row {formatNumber(recordNumber)}: {message}
            </li>
          ))}
        </ul>
        {more > 0 && <p>And {formatCount(more, 'other')}.</p>}
      </div>
    </div>
  );
}
