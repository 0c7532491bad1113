// The order of the samples in an epoch: the same from the same seed as in fit, whichever epoch training begins at. The
// numbers are splitmix64's.

const MASK = (1n << 64n) - 1n;
const GAMMA = 0x9e3779b97f4a7c15n;

export class Order {
  constructor(n, seed) {
    Object.assign(this, { n, seed: BigInt(seed), epoch: -1, samples: [] });
  }

  // The order of an epoch, counted from 0.
  of(epoch) {
    if (this.epoch !== epoch) {
      this.samples = shuffled(this.n, mixed(this.seed + GAMMA * BigInt(epoch + 1)));
      this.epoch = epoch;
    }
    return this.samples;
  }
}

// Fisher and Yates' shuffle of 0 … n−1.
function shuffled(n, start) {
  const order = Array.from({ length: n }, (_, i) => i);
  let state = start;
  for (let left = n; left > 1; left--) {
    state = (state + GAMMA) & MASK;
    const chosen = Number((mixed(state) * BigInt(left)) >> 64n);
    [order[left - 1], order[chosen]] = [order[chosen], order[left - 1]];
  }
  return order;
}

function mixed(number) {
  let z = number & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
