// Usage: node scripts/types.mjs [--check]
//
// Writes src/types.generated.ts, the types of all results, from docs/*.schema.json; with --check it only looks
// whether the file is up to date.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const docs = new URL("../../../docs/", import.meta.url);
const file = new URL("../src/types.generated.ts", import.meta.url);

// The schemas and the names of their types.
const names = {
  report: "Report", chain: "ChainReport", summary: "SummaryRow", fix: "Fix", rules: "Rules", ocsp: "OCSPResult", "ocsp-request": "OCSPRequest",
};
const schemas = {};
for (const name of Object.keys(names)) schemas[name] = JSON.parse(await readFile(new URL(`${name}.schema.json`, docs), "utf8"));

// What is a condition and no type.
const conditions = ["$schema", "$id", "$defs", "title", "if", "then", "else", "allOf", "dependentRequired", "minItems", "minProperties"];

/** Returns a schema with its types only. inside is the schema that its references are relative to. */
function typesOnly(schema, inside) {
  if (Array.isArray(schema)) return schema.map((s) => typesOnly(s, inside));
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = {};
  for (const [key, value] of Object.entries(schema)) {
    if (conditions.includes(key) || (key === "oneOf" && value.every((s) => Object.keys(s).join() === "required"))) continue;
    if (key === "properties") kept[key] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typesOnly(v, inside)]));
    else if (key === "$ref") Object.assign(kept, referred(value, inside), "description" in schema && { description: schema.description });
    else kept[key] = typesOnly(value, inside);
  }
  return kept;
}

/**
 * Returns what a reference leads to: an object by its name, all else itself, so that a date is just a string. Beside a
 * plain reference a description would make another type of it.
 */
function referred(ref, inside) {
  const [, name = inside, def] = /^(?:([a-z-]+)\.schema\.json)?#\/\$defs\/([A-Za-z]+)$/.exec(ref);
  const schema = schemas[name].$defs[def];
  return schema.properties ? { allOf: [{ $ref: "#/definitions/" + typeName(def) }] } : typesOnly(schema, name);
}

function typeName(def) {
  return def[0].toUpperCase() + def.slice(1);
}

const definitions = {};
function define(name, schema, inside) {
  if (definitions[name]) throw new Error(`two schemas have the type ${name}`);
  definitions[name] = typesOnly(schema, inside);
}
for (const [name, schema] of Object.entries(schemas)) {
  define(names[name], schema, name);
  for (const [def, value] of Object.entries(schema.$defs ?? {})) if (value.properties) define(typeName(def), value, name);
}

const text = (
  await compile({ type: "object", additionalProperties: false, definitions }, "Root", {
    bannerComment: "// Made from docs/*.schema.json by scripts/types.mjs; do not edit.",
    unreachableDefinitions: true, style: { printWidth: 140 },
  })
)
  // There is no root, so it helps nobody to read that something is a part of it.
  .replace(/export interface Root \{\}\n/, "")
  .replace(/( \*\n)? \* This interface was referenced by `Root`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g, "")
  .replace(/\/\*\*\n \*\/\n/g, "");

if (!process.argv.includes("--check")) await writeFile(file, text);
else if (text !== (await readFile(file, "utf8").catch(() => ""))) {
  console.error("src/types.generated.ts is not what docs/*.schema.json say: run `npm run types --prefix wasm/npm`");
  process.exit(1);
}
