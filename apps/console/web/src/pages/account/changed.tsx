import type { ParticipantMessage } from '@advocate/contracts';
import { jobAddress } from '../../text/addresses.ts';
import { formatNumber } from '../../text/format.ts';

/** The job and row that last changed a participant. */
export function Changed({ tenant, changedBy }: { tenant: string; changedBy: ParticipantMessage['changedBy'] }) {
  if (changedBy === undefined || changedBy.jobId === '') return <>A direct call of the API</>;
  return (
    <>
      Row {formatNumber(changedBy.recordNumber)} of <a href={jobAddress(tenant, changedBy.jobId)}>job {changedBy.jobId}</a>
    </>
  );
}
