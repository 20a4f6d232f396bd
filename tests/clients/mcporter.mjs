// mcporter on the command line: arguments by position, which go by the schema's order.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const asked = JSON.parse(process.argv[2]);
const server =
  asked.transport === "stdio"
    ? { command: asked.command, args: asked.arguments, env: asked.environment }
    : { url: asked.address };
// An own file, and no others: it would read those of the editors of whoever runs this.
writeFileSync("mcporter.json", JSON.stringify({ mcpServers: { registry: server }, imports: [] }));

function mcporter(...words) {
  const program = "node_modules/mcporter/dist/cli.js";
  const ran = spawnSync(process.execPath, [program, "--config", "mcporter.json", ...words], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`mcporter ${words.join(" ")}: ${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

const listed = JSON.parse(mcporter("list", "registry", "--json"));
const resources = JSON.parse(mcporter("resource", "registry", "--output", "json"));
const seen = {
  tools: listed.tools.map((tool) => tool.name),
  resources: resources.resources.length,
  found: mcporter("call", `registry.find_codebundle(${JSON.stringify(asked.query)})`),
  details: mcporter("call", `registry.get_codebundle_details(${JSON.stringify(asked.slug)})`),
  read: mcporter("resource", "registry", asked.resource),
  notes: ["arguments by position"],
};
console.log(JSON.stringify(seen));
