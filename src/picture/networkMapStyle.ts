/** Only of things in this picture, so that it can stand in a page. */
const rules = (list: readonly (readonly [selector: string, rule: string])[]) =>
  list.map(([selector, rule]) => `.pyramidion-map ${selector}{${rule}}`).join('');

/** By day and on paper, then by night. */
export const style = `${rules([
  ['text', 'fill:#1c1c1c'],
  ['.soft', 'fill:#666'],
  ['.label', 'fill:#444'],
  ['.paper', 'fill:#fff'],
  ['.lane', 'stroke:#ececec;fill:none'],
  ['.brace', 'stroke:#c4c4c4;fill:none'],
  ['.brace.strong', 'stroke:#888'],
  ['.line', 'fill:none;stroke-width:1.4;stroke-linejoin:round'],
  ['.station', 'fill:#f3f3f3;stroke:#555;stroke-width:1.2'],
  ['.g0', 'fill:#e9eff8'],
  ['.g1', 'fill:#e8f3ea'],
  ['.g2', 'fill:#fbf0e2'],
  ['.g3', 'fill:#f3eaf6'],
  ['.mark', 'fill:#444'],
  ...colours('#444', '#1f5fa8', '#c0392b', '#7a4ea3'),
])}@media (prefers-color-scheme:dark){${rules([
  ['text', 'fill:#e6e4e1'],
  ['.soft', 'fill:#a3a3a3'],
  ['.label', 'fill:#c2c2c2'],
  ['.paper', 'fill:#17181a'],
  ['.lane', 'stroke:#26282b'],
  ['.brace', 'stroke:#55585d'],
  ['.brace.strong', 'stroke:#888'],
  ['.station', 'fill:#2a2c30;stroke:#a9a9a9'],
  ['.g0', 'fill:#22304a'],
  ['.g1', 'fill:#21382a'],
  ['.g2', 'fill:#463420'],
  ['.g3', 'fill:#3a2a44'],
  ['.mark', 'fill:#c8c8c8'],
  ...colours('#c8c8c8', '#6fb0f5', '#ff8a75', '#c39ae6'),
])}}`;

function colours(level: string, up: string, down: string, skip: string): (readonly [string, string])[] {
  const named = { level, up, down, skip };
  return Object.entries(named).flatMap(([name, colour]) => [
    [`.line.${name}`, `stroke:${colour}`],
    [`.head.${name}`, `fill:${colour}`],
  ]);
}
