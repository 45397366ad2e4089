// Numbers of a chain's instructions, in a row from 0: F for float32, I for int32, B for bool as int32. Read by AssemblyScript,
// by TypeScript and, as text, by scripts/templates/chain.mjs.
// Two float32 numbers.
export const addF = 0;
export const subF = 1;
export const mulF = 2;
export const divF = 3;
export const maxF = 4;
export const minF = 5;
export const squaredDifferenceF = 6;
export const preluF = 7;
export const eluGradF = 8;
// Two float32 numbers -> bool.
export const equalF = 9;
export const notEqualF = 10;
export const lessF = 11;
export const lessEqualF = 12;
export const greaterF = 13;
export const greaterEqualF = 14;
// Two whole numbers; those that compare give bool.
export const addI = 15;
export const subI = 16;
export const mulI = 17;
export const maxI = 18;
export const minI = 19;
export const squaredDifferenceI = 20;
export const equalI = 21;
export const notEqualI = 22;
export const lessI = 23;
export const lessEqualI = 24;
export const greaterI = 25;
export const greaterEqualI = 26;
export const andB = 27;
export const orB = 28;
export const bitAndI = 29;
// One float32 number.
export const reluF = 30;
export const relu6F = 31;
export const leakyReluF = 32;
export const stepF = 33;
export const clipF = 34;
export const absF = 35;
export const negF = 36;
export const signF = 37;
export const floorF = 38;
export const ceilF = 39;
export const roundF = 40;
export const sqrtF = 41;
export const rsqrtF = 42;
export const reciprocalF = 43;
export const squareF = 44;
export const sigmoidF = 45;
export const swishF = 46;
export const tanhF = 47;
export const expF = 48;
export const expm1F = 49;
export const logF = 50;
export const log1pF = 51;
export const eluF = 52;
export const seluF = 53;
export const softplusF = 54;
export const erfF = 55;
// One float32 number -> bool.
export const isNanF = 56;
export const isInfF = 57;
export const isFiniteF = 58;
// One whole number.
export const absI = 59;
export const negI = 60;
export const signI = 61;
export const squareI = 62;
export const notB = 63;
// From type to type.
export const floatToInt = 64;
export const intToFloat = 65;
export const floatToBool = 66;
export const intToBool = 67;
// 32 bits as they are: a copy, and one of two by a bool.
export const copy = 68;
export const select = 69;
// One at a time, in float64.
export const powF = 70;
export const modF = 71;
export const atan2F = 72;
export const sinF = 73;
export const cosF = 74;
export const tanF = 75;
export const asinF = 76;
export const acosF = 77;
export const atanF = 78;
export const sinhF = 79;
export const coshF = 80;
export const asinhF = 81;
export const acoshF = 82;
export const atanhF = 83;
// One at a time: float32 -> whole, whole -> whole.
export const floorDivF = 84;
export const powI = 85;
export const modI = 86;
export const floorDivI = 87;
