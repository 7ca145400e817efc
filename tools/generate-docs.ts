/** Writes `docs/configuration.md` from the variables that the suite reads. With `--check` it only compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { variables } from '@advocate/service';

const file = 'docs/configuration.md';

const rows = Object.entries(variables).map(([name, schema]) => {
  const preset = schema.safeParse(undefined).data;
  const shown = preset === undefined ? '' : `\`${[preset].flat().join(',')}\``;
  return `| \`${name}\` | ${shown === '``' ? '' : shown} | ${schema.description ?? ''} |`;
});

const text = await format(
  `# Configuration

The services read these variables of the environment and nothing else; a wrong value is refused at the start, by name.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}
`,
  { ...(await resolveConfig(file)), parser: 'markdown' },
);

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what the code says. Run npm run generate.`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, text);
}
