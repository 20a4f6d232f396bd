// On the page of a release: its image as the image catalogue has it now, which changes apart from pages. Without an
// answer the page stays as it was built.
(async () => {
  const place = document.querySelector("[data-image]");
  if (!place || !/^https?:$/.test(location.protocol)) return;
  let detail;
  try {
    const answer = await fetch(place.dataset.image, { cache: "no-cache", signal: AbortSignal.timeout(10000) });
    detail = await answer.json();
    if (!Array.isArray(detail.refs)) return;
  } catch {
    return;
  }
  const part = (name) => place.querySelector(`[data-${name}]`);
  const { ref: wanted, commit } = place.dataset;
  const found = detail.refs.find((one) => (wanted ? one.ref === wanted : one.is_latest));
  part("none").hidden = Boolean(found);
  part("known").hidden = !found;
  part("stale").hidden = !(found && detail.stale);
  if (!found) return;
  const { image_registry: registry, image_tag: tag, image_digest: digest } = found;
  const pointers = ["latest", "stable"].filter((name) => detail[`${name}_image_tag`] === tag);
  part("address").textContent = `${registry}:${tag}`;
  part("pinned").textContent = digest ? `${registry}@${digest}` : "not read yet";
  part("built").textContent = found.commit_hash;
  part("other").hidden = commit.startsWith(found.commit_hash);
  part("runtime").textContent = found.rt_revision;
  part("pointers").textContent = pointers.join(", ") || "none leads to it";
})();
