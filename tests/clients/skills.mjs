// npm's installer of skills, from the site: one is put where an agent looks for it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const asked = JSON.parse(process.argv[2]);
const project = mkdtempSync("project-");
const ran = spawnSync(
  resolve("node_modules/.bin/skills"),
  ["add", asked.site, "--skill", asked.skill, "--agent", "claude-code", "--copy", "-y"],
  { encoding: "utf8", cwd: project },
);
const file = join(project, ".claude", "skills", asked.skill, "SKILL.md");
let installed;
try {
  installed = readFileSync(file, "utf8");
} catch (error) {
  throw new Error(`${ran.status}: ${error.message}: ${ran.stdout}${ran.stderr}`);
}
console.log(JSON.stringify({ skill: installed, notes: [`installs ${asked.skill}`] }));
