import type { Brush, Canvas, Colour } from './scenesCanvas.ts';

/** Blends a colour into a pixel; one that is covered by half or more belongs to the object. */
function put(brush: Brush, x: number, y: number, cover: number, r: number, g: number, b: number): void {
  const { canvas, owner, extent } = brush;
  const at = y * canvas.width + x;
  if (cover >= 0.5 && canvas.owners[at] !== owner) {
    canvas.owners[at] = owner;
    extent.count++;
    if (x < extent.left) extent.left = x;
    if (x > extent.right) extent.right = x;
    if (y < extent.top) extent.top = y;
    if (y > extent.bottom) extent.bottom = y;
  }
  const { pixels } = canvas;
  if (pixels === undefined) return;
  const i = 3 * at;
  const rest = 1 - cover;
  pixels[i] = (pixels[i] ?? 0) * rest + r * cover;
  pixels[i + 1] = (pixels[i + 1] ?? 0) * rest + g * cover;
  pixels[i + 2] = (pixels[i + 2] ?? 0) * rest + b * cover;
}

/** Notes an extent in pixels and gives the rows and columns of it that are in the image. */
function span({ canvas, extent }: Brush, left: number, top: number, right: number, bottom: number) {
  const { full } = extent;
  full.left = Math.min(full.left, left);
  full.top = Math.min(full.top, top);
  full.right = Math.max(full.right, right);
  full.bottom = Math.max(full.bottom, bottom);
  return {
    x1: Math.max(0, Math.floor(left - 1)),
    y1: Math.max(0, Math.floor(top - 1)),
    x2: Math.min(canvas.width - 1, Math.ceil(right + 1)),
    y2: Math.min(canvas.height - 1, Math.ceil(bottom + 1)),
  };
}

/** A limb: two discs and what lies between them, shaded as if round. */
export function capsule(
  brush: Brush,
  [ax, ay, ra]: readonly [x: number, y: number, radius: number],
  [bx, by, rb]: readonly [x: number, y: number, radius: number],
  [r, g, b]: Colour,
): void {
  const { x1, y1, x2, y2 } = span(
    brush,
    Math.min(ax - ra, bx - rb),
    Math.min(ay - ra, by - rb),
    Math.max(ax + ra, bx + rb),
    Math.max(ay + ra, by + rb),
  );
  const dx = bx - ax;
  const dy = by - ay;
  const scale = 1 / Math.max(dx * dx + dy * dy, 1e-9);
  for (let y = y1; y <= y2; y++)
    for (let x = x1; x <= x2; x++) {
      const px = x + 0.5 - ax;
      const py = y + 0.5 - ay;
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) * scale));
      const ex = px - t * dx;
      const ey = py - t * dy;
      const radius = ra + (rb - ra) * t;
      const cover = radius - Math.sqrt(ex * ex + ey * ey) + 0.5;
      if (cover <= 0) continue;
      const light = 1 - (brush.sideLight * ex + 0.1 * ey) / Math.max(radius, 0.7);
      put(brush, x, y, Math.min(1, cover) * Math.min(1, 2 * radius), r * light, g * light, b * light);
    }
}

/** An upright ellipse, shaded as if round; with a `ring`, only a line of that width, pixels. */
export function ellipse(
  brush: Brush,
  [cx, cy]: readonly [x: number, y: number],
  [rx, ry]: readonly [across: number, up: number],
  [r, g, b]: Colour,
  ring = 0,
): void {
  const across = Math.max(rx, 0.3);
  const up = Math.max(ry, 0.3);
  const { x1, y1, x2, y2 } = span(brush, cx - across - ring, cy - up - ring, cx + across + ring, cy + up + ring);
  for (let y = y1; y <= y2; y++)
    for (let x = x1; x <= x2; x++) {
      const ex = (x + 0.5 - cx) / across;
      const ey = (y + 0.5 - cy) / up;
      const far = Math.sqrt(ex * ex + ey * ey);
      // The distance to the edge along the ray: divided by how fast `far` grows there.
      const slope = Math.sqrt((ex * ex) / (across * across) + (ey * ey) / (up * up)) / Math.max(far, 1e-6);
      const inside = (1 - far) / Math.max(slope, 1e-6);
      const cover = ring > 0 ? ring / 2 - Math.abs(inside) + 0.5 : inside + 0.5;
      if (cover <= 0) continue;
      const light = 1 - brush.sideLight * ex - 0.1 * ey;
      put(brush, x, y, Math.min(1, cover), r * light, g * light, b * light);
    }
}

/** A convex polygon, from its top's colour to its bottom's. Points `x, y, x, y, ...`, either way round. */
export function polygon(brush: Brush, points: readonly number[], top: Colour, bottom: Colour = top): void {
  const count = points.length / 2;
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  const highest = Math.min(...ys);
  const lowest = Math.max(...ys);
  const { x1, y1, x2, y2 } = span(brush, Math.min(...xs), highest, Math.max(...xs), lowest);
  if (x2 < x1 || y2 < y1) return;
  const { nx, ny, offset } = edgesOf(xs, ys);
  for (let y = y1; y <= y2; y++) {
    const t = Math.min(1, Math.max(0, (y + 0.5 - highest) / Math.max(1, lowest - highest)));
    const r = top[0] + (bottom[0] - top[0]) * t;
    const g = top[1] + (bottom[1] - top[1]) * t;
    const b = top[2] + (bottom[2] - top[2]) * t;
    for (let x = x1; x <= x2; x++) {
      let cover = 1;
      for (let e = 0; e < count && cover > 0; e++) {
        const inside = (x + 0.5) * (nx[e] ?? 0) + (y + 0.5) * (ny[e] ?? 0) + (offset[e] ?? 0) + 0.5;
        if (inside < 1) cover *= Math.max(0, inside);
      }
      if (cover > 0) put(brush, x, y, cover, r, g, b);
    }
  }
}

/** Edges as half planes: how far inside a point is, pixels. */
function edgesOf(xs: readonly number[], ys: readonly number[]) {
  const count = xs.length;
  const nx = new Float64Array(count);
  const ny = new Float64Array(count);
  const offset = new Float64Array(count);
  const cx = xs.reduce((sum, x) => sum + x, 0) / count;
  const cy = ys.reduce((sum, y) => sum + y, 0) / count;
  for (let e = 0; e < count; e++) {
    const [ax = 0, ay = 0] = [xs[e], ys[e]];
    const [bx = 0, by = 0] = [xs[(e + 1) % count], ys[(e + 1) % count]];
    const length = Math.hypot(bx - ax, by - ay);
    if (length < 1e-9) {
      offset[e] = 1; // two corners in one place have no edge
      continue;
    }
    const [mx, my] = [(ay - by) / length, (bx - ax) / length];
    const side = (cx - ax) * mx + (cy - ay) * my >= 0 ? 1 : -1;
    nx[e] = side * mx;
    ny[e] = side * my;
    offset[e] = -side * (ax * mx + ay * my);
  }
  return { nx, ny, offset };
}

/** Makes an ellipse darker or, with an `amount` below 0, brighter, softly towards its edge; no mask changes. */
export function shade(
  { width, height, pixels }: Canvas,
  [cx, cy]: readonly [x: number, y: number],
  [rx, ry]: readonly [across: number, up: number],
  amount: number,
  tint: Colour = [0, 0, 0],
): void {
  if (pixels === undefined) return;
  for (let y = Math.max(0, Math.floor(cy - ry)); y <= Math.min(height - 1, cy + ry); y++)
    for (let x = Math.max(0, Math.floor(cx - rx)); x <= Math.min(width - 1, cx + rx); x++) {
      const ex = (x + 0.5 - cx) / rx;
      const ey = (y + 0.5 - cy) / ry;
      const inside = 1 - ex * ex - ey * ey;
      if (inside <= 0) continue;
      const i = 3 * (y * width + x);
      const keep = 1 - Math.abs(amount) * (amount > 0 ? Math.min(1, 2 * inside) : inside * inside);
      for (let c = 0; c < 3; c++) pixels[i + c] = (pixels[i + c] ?? 0) * keep + (tint[c] ?? 0) * (1 - keep);
    }
}
