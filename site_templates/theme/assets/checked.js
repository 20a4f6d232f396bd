// On every page: when a build last looked at the collections, by api/v1/checked.json, which a run writes also where
// nothing changed. The footer says it, the report each collection's, and a notice where it is too long ago.
(async () => {
  const place = document.querySelector("[data-checked]");
  if (!place || !/^https?:$/.test(location.protocol)) return;
  const HOUR = 3_600_000;
  const words = new Intl.RelativeTimeFormat("en");
  const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

  const read = async (cache) => {
    const answer = await fetch(place.dataset.checked, { cache, signal: AbortSignal.timeout(10000) });
    const { checked_at: at, build_id: build, stale_after_hours: most, collections } = await answer.json();
    const age = Date.now() - Date.parse(at);
    return { at, build, most, collections, age, overdue: age > most * HOUR };
  };
  const time = (at) => {
    const made = document.createElement("time");
    made.dateTime = at;
    made.append(dates.format(new Date(at)), " UTC");
    return made;
  };
  const since = (age) => {
    if (age < 1.5 * HOUR) return words.format(-Math.max(1, Math.round(age / 60_000)), "minute");
    const hours = age < 48 * HOUR;
    return words.format(-Math.round(age / HOUR / (hours ? 1 : 24)), hours ? "hour" : "day");
  };

  let found;
  try {
    found = await read("default");
    // What a browser has kept is no reason to warn anybody.
    if (found.overdue || found.build !== place.dataset.build) found = await read("no-cache");
  } catch {
    return; // no such file, or no answer: then nothing is said
  }
  // A time that is none, or that a wrong clock has put into the future.
  if (!(found.age >= -HOUR)) return;
  if (found.build !== place.dataset.build) {
    place.append(" · this page is of another build than the one published now, reload it");
    return;
  }
  const shown = time(found.at);
  shown.title = shown.textContent;
  shown.textContent = since(Math.max(0, found.age));
  place.append(", checked ", shown);

  const report = document.querySelector("[data-looked]");
  if (report) {
    report.append("A build last looked at them on ", time(found.at), ".");
    for (const one of found.collections) {
      if (one.checked_at === found.at) continue;
      report.append(` ${one.slug}: last brought up to date `, one.checked_at ? time(one.checked_at) : "never", ".");
    }
    report.hidden = false;
  }
  if (!found.overdue) return;
  const notice = document.createElement("p");
  notice.className = "overdue md-grid";
  notice.setAttribute("role", "note");
  notice.append(
    `This catalogue was last checked ${since(found.age)}, on `,
    time(found.at),
    `; that should not be longer ago than ${found.most} hours. What it shows may be out of date.`,
  );
  document.querySelector("main")?.prepend(notice);
})();
