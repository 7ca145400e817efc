import { Empty } from '../components/empty.tsx';
import { Page } from '../components/page.tsx';

/** The picture of an address that leads nowhere. */
export const NotFound = () => (
  <Page title="Page not found">
    <Empty icon="search" title="There is no page at this address">
      <p>
        Check the address, or go to <a href="/">Imports &amp; Exports</a>.
      </p>
    </Empty>
  </Page>
);
