// How numbers are written: four significant digits as in the pictures, a dash for what is not there.

export function format(x, digits = 4) {
  if (x === null || x === undefined) return "–";
  if (Number.isNaN(x)) return "nan";
  if (x === 0) return "0";
  const sign = x < 0 ? "−" : "";
  const size = Math.abs(x);
  if (size === Infinity) return `${sign}inf`;
  const [mantissa, power] = size.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < digits) return sign + trimmed(size.toFixed(digits - 1 - exponent));
  return `${sign}${trimmed(mantissa)}e${exponent < 0 ? "−" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function trimmed(text) {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

// A number that JSON had to write as text.
export function parsed(x) {
  return typeof x === "string" ? { nan: Number.NaN, inf: Infinity, "-inf": -Infinity }[x] : x;
}
