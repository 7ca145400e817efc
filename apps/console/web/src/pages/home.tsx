import { useLocation, useRoute } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { LoadedView } from '../components/loaded-view.tsx';
import { useStatus } from '../hooks/use-status.tsx';
import { jobsAddress } from '../text/addresses.ts';

/** Goes on to the jobs of the tenant that the address names, or else of the server's own. */
export function Home() {
  const { route } = useLocation();
  const { params } = useRoute();
  const status = useStatus();
  const tenant = params.tenant ?? status.value?.tenant;
  useEffect(() => {
    if (tenant !== undefined) route(jobsAddress(tenant), true);
  }, [tenant]);
  return (
    <LoadedView of={status} failure="The server does not say what it is">
      {() => null}
    </LoadedView>
  );
}
