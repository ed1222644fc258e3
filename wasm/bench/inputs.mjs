// Certificates of the test cases.
import { readdirSync, readFileSync } from "node:fs";

const cases = new URL("../../testdata/cases/", import.meta.url);

function certificatesOf(path) {
  return readFileSync(new URL(path, cases), "utf8").match(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n/g) ?? [];
}

/** A server's certificate. */
export const server = certificatesOf("paths/valid.txtar")[0];

/** All certificates of the cases that are not damaged as text, each once. */
export const all = [...new Set(readdirSync(cases).flatMap((group) => readdirSync(new URL(`${group}/`, cases)).flatMap((file) => certificatesOf(`${group}/${file}`))))];

/** Finds a certificate that is signed with SM2, and that of its issuer. */
export async function sm2Pair(certloupe) {
  const read = [];
  for (const pem of all) {
    const [certificate] = (await certloupe.inspect(pem)).certificates;
    if (certificate?.signature_algorithm === "SM2-SM3" && certificate.public_key.algorithm === "SM2") read.push({ pem, certificate });
  }
  for (const issuer of read.filter(({ certificate }) => certificate.is_ca && certificate.self_issued)) {
    for (const leaf of read.filter(({ certificate }) => !certificate.is_ca)) {
      const report = await certloupe.chain(leaf.pem, { roots: issuer.pem, time: "2026-01-01T00:00:00Z" });
      if (report.verdict === "accepted") return { leaf: leaf.pem, issuer: issuer.pem };
    }
  }
  throw new Error("the cases have no certificate that is signed with SM2, and its issuer");
}
