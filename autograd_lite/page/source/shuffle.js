// The order of the samples in an epoch: the same from the same seed as in fit. The numbers are splitmix64's.

const MASK = (1n << 64n) - 1n;

export class Order {
  constructor(n, seed) {
    Object.assign(this, { n, seed: BigInt(seed) });
    this.restart();
  }

  restart() {
    this.state = this.seed;
    this.done = 0;
    this.samples = Array.from({ length: this.n }, (_, i) => i);
  }

  number() {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  // The order of an epoch, counted from 0.
  of(epoch) {
    if (this.done > epoch + 1) this.restart();
    for (; this.done <= epoch; this.done++) this.shuffle();
    return this.samples;
  }

  shuffle() {
    const { samples } = this;
    for (let left = this.n; left > 1; left--) {
      const chosen = Number((this.number() * BigInt(left)) >> 64n);
      [samples[left - 1], samples[chosen]] = [samples[chosen], samples[left - 1]];
    }
  }
}
