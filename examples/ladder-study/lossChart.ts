/** Losses over steps as an SVG document. */

export interface LossLine {
  readonly name: string;
  readonly points: readonly (readonly [step: number, loss: number])[];
}

const [width, height] = [560, 400];
const frame = { left: 48, right: width - 150, top: 40, bottom: height - 44 };
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9', '#444'];

/** A line each; the axis of the loss begins below the least and ends at 8: what is above belongs to the first steps. */
export function lossSvg(lines: readonly LossLine[], { title }: { readonly title: string }): string {
  const steps = Math.max(...lines.flatMap(({ points }) => points.map(([step]) => step)));
  const low = Math.floor(Math.min(...lines.flatMap(({ points }) => points.map(([, loss]) => loss))));
  const high = 8;
  const x = (step: number) => frame.left + ((frame.right - frame.left) * step) / steps;
  const y = (loss: number) => frame.bottom - ((frame.bottom - frame.top) * (loss - low)) / (high - low);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const every = Math.ceil(steps / 6 / 100) * 100;
  const times = Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
  const ends = apart(lines.map(({ points }) => y(Math.min(high, points.at(-1)?.[1] ?? high))));
  const drawn = lines.map(({ name, points }, i) => {
    const colour = colours[i % colours.length] ?? '#444';
    const path = points
      .filter(([, loss]) => loss <= high)
      .map(([step, loss], p) => `${p === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`)
      .join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.8"/><text x="${frame.right + 6}" y="${((ends[i] ?? 0) + 4).toFixed(1)}" style="fill:${colour}">${name}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-losses" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui,sans-serif" font-size="13" role="img" aria-label="${title}: ${lines.map(({ name, points }) => `${name} ends at ${points.at(-1)?.[1]}`).join(', ')}">
<style>.pyramidion-losses text{fill:#222}.pyramidion-losses .paper{fill:#fff}.pyramidion-losses .grid{stroke:#ddd}</style>
<rect class="paper" width="100%" height="100%"/>
<text x="${width / 2}" y="25" text-anchor="middle" font-size="16" font-weight="600">${title}</text>
${ticks.map((loss) => `<path class="grid" d="M${frame.left} ${y(loss)}H${frame.right}"/><text x="${frame.left - 8}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`).join('')}
${times.map((step) => `<path class="grid" d="M${x(step).toFixed(1)} ${frame.top}V${frame.bottom}"/><text x="${x(step).toFixed(1)}" y="${frame.bottom + 18}" text-anchor="middle">${step}</text>`).join('')}
<text x="${(frame.left + frame.right) / 2}" y="${height - 8}" text-anchor="middle">steps of four images</text>
${drawn.join('\n')}
</svg>`;
}

/** Places of labels, moved so that none covers another. */
function apart(places: readonly number[]): readonly number[] {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const moved = [...places];
  let before = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    moved[i] = Math.max(places[i] ?? 0, before + 15);
    before = moved[i] ?? 0;
  }
  const beyond = Math.max(0, before - frame.bottom);
  return moved.map((place) => place - beyond);
}
