/** Of this package, for files that say who made them. A test holds it to package.json. */
export const version = '0.1.0';
