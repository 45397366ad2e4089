/** Files that Octave 7.3 wrote by `save -v7`; nobody else's MAT writer has seen them. */
const bytesOf = (text: string) => Uint8Array.from(atob(text.replace(/\s+/g, '')), (char) => char.charCodeAt(0));

/**
 * Cells as CityPersons has them, of classes as mixed as there: int16 rows, an empty uint16, and a uint8 row whose
 * left + width, 200 + 100, its class cannot hold.
 */
export const octaveCityPersons = bytesOf(`
  TUFUTEFCIDUuMCBNQVQtZmlsZSwgd3JpdHRlbiBieSBPY3RhdmUgNy4zLjAsIDIwMjYtMTEtMjQgMTM6NTg6MTUgVVRDICAgICAgICAgICAgICAgICAg
  ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAABSU0PAAAAHgEAAHic42NgYKhgY2AAIgYOIGaEYlYkPjOUFgLixLy8/PiSosTMvPjE
  nMz0vNQUBjDgA2IFJoQ5TFjMgWEGsDgLgwOUfwCIkzNLKvMSc1MZyASZufGUaGdISiomWy8IgPzvwIDwPwsDpv/ZGBD+FwRiHiBOBMJkhgyGVIY8uDkV
  BMxRQTPHA82ceAYDJIjgGTJYAnk5QDVpDCUMngy5DOkMFgxJDJlAnh5DAVBnOtj+CCT7udDsZ0ISAwFQ2tCA8jczL/8/jVEE6CYdRg2g6IFYBoZtzFwM
  04FifAxyDOpAMZD5PxhH08lgSyeGZKQTAyT7udHshwGY/SxI/ucYLScGXfwbkRH/yP7gxGI/cjkBKzeYTqSk2DCCCIg4AEBvXck=
`);

/** A sparse array, an int64 of 2^53 + 1, logicals, a single, an empty cell array, a 1x3 struct array, a complex number. */
export const octaveClasses = bytesOf(`
  TUFUTEFCIDUuMCBNQVQtZmlsZSwgd3JpdHRlbiBieSBPY3RhdmUgNy4zLjAsIDIwMjYtMTEtMjQgMTM6NTg6MTUgVVRDICAgICAgICAgICAgICAgICAg
  ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAABSU0PAAAANwAAAHic42NgYMgAYjYg5gBiViBmgtIcUDYIMwJhMZI4A1gMwudB4jNB
  2ZxALMAAAx/soQwHAHPpArwPAAAAKQAAAHic42NgYLAAYjYg5gBiPiBmBGJWKJ8RjhkZqoA0D5I4A4MCAwAj3gEkDwAAACkAAAB4nONjYGAwAGI2IOYA
  Yk4mBgZGIM0K5YPYTGCakSEHzGYCiwEAGHAA3A8AAAAnAAAAeJzjY2BgMABiNiDmAGJ2IGYEYlYonxGOGRlKwPIsQPKAPQAaDQHkDwAAAB8AAAB4nONj
  YGDQAGI2IOYAYkYoZoXyYYARCFOBNAAOtgC7DwAAAE0AAAB4nONjYGCwYGRgYAPSHEDMBMRALgMrlA9iM4NpJobiEpA4C4MDVBxEJzJQBvhA9jMg7GfD
  Yj8MgwAnVBwCPthTpp/BgTL9HA4Au9MFag8AAAAsAAAAeJzjY2Bg8ABiNiDmANFAghFIs0L5jHDMyFAOpDmh4hDwwR6Vz+AAAE3xAo0=
`);
