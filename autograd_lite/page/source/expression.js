// Expressions as a person writes an answer: numbers, names, + − * / ^, brackets and a few functions. Nothing is
// evaluated as a program: this reads the text itself.

const FUNCTIONS = {
  exp: Math.exp,
  log: Math.log,
  ln: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  abs: Math.abs,
};

const SIGNS = { "−": "-", "·": "*", "×": "*", "÷": "/", "²": "^2", "³": "^3", "**": "^" };

// The number that a text stands for, with a Map from names to numbers; null for what cannot be read.
export function calculated(text, names) {
  const reader = new Reader(
    text.replace(/[−·×÷²³]|\*\*/g, (sign) => SIGNS[sign]),
    names,
  );
  const found = reader.sum();
  return reader.isAtEnd() ? found : null;
}

class Reader {
  constructor(text, names) {
    Object.assign(this, { text, names, place: 0 });
    this.known = [...names.keys()].sort((a, b) => b.length - a.length);
  }

  isAtEnd() {
    return this.rest() === "";
  }

  rest() {
    while (this.text[this.place] === " ") this.place += 1;
    return this.text.slice(this.place);
  }

  take(sign) {
    if (!this.rest().startsWith(sign)) return false;
    this.place += sign.length;
    return true;
  }

  sum() {
    let found = this.product();
    for (;;) {
      if (this.take("+")) found = both(found, this.product(), (a, b) => a + b);
      else if (this.take("-")) found = both(found, this.product(), (a, b) => a - b);
      else return found;
    }
  }

  product() {
    let found = this.signed();
    for (;;) {
      if (this.take("*")) found = both(found, this.signed(), (a, b) => a * b);
      else if (this.take("/")) found = both(found, this.signed(), (a, b) => a / b);
      else return found;
    }
  }

  signed() {
    if (this.take("-")) return both(this.signed(), 0, (a) => -a);
    if (this.take("+")) return this.signed();
    return this.power();
  }

  power() {
    const base = this.atom();
    return this.take("^") ? both(base, this.signed(), Math.pow) : base;
  }

  atom() {
    if (this.take("(")) {
      const inside = this.sum();
      return this.take(")") ? inside : null;
    }
    const rest = this.rest();
    const name = this.known.find((known) => rest.startsWith(known));
    const number = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(rest)?.[0];
    if (name && (!number || name.length > number.length)) {
      this.place += name.length;
      return this.names.get(name);
    }
    if (number) {
      this.place += number.length;
      return Number(number);
    }
    const called = Object.keys(FUNCTIONS).find((known) => rest.startsWith(`${known}(`));
    if (!called) return null;
    this.place += called.length;
    return both(this.atom(), 0, FUNCTIONS[called]);
  }
}

function both(a, b, operation) {
  return a === null || b === null ? null : operation(a, b);
}
