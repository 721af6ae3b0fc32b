// Comparisons, counted by kind.
export class Tally {
  counts = {};

  count(kind, by = 1) {
    this.counts[kind] = (this.counts[kind] ?? 0) + by;
  }

  /// Two texts, numbers or lists of them must be the same.
  same(kind, ours, theirs, where) {
    const [a, b] = [ours, theirs].map((value) => JSON.stringify(value));
    if (a === undefined || a !== b) {
      throw new Error(`${kind}, ${where}: ours ${a}, theirs ${b}`);
    }
    this.count(kind);
  }

  mustBe(expected) {
    const [a, b] = [this.counts, expected].map((counts) => JSON.stringify(Object.entries(counts).sort()));
    if (a !== b) {
      throw new Error(`compared ${a}, expected ${b}`);
    }
  }
}
