import type { JobFilter } from '../../text/job-filter.ts';
import { isFiltered, readFilter } from '../../text/job-filter.ts';

/** Restricts the jobs by type, status and time; takes effect at once. */
export function FilterForm({ filter, onChange }: { filter: JobFilter; onChange: (filter: JobFilter) => void }) {
  const change = (changes: Partial<JobFilter>): void => onChange({ ...filter, ...changes });
  return (
    <form class="filters" role="search" aria-label="Filter jobs" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span class="label">Type</span>
        <select value={filter.type} onChange={(event) => change({ type: event.currentTarget.value })}>
          <option value="">All types</option>
          <option value="USERS">Users</option>
          <option value="USER_DELETIONS">Delete Users</option>
        </select>
      </label>
      <label class="field">
        <span class="label">Status</span>
        <select value={filter.status} onChange={(event) => change({ status: event.currentTarget.value })}>
          <option value="">Any status</option>
          <option value="PENDING">Queued or running</option>
          <option value="COMPLETED">Completed</option>
          <option value="ABORTED">Aborted</option>
          <option value="CANCELLED">Cancelled</option>
        </select>
      </label>
      <label class="field">
        <span class="label">From</span>
        <input type="date" max={filter.to} value={filter.from} onChange={(event) => change({ from: event.currentTarget.value })} />
      </label>
      <label class="field">
        <span class="label">To</span>
        <input type="date" min={filter.from} value={filter.to} onChange={(event) => change({ to: event.currentTarget.value })} />
      </label>
      {isFiltered(filter) && (
        <button type="button" class="button button-quiet" onClick={() => onChange(readFilter({}))}>
          Show all
        </button>
      )}
    </form>
  );
}
