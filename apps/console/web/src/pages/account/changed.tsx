import type { ParticipantMessage } from '@advocate/contracts';
import { formatNumber } from '@advocate/format';
import { jobAddress } from '../../text/addresses.ts';

/** The job and row that last changed a participant. */
export function Changed({ tenant, changedBy }: { tenant: string; changedBy: ParticipantMessage['changedBy'] }) {
  if (changedBy === undefined || changedBy.jobId === '') return <>A direct call of the API</>;
  return (
    <>
      Row {formatNumber(changedBy.recordNumber)} of <a href={jobAddress(tenant, changedBy.jobId)}>job {changedBy.jobId}</a>
    </>
  );
}
