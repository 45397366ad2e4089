/**
 * A camera in a street: metres to the right (x), up (y) and along the street (z). It is held level, so that what is upright
 * stays upright in the picture; looking up or down moves the horizon.
 */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Where it looks, radians: 0 along the street, to the right above 0. */
  readonly yaw: number;
  /** Pixels. */
  readonly focal: number;
  /** Row of the horizon, pixels. */
  readonly horizon: number;
  readonly width: number;
  readonly height: number;
}

/** A place of the street in the picture. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  /** Metres along the view; not in the picture where it is not above 0. */
  readonly depth: number;
  /** Pixels a metre there. */
  readonly scale: number;
}

export function see(camera: Camera, x: number, y: number, z: number): Seen {
  const [dx, dz] = [x - camera.x, z - camera.z];
  const [cos, sin] = [Math.cos(camera.yaw), Math.sin(camera.yaw)];
  const depth = dx * sin + dz * cos;
  const scale = camera.focal / Math.max(depth, 1e-3);
  const across = dx * cos - dz * sin;
  return { x: camera.width / 2 + scale * across, y: camera.horizon + scale * (camera.y - y), depth, scale };
}

/** The place on the ground that is seen in a column at a depth. */
export function standAt(camera: Camera, column: number, depth: number): { readonly x: number; readonly z: number } {
  const across = ((column - camera.width / 2) * depth) / camera.focal;
  const [cos, sin] = [Math.cos(camera.yaw), Math.sin(camera.yaw)];
  return { x: camera.x + depth * sin + across * cos, z: camera.z + depth * cos - across * sin };
}
