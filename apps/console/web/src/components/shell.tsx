import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { useStatus } from '../hooks/use-status.tsx';
import { importAddress, jobsAddress, participantsAddress, readTenant } from '../text/addresses.ts';
import { AwayBanner } from './away-banner.tsx';

const pages = [
  { label: 'Import', address: importAddress },
  { label: 'Imports & Exports', address: jobsAddress },
  { label: 'Participants', address: participantsAddress },
] as const;

/** What all pages have around them. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const { value: status } = useStatus();
  const tenant = readTenant(path) ?? status?.tenant;
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-row">
          <a class="brand" href="/">
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
              <rect width="32" height="32" rx="8" />
              <path d="M8 10h16M8 16h11M8 22h6" stroke-width="3" stroke-linecap="round" />
            </svg>
            Advocate Bulk
          </a>
          {tenant !== undefined && (
            <nav class="tabs" aria-label="Pages">
              {pages.map(({ label, address }) => (
                <a key={label} href={address(tenant)} {...(isOn(path, address(tenant)) && { 'aria-current': 'page' as const })}>
                  {label}
                </a>
              ))}
            </nav>
          )}
          {tenant !== undefined && (
            <p class="tenant">
              <span class="visually-hidden">Tenant </span>
              {tenant}
            </p>
          )}
        </div>
      </header>
      <AwayBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">{status !== undefined && <p>Advocate Bulk {status.version}</p>}</footer>
    </>
  );
}

const isOn = (path: string, address: string): boolean => path === address || path.startsWith(`${address}/`);
