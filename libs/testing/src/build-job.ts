import type { ImportPlan, Job } from '@advocate/domain';
import { builtAt } from './build-account.ts';

/** The plan of a users' import in JSONL with one program, without options. */
export function buildPlan(plan: Partial<ImportPlan> = {}): ImportPlan {
  return {
    tenant: 'acme',
    jobId: 'job-1',
    type: 'users',
    format: 'jsonl',
    columns: [],
    params: { segments: [], preserveEmptyAccounts: false, doNotTrack: false },
    acceptedAt: builtAt,
    programs: ['default'],
    segments: [],
    linkDomains: [],
    allowReferralCodeEdit: false,
    ...plan,
  };
}

/** A job that was just accepted; its plan has its id and tenant. */
export function buildJob(job: Partial<Omit<Job, 'plan'>> & { readonly plan?: Partial<ImportPlan> } = {}): Job {
  const { id = 'job-1', tenant = 'acme', plan, ...rest } = job;
  return {
    id,
    tenant,
    plan: buildPlan({ tenant, jobId: id, ...plan }),
    displayName: 'Participants of spring',
    requester: 'API',
    mailtoEmail: '',
    fileRef: `imports/${tenant}/spring.jsonl`,
    source: { name: `imports/${tenant}/spring.jsonl`, bytes: 1000, start: { offset: 0, recordNumber: 1, line: 1 } },
    partitions: 4,
    warnings: [],
    status: 'PENDING',
    cancelRequested: false,
    claimed: false,
    eventOwed: false,
    mailOwed: false,
    ...rest,
  };
}
