import type { ComponentChildren } from 'preact';
import { useConnection } from '../hooks/use-connection.ts';
import type { Shown } from '../hooks/use-load.ts';
import { Empty } from './empty.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Skeleton } from './skeleton.tsx';

interface LoadedViewProps<T> {
  readonly of: Shown<T>;
  /** `The jobs could not be loaded`. */
  readonly failure: string;
  readonly lines?: number;
  readonly children: (value: T) => ComponentChildren;
}

/** Shows what was loaded, or that it is loading, waits for the server, or failed. */
export function LoadedView<T>({ of: { value, error, isLoading, reload }, failure, lines = 4, children }: LoadedViewProps<T>) {
  const { away } = useConnection();
  const refused = error !== undefined && !error.isAway && !isLoading;
  return (
    <>
      {refused && <ErrorNotice title={failure} error={error} retry={reload} />}
      {value !== undefined ? (
        <div class={isLoading ? 'loaded is-loading' : 'loaded'}>{children(value)}</div>
      ) : away ? (
        <Empty icon="plug" title="Waiting for the server">
          <p>This page goes on by itself as soon as the server answers.</p>
        </Empty>
      ) : (
        !refused && <Skeleton lines={lines} />
      )}
    </>
  );
}
