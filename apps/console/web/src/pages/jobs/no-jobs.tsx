import { Empty } from '../../components/empty.tsx';
import { importAddress, jobsAddress } from '../../text/addresses.ts';

/** The picture of a tenant, or a filter, without jobs. */
export const NoJobs = ({ tenant, isFiltered }: { tenant: string; isFiltered: boolean }) =>
  isFiltered ? (
    <Empty icon="search" title="No job fits the filter">
      <p>
        Choose another type, status or time, or <a href={jobsAddress(tenant)}>show all jobs</a>.
      </p>
    </Empty>
  ) : (
    <Empty icon="upload" title="No imports yet">
      <p>Jobs show up here with their progress, their counts and their files.</p>
      <a class="button button-primary" href={importAddress(tenant)}>
        Import the first file
      </a>
    </Empty>
  );
