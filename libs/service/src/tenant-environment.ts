import type { TenantSettings } from '@advocate/domain';
import { readEnvironment } from './environment.ts';

/** The settings of all tenants, from the environment. */
export function readTenantSettings(environment: NodeJS.ProcessEnv): TenantSettings {
  const values = readEnvironment(environment, 'ADVOCATE_PROGRAMS', 'ADVOCATE_LINK_DOMAINS', 'ADVOCATE_ALLOW_REFERRAL_CODE_EDIT');
  return {
    programs: values.ADVOCATE_PROGRAMS,
    linkDomains: values.ADVOCATE_LINK_DOMAINS,
    allowReferralCodeEdit: values.ADVOCATE_ALLOW_REFERRAL_CODE_EDIT,
  };
}
