// Usage: node main.mjs
//
// Measures the package beside other libraries, in one run, and prints the ratios and whether the targets are met.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browserStart } from "./browser.mjs";
import { server } from "./inputs.mjs";
import { median } from "./measure.mjs";
import { throughput } from "./throughput.mjs";

/** From the start of the import to the first verdict, each time in a fresh process. */
function nodeStart() {
  const folder = mkdtempSync(join(tmpdir(), "certloupe-bench-"));
  try {
    const file = join(folder, "server.pem");
    writeFileSync(file, server);
    const times = { certloupe: [], jsrsasign: [] };
    for (let i = 0; i < 7; i++) {
      for (const library of Object.keys(times)) {
        times[library].push(JSON.parse(execFileSync(process.execPath, [fileURLToPath(new URL("cold.mjs", import.meta.url)), library, file])));
      }
    }
    const [ours, theirs] = [times.certloupe, times.jsrsasign].map((all) => (of) => median(all.map((one) => one[of])));
    return [
      { what: "Node, import to first verdict, ms", time: ours("time"), peerTime: theirs("time"), other: "jsrsasign", wanted: { time: 90 } },
      { what: "  of the processors' time, ms", time: ours("work"), peerTime: theirs("work"), other: "jsrsasign" },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function number(n) {
  return n < 1000 ? n.toFixed(1) : Math.round(n).toLocaleString("en");
}

/** What was wanted of a row, and whether it is so. */
function verdict({ time, rate, peer, wanted = {} }) {
  const [target, met] = wanted.time ? [`≤ ${wanted.time} ms`, time <= wanted.time]
    : wanted.rate ? [`≥ ${wanted.rate.toLocaleString("en")}`, rate >= wanted.rate]
    : wanted.ratio ? [`≥ ${wanted.ratio} ×`, rate >= wanted.ratio * peer]
    : [""];
  return [target, target && (met ? "met" : "missed")];
}

/** A row as cells. A row of words only says why nothing was measured. */
function cells(row) {
  const { what, time, peerTime, rate, peer, other } = row;
  if (time === undefined && rate === undefined) return [what, "", "", "", "", ""];
  const ratio = rate && peer ? `${(rate / peer).toFixed(1)} ×` : "";
  return [what, number(time ?? rate), other ? `${number(peerTime ?? peer)} ${other}` : "", ratio, ...verdict(row)];
}

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, load ${loadavg()[0].toFixed(1)}. Times are medians of 7; rates are per second of the processor's time.\n`);
const rows = [["", "Certloupe", "other", "ratio", "wanted", ""], ...[...nodeStart(), ...(await browserStart()), ...(await throughput())].map(cells)];
const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
for (const row of rows) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd());
