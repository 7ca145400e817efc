/** What a tenant's settings decide about its rows. */
export interface RowRules {
  /** Hosts that vanity links may have, in ASCII. Empty: any host but the product's own. */
  readonly linkDomains: readonly string[];
}
