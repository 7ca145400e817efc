import type { ErrorExample } from '@advocate/contracts';
import { formatCount, formatNumber } from '@advocate/format';

interface ErrorExamplesProps {
  readonly examples: readonly ErrorExample[];
  /** Of rows with this cause. */
  readonly count: number;
  readonly label: string;
}

/** The first rows of a cause: where they are in the file and what they have there. */
export function ErrorExamples({ examples, count, label }: ErrorExamplesProps) {
  const more = count - examples.length;
  const differ = examples.some(({ error }) => error?.message !== label);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`Examples: ${label}`}>
      <table class="table table-cells">
        <thead>
          <tr>
            <th scope="col" class="number">
              Record
            </th>
            <th scope="col" class="number">
              Line
            </th>
            <th scope="col">Column</th>
            <th scope="col">Value</th>
            {differ && <th scope="col">Message</th>}
          </tr>
        </thead>
        <tbody>
          {examples.map(({ error, line, column, value }) => (
            <tr key={error?.recordNumber}>
              <th scope="row" class="number">
                {formatNumber(error?.recordNumber ?? 0)}
              </th>
              <td class="number">{line === 0 ? '–' : formatNumber(line)}</td>
              <td>{column === '' ? <span class="hint">whole row</span> : <code>{column}</code>}</td>
              <td>{column === '' ? '' : value === '' ? <span class="hint">empty</span> : <code class="value">{value}</code>}</td>
              {differ && <td class="cell-text">{error?.message}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="hint">And {formatCount(more, 'more row')}; the errors file has all of them.</p>}
    </div>
  );
}
