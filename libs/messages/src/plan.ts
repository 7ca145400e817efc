import type { ImportJob_Format, ImportJob_Type, ImportParamsMessage, ImportPlanMessage } from '@advocate/contracts';
import type { FileFormat, ImportParams, ImportPlan, ImportType } from '@advocate/domain';

export const typeToMessage = (type: ImportType): ImportJob_Type => (type === 'users' ? 'USERS' : 'USER_DELETIONS');

/** The domain's word for a type; throws on one that no valid message has. */
export function typeFromMessage(type: ImportJob_Type): ImportType {
  if (type === 'USERS') return 'users';
  if (type === 'USER_DELETIONS') return 'deletions';
  throw new TypeError(`A message has the type ${type}`);
}

export const formatToMessage = (format: FileFormat): ImportJob_Format => (format === 'csv' ? 'CSV' : 'JSONL');

/** The domain's word for a format; nothing for one left open. */
export function formatFromMessage(format: ImportJob_Format): FileFormat | undefined {
  if (format === 'CSV') return 'csv';
  return format === 'JSONL' ? 'jsonl' : undefined;
}

export function paramsToMessage(params: ImportParams): ImportParamsMessage {
  return {
    programId: params.programId ?? '',
    segments: [...params.segments],
    preserveEmptyAccounts: params.preserveEmptyAccounts,
    doNotTrack: params.doNotTrack,
  };
}

export function paramsFromMessage(message: ImportParamsMessage | undefined): ImportParams {
  return {
    ...(message?.programId ? { programId: message.programId } : {}),
    segments: message?.segments ?? [],
    preserveEmptyAccounts: message?.preserveEmptyAccounts ?? false,
    doNotTrack: message?.doNotTrack ?? false,
  };
}

export function planToMessage(plan: ImportPlan): ImportPlanMessage {
  return {
    tenant: plan.tenant,
    jobId: plan.jobId,
    type: typeToMessage(plan.type),
    format: formatToMessage(plan.format),
    columns: [...plan.columns],
    params: paramsToMessage(plan.params),
    acceptedAt: plan.acceptedAt,
    programs: [...plan.programs],
    segments: [...plan.segments],
    linkDomains: [...plan.linkDomains],
    allowReferralCodeEdit: plan.allowReferralCodeEdit,
  };
}

/** Throws when the message has no type or no format. */
export function planFromMessage(message: ImportPlanMessage): ImportPlan {
  const format = formatFromMessage(message.format);
  if (format === undefined) throw new TypeError(`A plan has the format ${message.format}`);
  return {
    tenant: message.tenant,
    jobId: message.jobId,
    type: typeFromMessage(message.type),
    format,
    columns: message.columns,
    params: paramsFromMessage(message.params),
    acceptedAt: message.acceptedAt,
    programs: message.programs,
    segments: message.segments,
    linkDomains: message.linkDomains,
    allowReferralCodeEdit: message.allowReferralCodeEdit,
  };
}
