// Platform words in a query: a wish ("on azure"), a condition ("gcp only") or an exclusion ("not aws"), as
// search_fn/query/platforms.py reads them, with its patterns and tables.
const union = (sets) => new Set(sets.flatMap((each) => [...each]));
const meet = (one, other) => [...one].some((each) => other.has(each));
const squeezed = (text) => text.split(/\s+/u).filter(Boolean).join(" ");

export class Platforms {
  constructor({ families, members, clouds, not, only, name, wrong_cloud: wrong }) {
    Object.assign(this, { families, members, wrong, clouds: new Set(clouds) });
    [this.not, this.only, this.name] = [not, only, name].map((pattern) => new RegExp(pattern, "gi"));
  }

  read(query) {
    query = squeezed(query);
    const excluded = union([...query.matchAll(this.not)].map((found) => this.familiesOf(found[1])));
    const text = squeezed(query.replace(this.not, " "));
    const only = union([...text.matchAll(this.only)].map((found) => this.familiesOf(found[1] || found[2])));
    for (const family of excluded) only.delete(family);
    const named = new Set(this.familiesOf(text).filter((family) => !excluded.has(family)));
    return { text, named: only.size ? only : named, only: only.size > 0, excluded };
  }

  has(word) {
    return Object.hasOwn(this.families, word.toLowerCase());
  }

  familiesOf(text) {
    return (text.match(this.name) ?? []).map((name) => this.families[name.toLowerCase()]);
  }

  // What the score of a bundle for these folded platforms is multiplied by; 0 when it is not wanted.
  weight(wish, platforms) {
    const mine = new Set(platforms.flatMap((platform) => (Object.hasOwn(this.members, platform) ? this.members[platform] : [])));
    const clouds = new Set([...mine].filter((family) => this.clouds.has(family)));
    const excluded = clouds.size > 0 && [...clouds].every((cloud) => wish.excluded.has(cloud));
    if (excluded || (mine.has("kubernetes") && wish.excluded.has("kubernetes"))) return 0;
    if (!wish.named.size || meet(mine, wish.named)) return 1;
    if (wish.only) return 0;
    return clouds.size && meet(wish.named, this.clouds) ? this.wrong : 1;
  }
}
