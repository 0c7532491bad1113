// What the table's operations need and JavaScript's Math lacks, or answers in another way than Python's math.
//
// Blocks are separated by blank lines and define one name each: the JavaScript backend copies those that a program
// uses. The coefficients are Chebyshev fits made with mpmath.chebyfit, highest power first.

// erf(x)/x in powers of x² for |x| ≤ 1/2; off by 2⁻⁵⁷ at most.
const ERF = [
  1.4725865480556744e-6, -1.4845849259707869e-5, 0.00012053335124353741, -0.0008548297753674966,
  0.00522397737302147, -0.026866170632887928, 0.11283791670925353, -0.37612638903183476, 1.1283791670955126,
];

// (1 + 2x)·e^(x²)·erfc(x) in powers of (x − 3)/(x + 3) for 1/2 ≤ x ≤ 28; off by 2⁻⁵⁷ at most.
const ERFC = [
  -1.541055292474667e-8, 2.292393009921899e-8, 1.1177528463195771e-7, -1.2169240627639653e-7,
  -6.299129103282541e-7, 3.4482536968247793e-7, 3.481686983452046e-6, -7.270603109882931e-7,
  -2.0104454851557477e-5, 4.9484535339192485e-6, 0.00012510037313823361, -0.0001051596522473519,
  -0.0007798324398793133, 0.0018886903466049378, 0.002529391832675186, -0.023770514918036445,
  0.06830802734307077, -0.11927366341532432, 0.1296451587027835, -0.04756229435345058, -0.13562110612458134,
  1.2530080582697296,
];

function horner(x, coefficients) {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

// e^(−x²): x is split so that the square of its first half is exact, and no digit of x² is lost.
function gaussian(x) {
  const head = Math.fround(x);
  const first = Math.exp(-head * head);
  return first + first * Math.expm1((head - x) * (head + x));
}

function erfcTail(x) {
  return x > 28 ? 0 : gaussian(x) * (horner((x - 3) / (x + 3), ERFC) / (1 + 2 * x));
}

function erf(x) {
  if (Math.abs(x) < 0.5) return x * horner(x * x, ERF);
  return x > 0 ? 1 - erfcTail(x) : x < 0 ? erfcTail(-x) - 1 : x;
}

function erfc(x) {
  if (Math.abs(x) < 0.5) return 1 - erf(x);
  return x > 0 ? erfcTail(x) : x < 0 ? 2 - erfcTail(-x) : x;
}

// 1 − tanh² x with all its digits where tanh x is near ±1.
function tanhSlope(x) {
  const root = 1 / Math.cosh(x);
  return root * root;
}

// Math.pow has nan where the base is 1 or −1 and the exponent infinite or nan; IEEE 754 has 1.
function power(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
}

// aᵇ⁻ᵏ, also where b − k is no double: what its rounding leaves comes in by the logarithm, and by the sign.
function lowerPower(a, b, k) {
  const exponent = b - k;
  const lost = b - exponent;
  const rest = b - (exponent + lost) + (lost - k);
  const sign = a < 0 || Object.is(a, -0) ? power(-1, rest) : 1;
  const found = power(a, exponent) * sign;
  const more = rest === 0 ? 0 : rest * Math.log(Math.abs(a));
  return Math.abs(more) < 1 ? found * (1 + more) : found;
}
