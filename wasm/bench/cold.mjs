// Usage: node cold.mjs LIBRARY CERTIFICATE
//
// Prints how many milliseconds pass from the import of a library to its first verdict on a certificate, and how many
// the processors work for it.
import { readFileSync } from "node:fs";

const [library, file] = process.argv.slice(2);
const pem = readFileSync(file, "utf8");
const start = performance.now();
const used = process.cpuUsage();
if (library === "certloupe") {
  const { initialize } = await import("@certloupe/wasm");
  const certloupe = await initialize();
  const report = await certloupe.inspect(pem);
  if (report.certificates.length !== 1) throw new Error("there is no certificate");
} else {
  const { default: jsrsasign } = await import("jsrsasign");
  const certificate = new jsrsasign.X509();
  certificate.readCertPEM(pem);
  if (!certificate.getParam().serial) throw new Error("there is no certificate");
}
const time = performance.now() - start;
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ time, work: (user + system) / 1000 }));
