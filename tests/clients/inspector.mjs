// The inspector on the command line; --strict tells what is not portable in a schema, and nothing may be.
import { spawnSync } from "node:child_process";

const asked = JSON.parse(process.argv[2]);
const server = asked.transport === "stdio" ? [asked.command, ...asked.arguments] : [asked.address];
if (asked.transport === "http") server.push("--transport", "http");
if (asked.transport === "stdio") server.push(...Object.entries(asked.environment).flatMap((pair) => ["-e", pair.join("=")]));

function inspector(method, ...words) {
  const program = "node_modules/.bin/mcp-inspector";
  const options = ["--cli", ...server, "--method", method, ...words];
  const ran = spawnSync(program, options, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${method}: ${ran.stdout}${ran.stderr}`);
  const warnings = ran.stderr.split("\n").filter((line) => line.trim());
  if (words.includes("--strict") && warnings.length) throw new Error(`${method} --strict: ${warnings.join("; ")}`);
  return JSON.parse(ran.stdout);
}

function call(name, argument) {
  return inspector("tools/call", "--tool-name", name, "--tool-arg", argument).content[0].text;
}

const seen = {
  tools: inspector("tools/list", "--strict").tools.map((tool) => tool.name),
  resources: inspector("resources/list").resources.length,
  prompts: inspector("prompts/list").prompts.length,
  found: call("find_codebundle", `query=${asked.query}`),
  details: call("get_codebundle_details", `slug=${asked.slug}`),
  read: inspector("resources/read", "--uri", asked.resource).contents[0].text,
  notes: ["--strict: no warning"],
};
console.log(JSON.stringify(seen));
