// Samples from pasted text: one a line, inputs and then targets, with commas, semicolons, tabs or blanks between.

// { rows } or { error: [key, …] }: what is wrong, as a sentence of the strings.
export function read(text, { nInputs, nTargets, classes }) {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const rows = lines.map((line) =>
    line
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map(Number),
  );
  const isHeading = rows.length > 1 && rows[0].every(Number.isNaN);
  if (isHeading) rows.shift();
  if (!rows.length) return { error: ["csvEmpty"] };
  for (const [i, row] of rows.entries()) {
    const line = i + 1 + (isHeading ? 1 : 0);
    if (row.length !== nInputs + nTargets) return { error: ["csvLength", line, nInputs + nTargets, row.length] };
    if (!row.every(Number.isFinite)) return { error: ["csvNumber", line] };
    if (classes && !(Number.isInteger(row.at(-1)) && row.at(-1) >= 0 && row.at(-1) < classes)) {
      return { error: ["csvClass", line, classes - 1] };
    }
  }
  return { rows };
}
