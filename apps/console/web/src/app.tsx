import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { Shell } from './components/shell.tsx';
import { StatusProvider } from './hooks/use-status.tsx';
import { AccountPage } from './pages/account/account-page.tsx';
import { Home } from './pages/home.tsx';
import { ImportPage } from './pages/import/import-page.tsx';
import { JobPage } from './pages/job/job-page.tsx';
import { JobsPage } from './pages/jobs/jobs-page.tsx';
import { NotFound } from './pages/not-found.tsx';
import { ParticipantsPage } from './pages/participants/participants-page.tsx';
import { unescapePath } from './text/addresses.ts';

/** The console. Links outside `/t/` and `/`, such as downloads, are the browser's. */
export const App = () => (
  <LocationProvider scope={/^\/(t\/|$)/}>
    <StatusProvider>
      <Shell>
        <Pages />
      </Shell>
    </StatusProvider>
  </LocationProvider>
);

/** The page at the address. The router cannot read one with broken escapes. */
function Pages() {
  if (unescapePath(useLocation().path) === undefined) return <NotFound />;
  return (
    <Router>
      <Route path="/" component={Home} />
      <Route path="/t/:tenant" component={Home} />
      <Route path="/t/:tenant/import" component={ImportPage} />
      <Route path="/t/:tenant/jobs" component={JobsPage} />
      <Route path="/t/:tenant/jobs/:id" component={JobPage} />
      <Route path="/t/:tenant/participants" component={ParticipantsPage} />
      <Route path="/t/:tenant/participants/account" component={AccountPage} />
      <Route default component={NotFound} />
    </Router>
  );
}
