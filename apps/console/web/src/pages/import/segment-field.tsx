import { useState } from 'preact/hooks';
import { listSegments } from '../../api/participants.ts';
import { Icon } from '../../components/icon.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { describeOperation, keyProblem, type SegmentOperation } from '../../text/segment-operations.ts';
import type { Draft } from './draft.ts';

interface SegmentFieldProps {
  readonly tenant: string;
  readonly draft: Draft;
  readonly onChange: (changes: Partial<Draft>) => void;
}

/** What is done with segments for every user of the file, in order. */
export function SegmentField({ tenant, draft, onChange }: SegmentFieldProps) {
  const { operations, typedSegment } = draft;
  const segments = useLoad((signal) => listSegments(tenant, signal), [tenant]);
  const [kind, setKind] = useState<SegmentOperation['kind']>('add');
  const [problem, setProblem] = useState<string>();

  const add = (): void => {
    const key = kind === 'clear' ? '' : typedSegment.trim();
    const found = kind === 'clear' ? undefined : keyProblem(key);
    setProblem(found);
    if (found === undefined) onChange({ operations: [...operations, { kind, key }], typedSegment: '' });
  };

  return (
    <fieldset class="field">
      <legend>Segments</legend>
      <p class="hint">Applied to every user of the file, in this order.</p>
      {operations.length > 0 && (
        <ol class="operations">
          {operations.map((operation, index) => (
            <li key={index}>
              {describeOperation(operation)}
              <button
                type="button"
                class="button button-icon"
                aria-label={`Take back: ${describeOperation(operation)}`}
                onClick={() => onChange({ operations: operations.filter((_, other) => other !== index) })}
              >
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ol>
      )}
      <div class="segment-row">
        <select
          aria-label="Segment operation"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as SegmentOperation['kind'])}
        >
          <option value="add">Add to</option>
          <option value="remove">Remove from</option>
          <option value="clear">Remove from all</option>
        </select>
        {kind !== 'clear' && (
          <input
            type="text"
            list="segments"
            aria-label="Segment key"
            aria-invalid={problem !== undefined}
            aria-describedby="segment-problem"
            autocomplete="off"
            spellcheck={false}
            placeholder="Segment key"
            value={typedSegment}
            onInput={(event) => onChange({ typedSegment: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
        )}
        <button type="button" class="button" onClick={add}>
          Add
        </button>
      </div>
      <datalist id="segments">
        {segments.value?.segments.map((segment) => (
          <option key={segment.key} value={segment.key}>
            {segment.displayName}
          </option>
        ))}
      </datalist>
      <p id="segment-problem" class="field-problem" role="alert">
        {problem}
      </p>
    </fieldset>
  );
}
