/** What a tenant has set for its programs. */
export interface TenantSettings {
  /** Programs in which every participant has a code and a link; at least one. */
  readonly programs: readonly string[];
  /** Hosts that vanity links may have; any but the product's default one when empty. */
  readonly linkDomains: readonly string[];
  /** The product's `allowReferralCodeEditOnUserUpsert`: a code given later becomes the primary one, instead of being ignored. */
  readonly allowReferralCodeEdit: boolean;
}

export const defaultTenantSettings: TenantSettings = { programs: ['default'], linkDomains: [], allowReferralCodeEdit: false };

/** The programs in which a job's users have codes: the asked-for one first, then those that the file names, then the tenant's own. */
export function programsOf(settings: TenantSettings, asked: string | undefined, named: readonly string[]): string[] {
  return [...new Set([...(asked === undefined ? [] : [asked]), ...named, ...settings.programs])];
}
